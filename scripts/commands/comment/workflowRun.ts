import { readFile } from "node:fs/promises";
import { messageOf } from "../../../components/errors";
import type { Api } from "./api";
import { CommentError } from "./error";

/** What the API gives of a pull request's files at most; docs.github.com/rest/pulls, § List pull requests files. */
const FILES_MAX = 3000;
/** Where a pull request has the workflows that run for it. */
const AUTOMATION = ".github/";

/** A run of a workflow for a pull request. GitHub says all of it; only the branch's name is the pull request's own choice. */
export interface WorkflowRun {
  readonly repository: string;
  /** null when it was deleted meanwhile. */
  readonly headRepository: string | null;
  readonly headBranch: string;
  readonly headCommit: string;
}

interface Pull {
  readonly number: number;
  readonly state: string;
  readonly head: { readonly sha: string; readonly repo: { readonly full_name: string } | null };
  readonly changed_files?: number;
}

/** The run that the event `workflow_run` is about. @throws CommentError RUN_INVALID */
export async function readRun(file: string, repository: string): Promise<WorkflowRun> {
  let run: Record<string, unknown> & { head_repository?: { full_name?: unknown } | null };
  try {
    run = (JSON.parse(await readFile(file, "utf8")) as { workflow_run: typeof run }).workflow_run;
    const headRepository = run.head_repository === null ? null : run.head_repository?.full_name;
    const { head_branch: headBranch, head_sha: headCommit } = run;
    if (
      (headRepository === null || isText(headRepository)) &&
      isText(headBranch) &&
      isText(headCommit) &&
      run.event === "pull_request"
    )
      return { repository, headRepository, headBranch, headCommit };
  } catch (error) {
    throw new CommentError("RUN_INVALID", `${file} can't be read (${messageOf(error)}): give GITHUB_EVENT_PATH`, {
      cause: error,
    });
  }
  throw new CommentError(
    "RUN_INVALID",
    `${file} is no event workflow_run about a pull request: give GITHUB_EVENT_PATH of such a workflow`,
  );
}

/**
 * The open pull request that the run was for, by what GitHub says of the run and not by what the run left behind; undefined when
 * none is at its commit any more.
 * @throws CommentError PULL_REQUEST_AMBIGUOUS
 */
export async function pullOfRun(api: Api, run: WorkflowRun): Promise<number | undefined> {
  if (run.headRepository === null) return undefined;
  const [owner] = run.headRepository.split("/");
  const query = { state: "open", head: `${owner}:${run.headBranch}` };
  const path = `/repos/${run.repository}/pulls`;
  const found: number[] = [];
  for await (const entry of api.list({ path, query, what: `Looking for the pull request of ${run.repository}` })) {
    if (isOfRun(entry as Pull, run)) found.push((entry as Pull).number);
  }
  if (found.length <= 1) return found[0];
  throw new CommentError(
    "PULL_REQUEST_AMBIGUOUS",
    `the pull requests ${found.join(" and ")} are at the same commit ${run.headCommit}, so that the report may be of either: close one, or give it a commit of its own`,
  );
}

/**
 * Whether a pull request changes what runs for it: then its report may be forged. `outdated` when it is at another commit by now.
 * Files beyond what the API lists are taken for changed.
 */
export async function automationOf(
  api: Api,
  run: WorkflowRun,
  number: number,
): Promise<"unchanged" | "changed" | "outdated"> {
  const path = `/repos/${run.repository}/pulls/${number}`;
  let isChanged = false;
  for await (const entry of api.list({ path: `${path}/files`, what: `Reading the files of pull request ${number}` })) {
    const { filename, previous_filename: previous } = entry as { filename?: unknown; previous_filename?: unknown };
    isChanged ||= [filename, previous].some((name) => isText(name) && name.startsWith(AUTOMATION));
  }
  // After its files: they must be those of the run's commit.
  const pull = (await api.send({ method: "GET", path, what: `Reading pull request ${number}` })) as Pull;
  if (!isOfRun(pull, run)) return "outdated";
  return isChanged || !((pull.changed_files ?? Number.POSITIVE_INFINITY) <= FILES_MAX) ? "changed" : "unchanged";
}

function isOfRun({ state, head }: Pull, run: WorkflowRun): boolean {
  return state === "open" && head.sha === run.headCommit && head.repo?.full_name === run.headRepository;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
