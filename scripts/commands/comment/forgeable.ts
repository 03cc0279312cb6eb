import { COMMENT_MARKER } from "../../../components/review/report/markdown";

/** In place of the report of a pull request that changes the workflows: those that run for it are its own, and say what it likes. */
export function forgeableNotice(number: number): string {
  return `${COMMENT_MARKER}
## Trust review: not shown

This pull request changes files under \`.github\` (or too many files to tell). The job that reviews a pull request is then the
pull request's own, and its report and its green tick may be forged. Review it by hand, in a clone at the base:

\`\`\`sh
git fetch origin pull/${number}/merge
npm run review -- --base FETCH_HEAD^1 --head FETCH_HEAD
\`\`\`
`;
}
