import { BuildContextError } from "./error";
import { runGit } from "./git";
import type { GitContext } from "./gitUrl";

const TIMEOUT_MS = 60_000;
const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * The commit that a branch or tag names at this moment, by `git ls-remote`; a whole commit is taken as it is, without asking.
 * Throws BuildContextError GIT_REPOSITORY_UNREACHABLE, GIT_REF_NOT_FOUND, GIT_REF_AMBIGUOUS, GIT_MISSING, GIT_TIMEOUT.
 */
export function resolveCommit({ url, ref }: GitContext, timeoutMs = TIMEOUT_MS): string {
  if (COMMIT.test(ref)) return ref;
  const names = namesOf(ref);
  // Of an annotated tag, `^{}` names the commit that it is of.
  const { succeeded, stdout, words } = runGit(
    ["ls-remote", "--quiet", "--", url, ...names.flatMap((name) => [name, `${name}^{}`])],
    { timeoutMs },
  );
  if (!succeeded) {
    throw new BuildContextError(
      "GIT_REPOSITORY_UNREACHABLE",
      `${url} can't be read, so that ${ref} names no commit: see whether its host answers, it exists, and Git may read it without being asked for a password. A whole commit in place of ${ref} needs no answer once it was fetched. Git says: ${words || "nothing"}`,
    );
  }
  const listed = new Map(stdout.split("\n").map((line) => line.split("\t").reverse() as [string, string]));
  const found = names.flatMap((name) => {
    const commit = listed.get(`${name}^{}`) ?? listed.get(name);
    return commit !== undefined && COMMIT.test(commit) ? [{ name, commit }] : [];
  });
  const [first, second] = found;
  if (first === undefined) {
    throw new BuildContextError(
      "GIT_REF_NOT_FOUND",
      `${url} has no branch or tag ${ref}: correct it after the #. A commit must be written with all its 40 digits.`,
    );
  }
  if (second !== undefined && first.commit !== second.commit) {
    throw new BuildContextError(
      "GIT_REF_AMBIGUOUS",
      `${url} has a branch and a tag ${ref}: write ${first.name} or ${second.name} after the #.`,
    );
  }
  return first.commit;
}

function namesOf(ref: string): string[] {
  return ref === "HEAD" || ref.startsWith("refs/") ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`];
}
