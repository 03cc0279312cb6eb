import { existsSync, lutimesSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { messageOf } from "../../errors";
import { makeTemporary } from "../leftovers";
import { BuildContextError } from "./error";
import { runGit } from "./git";
import type { GitContext } from "./gitUrl";

const TIMEOUT_MS = 600_000;
const LOCAL_TIMEOUT_MS = 120_000;

/**
 * A folder that has exactly the files of a commit, below `home`. What is there from an earlier run is compared with the commit, and
 * fetched anew where it differs: what is built is the commit. Its files have the commit's time, so that the same commit gives
 * the same context everywhere.
 * Throws BuildContextError GIT_FETCH_FAILED, CONTEXT_INVALID, GIT_MISSING, GIT_TIMEOUT.
 */
export function checkOut(context: GitContext, commit: string, home: string): string {
  const name = /([^/:]+)\.git$/.exec(context.url)?.[1]?.replace(/[^A-Za-z0-9._-]/g, "-") ?? "context";
  const place = path.join(home, `${name}-${commit}`);
  const tree = path.join(place, "tree");
  if (isWhole(place, commit)) return tree;
  try {
    mkdirSync(home, { recursive: true });
    const fresh = makeTemporary(home, "fetching");
    try {
      fetchInto(fresh, context, commit);
      rmSync(place, { recursive: true, force: true });
      renameSync(fresh, place);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  } catch (error) {
    throw error instanceof BuildContextError ? error : failed(context, commit, messageOf(error));
  }
  return tree;
}

/** No file is changed, missing or added; Git compares the content where it does not know the file's time. */
function isWhole(place: string, commit: string): boolean {
  if (!existsSync(place) || git(place, "rev-parse", "HEAD").stdout.trim() !== commit) return false;
  const { succeeded, stdout } = git(place, "status", "--porcelain", "--ignored", "--untracked-files=all");
  return succeeded && stdout === "";
}

function fetchInto(place: string, context: GitContext, commit: string): void {
  mkdirSync(path.join(place, "tree"));
  const must = ({ succeeded, words }: ReturnType<typeof runGit>) => {
    if (!succeeded) throw failed(context, commit, words);
  };
  const format = commit.length === 64 ? ["--object-format=sha256"] : [];
  must(runGit(["init", "--quiet", "--bare", "--template=", ...format, gitOf(place)], { timeoutMs: LOCAL_TIMEOUT_MS }));
  const fetch = (what: string) => git(place, "fetch", "--quiet", "--depth=1", "--no-tags", "--", context.url, what);
  // Servers may refuse to give a commit by its own name; then the ref has to name it still.
  if (!fetch(commit).succeeded) must(fetch(context.ref));
  must(git(place, "cat-file", "-e", `${commit}^{commit}`));
  const umask = process.umask(0o022); // the modes of the files are part of what is built
  try {
    must(git(place, "checkout", "--quiet", "--detach", commit));
  } finally {
    process.umask(umask);
  }
  if (existsSync(path.join(place, "tree", ".gitmodules"))) {
    throw new BuildContextError(
      "CONTEXT_INVALID",
      `${context.url} has submodules at ${commit}, which are not fetched: clone it with them, and build from the folder.`,
    );
  }
  const filtered = git(place, "ls-files", "--", ":(top,attr:filter=lfs)");
  must(filtered);
  const [first] = filtered.stdout.split("\n");
  if (first) {
    throw new BuildContextError(
      "CONTEXT_INVALID",
      `${context.url} has files at ${commit} whose content is kept by Git LFS and not in the commit (${first}): clone it with them, and build from the folder.`,
    );
  }
  const { stdout } = git(place, "show", "--no-patch", "--format=%ct", commit);
  setTimes(path.join(place, "tree"), Number.parseInt(stdout, 10));
}

function git(place: string, ...args: readonly string[]): ReturnType<typeof runGit> {
  const tree = path.join(place, "tree"); // there, or Git would read the attributes of the folder that this process is in
  const where = ["-C", tree, `--git-dir=${gitOf(place)}`, `--work-tree=${tree}`];
  return runGit([...where, "-c", "core.bare=false", ...args], { timeoutMs: TIMEOUT_MS });
}

function gitOf(place: string): string {
  return path.join(place, "git");
}

function setTimes(folder: string, seconds: number): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) setTimes(file, seconds);
    else lutimesSync(file, seconds, seconds);
  }
  lutimesSync(folder, seconds, seconds);
}

function failed({ url }: GitContext, commit: string, words: string): BuildContextError {
  return new BuildContextError(
    "GIT_FETCH_FAILED",
    `The commit ${commit} of ${url} can't be had: if it was a branch's, see whether the branch has moved, and run again. Git says: ${words || "nothing"}`,
  );
}
