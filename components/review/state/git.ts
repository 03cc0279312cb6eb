import { execFileSync } from "node:child_process";
import { ReviewError } from "../error";

/** What a tree of trust may have at most; a real one has some kilobytes. */
const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;

/** Nothing that the repository is set up with may run, and nothing may be fetched. */
const HARMLESS = ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.pager=cat"];
const ENVIRONMENT = {
  GIT_NO_LAZY_FETCH: "1",
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_TERMINAL_PROMPT: "0",
};

/** Also where only one branch was cloned. */
const FETCH_ALL = "git fetch --unshallow origin '+refs/heads/*:refs/remotes/origin/*'";

/** Git's object store below a folder: it is asked for names and objects, and never checks anything out. */
export class Git {
  readonly #directory: string;

  /** @param directory in a repository */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The commit that a ref names now. @throws ReviewError REVIEW_REF_UNKNOWN, REVIEW_NOT_A_REPOSITORY, REVIEW_NO_GIT */
  commitOf(ref: string): string {
    // `--end-of-options`: what looks like an option is a ref that does not exist.
    const found = this.#ask(["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]);
    if (found !== undefined) return found.toString("utf8").trim();
    this.#requireRepository();
    const isShallow = this.#ask(["rev-parse", "--is-shallow-repository"])?.toString("utf8").trim() === "true";
    const wayOut = isShallow
      ? `this clone is shallow: ${FETCH_ALL}, then give a branch as origin/NAME (in GitHub Actions: fetch-depth: 0)`
      : "see `git branch --all`, and fetch it if it is on the server";
    throw new ReviewError("REVIEW_REF_UNKNOWN", `git knows no commit ${JSON.stringify(ref)} here: ${wayOut}`);
  }

  /** The directory's place in its repository: empty, or with `/` at its end. */
  prefix(): string {
    return this.#run(["rev-parse", "--show-prefix"]).toString("utf8").replace(/\n$/, "");
  }

  /**
   * The entries below folders of a commit, as `ls-tree -z` prints them: `MODE TYPE OID SIZE\tPATH`.
   * @throws ReviewError REVIEW_CLONE_INCOMPLETE, REVIEW_TREE_TOO_LARGE
   */
  list(commit: string, folders: readonly string[]): string[] {
    return this.#listed(commit, folders, "-r", "-l");
  }

  /**
   * The ids of what is in a folder of a commit, or of all files below a path: `MODE TYPE OID\tPATH`. No object but trees is looked at.
   * @throws ReviewError REVIEW_CLONE_INCOMPLETE, REVIEW_TREE_TOO_LARGE
   */
  ids(commit: string, path: string, depth: "one level" | "all below"): string[] {
    return this.#listed(commit, path === "" ? [] : [path], ...(depth === "all below" ? ["-r"] : []));
  }

  #listed(commit: string, paths: readonly string[], ...options: readonly string[]): string[] {
    const where = paths.map((path) => `:(literal)${path}`);
    try {
      return linesOf(this.#run(["ls-tree", ...options, "-z", "--full-tree", commit, "--", ...where]));
    } catch (error) {
      if (error instanceof ReviewError) throw error;
      throw incomplete(`git can't list ${paths.join(", ")} of the commit ${commit} (${stderrOf(error)})`, error);
    }
  }

  /** The names in one folder of a commit, as they are in its tree object; none where it is no folder. */
  names(commit: string, folder: string): string[] {
    return linesOf(
      this.#ask(["ls-tree", "-z", "--name-only", "--full-tree", `${commit}:${folder}`]) ?? Buffer.alloc(0),
    );
  }

  /** The content of blobs, in their order. */
  contents(oids: readonly string[]): Buffer[] {
    if (oids.length === 0) return [];
    const output = this.#run(["cat-file", "--batch"], `${oids.join("\n")}\n`);
    const contents: Buffer[] = [];
    let position = 0;
    for (const oid of oids) {
      const lineEnd = output.indexOf(0x0a, position);
      const [, type, size] = output.toString("latin1", position, lineEnd).split(" ");
      if (type !== "blob") throw incomplete(`git has no blob ${oid}`);
      const start = lineEnd + 1;
      const end = start + Number(size);
      contents.push(output.subarray(start, end));
      position = end + 1;
    }
    return contents;
  }

  /**
   * What is in the directory and git is told to ignore, a folder's path with `/` at its end; nothing without a repository. The
   * directory itself says what that is: this is for a person's own.
   */
  ignored(): string[] {
    const options = ["--others", "--ignored", "--exclude-standard", "--directory", "-z"];
    return linesOf(this.#ask(["ls-files", ...options]) ?? Buffer.alloc(0));
  }

  #requireRepository(): void {
    try {
      this.#run(["rev-parse", "--git-dir"]);
    } catch (error) {
      if (error instanceof ReviewError) throw error;
      throw new ReviewError(
        "REVIEW_NOT_A_REPOSITORY",
        `git can't read ${this.#directory} (${stderrOf(error)}): mend that, or give two folders, --base DIR --head DIR`,
        { cause: error },
      );
    }
  }

  /** Undefined when git says no. */
  #ask(args: readonly string[]): Buffer | undefined {
    try {
      return this.#run(args);
    } catch (error) {
      if (error instanceof ReviewError) throw error;
      return undefined;
    }
  }

  #run(args: readonly string[], input?: string): Buffer {
    try {
      return execFileSync("git", [...HARMLESS, ...args], {
        cwd: this.#directory,
        env: { ...process.env, ...ENVIRONMENT },
        maxBuffer: OUTPUT_BYTES_MAX,
        stdio: ["pipe", "pipe", "pipe"],
        ...(input !== undefined && { input }),
      });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOBUFS") {
        const much = `${args[0]} has more than ${OUTPUT_BYTES_MAX} bytes to say: nobody can review that`;
        throw new ReviewError("REVIEW_TREE_TOO_LARGE", `git ${much}`, { cause: error });
      }
      if (code !== "ENOENT") throw error;
      throw new ReviewError("REVIEW_NO_GIT", "git is not installed: install it, or give two folders", { cause: error });
    }
  }
}

/** What `-z` ends with NUL. */
function linesOf(output: Buffer): string[] {
  return output
    .toString("utf8")
    .split("\0")
    .filter((line) => line !== "");
}

function stderrOf(error: unknown): string {
  return String((error as { stderr?: unknown }).stderr ?? "").trim();
}

function incomplete(what: string, cause?: unknown): ReviewError {
  const wayOut =
    "this clone is not whole, and nothing is fetched for a review: clone without --filter, or fetch with --refetch";
  return new ReviewError("REVIEW_CLONE_INCOMPLETE", `${what}: ${wayOut}`, { cause });
}
