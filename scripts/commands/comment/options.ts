import { CommandError } from "../error";
import { parseOptions } from "../options";

export const COMMENT_HELP = `npm run comment -- --file FILE (--github OWNER/REPO | --gitlab PROJECT) …
Posts a review's Markdown on a pull or merge request, as one comment: the next time it is updated.

  --file FILE             what \`npm run review -- --output FILE.md\` wrote
  --artifacts URL         of the run where the page and the JSON are: the comment ends with a link to it
  --github OWNER/REPO     a repository of GitHub; its token is in GITHUB_TOKEN, and may write pull requests
    --pull N              the pull request
    --workflow-run FILE   instead: the one of the run that a workflow_run event is about (GITHUB_EVENT_PATH)
  --gitlab PROJECT        a project of GitLab, by path or number; its token is in GITLAB_TOKEN, with the scope api
    --merge-request N     the merge request
  --api URL               of the API, when it is not GITHUB_API_URL or CI_API_V4_URL, nor the public one
  --help                  this text

Exit codes: 0 done, 1 failed, 2 wrong usage.

Examples:
  GITHUB_TOKEN=… npm run comment -- --file review.md --github acme/shop --pull 7
  GITLAB_TOKEN=… npm run comment -- --file review.md --gitlab acme/shop --merge-request 7`;

const OPTIONS = {
  file: { type: "string" },
  artifacts: { type: "string" },
  github: { type: "string" },
  pull: { type: "string" },
  "workflow-run": { type: "string" },
  gitlab: { type: "string" },
  "merge-request": { type: "string" },
  api: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

interface Common {
  readonly file: string;
  /** Of the run where the other formats are. */
  readonly artifacts?: string;
  readonly api: string;
}

export interface GithubOptions extends Common {
  readonly host: "github";
  /** OWNER/REPO */
  readonly repository: string;
  readonly pull: { readonly number: number } | { readonly workflowRun: string };
}

export interface GitlabOptions extends Common {
  readonly host: "gitlab";
  readonly project: string;
  readonly number: number;
}

export type CommentOptions = GithubOptions | GitlabOptions;

const REPOSITORY = /^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9_.-]+$/;

/** @throws CommandError USAGE */
export function readCommentOptions(args: readonly string[], environment: NodeJS.ProcessEnv): CommentOptions | "help" {
  const values = parseOptions(args, OPTIONS, "npm run comment --");
  if (values.help) return "help";
  const { file, github, gitlab, pull, "workflow-run": workflowRun, "merge-request": mergeRequest } = values;
  if (file === undefined) throw usage("--file is missing: what review wrote, e.g. --file review.md");
  const common = { file, ...(values.artifacts !== undefined && { artifacts: runAddress(values.artifacts) }) };
  if ((github === undefined) === (gitlab === undefined)) throw usage("give either --github or --gitlab");
  if (gitlab !== undefined) {
    if (pull !== undefined || workflowRun !== undefined) throw usage("--gitlab goes with --merge-request alone");
    const api = apiAddress(values.api ?? environment.CI_API_V4_URL ?? "https://gitlab.com/api/v4");
    return { host: "gitlab", project: gitlab, number: numberOf(mergeRequest, "merge-request"), ...common, api };
  }
  const repository = github ?? "";
  if (!REPOSITORY.test(repository)) throw usage(`--github ${repository}: give OWNER/REPO`);
  if (mergeRequest !== undefined) throw usage("--github goes with --pull or --workflow-run");
  if (pull !== undefined && workflowRun !== undefined) throw usage("give either --pull or --workflow-run");
  const api = apiAddress(values.api ?? environment.GITHUB_API_URL ?? "https://api.github.com");
  const named = workflowRun === undefined ? { number: numberOf(pull, "pull") } : { workflowRun };
  return { host: "github", repository, pull: named, ...common, api };
}

function numberOf(text: string | undefined, option: string): number {
  if (text !== undefined && /^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw usage(text === undefined ? `--${option} is missing: its number` : `--${option} ${text}: give its number`);
}

/** A token must not be readable on its way: plain HTTP is for this machine alone. */
function apiAddress(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isSafe =
    url?.protocol === "https:" ||
    (url?.protocol === "http:" && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname));
  if (url !== undefined && isSafe && url.username === "" && url.password === "" && url.search === "" && url.hash === "")
    return given.replace(/\/+$/, "");
  throw usage("--api: give https://HOST[/PATH], without a user or a query");
}

/** An address in which nothing has a meaning in Markdown. */
function runAddress(given: string): string {
  if (/^https?:\/\/[A-Za-z0-9.:-]+(?:\/[A-Za-z0-9._~/-]{0,1000})?$/.test(given)) return given;
  throw usage("--artifacts: give the address of a run, https://HOST/PATH");
}

function usage(what: string): CommandError {
  return new CommandError("USAGE", `${what}. \`npm run comment -- --help\` shows what there is`);
}
