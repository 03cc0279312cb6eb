import type { FileTree, TreeEntry } from "../../files/tree";
import { ReviewError } from "../error";
import { GitProgram } from "../project/gitProgram";
import { Git } from "./git";

/** Limits of what a pull request can make us read. */
const ENTRIES_MAX = 20_000;
const FILE_BYTES_MAX = 1024 * 1024;
const BYTES_MAX = 64 * 1024 * 1024;

interface Blob {
  readonly oid: string;
  readonly entry: TreeEntry;
}

/**
 * A folder of a commit, read as git objects: nothing is checked out, no filter, hook or attribute of the commit is heeded, and links
 * are entries of their own. What is larger than 1 MiB is known by its size, and not read.
 */
export class GitTree implements FileTree {
  /** The commit that the ref named when it was opened. */
  readonly commit: string;
  /** All that the commit has, by ids alone. */
  readonly program: GitProgram;
  readonly #blobs: ReadonlyMap<string, Blob>;
  readonly #contents: ReadonlyMap<string, Buffer>;
  readonly #names: ReadonlyMap<string, readonly string[]>;

  /**
   * @param directory the tree's root, in a repository
   * @param paths what of it is read, the rest is not there
   * @throws ReviewError
   */
  constructor(directory: string, ref: string, ...paths: string[]) {
    const git = new Git(directory);
    this.commit = git.commitOf(ref);
    const prefix = git.prefix();
    this.program = new GitProgram(git, this.commit);
    const whole = paths.map((path) => `${prefix}${path}`);
    for (const above of new Set(whole.flatMap(foldersAbove))) requirePlain(ref, git.names(this.commit, above));
    const lines = git.list(this.commit, whole);
    requireFew(ref, lines.length);
    this.#blobs = blobsOf(ref, lines, prefix);
    this.#names = namesOf([...this.#blobs.keys()]);
    const both = [...this.#blobs.keys()].find((path) => this.#names.has(path));
    if (both !== undefined) throw invalid(ref, both);
    const readable = [...this.#blobs.values()].filter(
      ({ entry }) => entry.kind === "file" && entry.size <= FILE_BYTES_MAX,
    );
    requireBounds(ref, readable);
    const oids = [...new Set(readable.map(({ oid }) => oid))];
    const contents = git.contents(oids);
    this.#contents = new Map(oids.map((oid, index) => [oid, contents[index] ?? Buffer.alloc(0)]));
  }

  shown(path: string): string {
    return `${this.commit.slice(0, 12)}:${path}`;
  }

  entry(path: string): TreeEntry | undefined {
    const blob = this.#blobs.get(path);
    if (blob !== undefined) return blob.entry;
    return this.#names.has(path) ? { kind: "folder", size: 0 } : undefined;
  }

  names(path: string): string[] {
    return [...(this.#names.get(path) ?? [])];
  }

  read(path: string): Buffer {
    const blob = this.#blobs.get(path);
    const content = blob && this.#contents.get(blob.oid);
    if (content === undefined) {
      throw new ReviewError(
        "REVIEW_FILE_UNREADABLE",
        `${this.shown(path)} is no file of at most ${FILE_BYTES_MAX} bytes`,
      );
    }
    return content;
  }
}

/** `MODE TYPE OID SIZE\tPATH`, where a submodule's size is `-`. */
function blobsOf(ref: string, lines: readonly string[], prefix: string): Map<string, Blob> {
  const blobs = new Map<string, Blob>();
  for (const line of lines) {
    const tab = line.indexOf("\t");
    const [mode = "", , oid = "", size = "0"] = line.slice(0, tab).split(/ +/);
    const kind = KINDS[mode] ?? "other";
    const entry = { kind, size: kind === "file" ? Number(size) : 0 };
    const path = line.slice(tab + 1 + prefix.length);
    if (blobs.has(path)) throw invalid(ref, path);
    blobs.set(path, { oid, entry });
  }
  return blobs;
}

const KINDS: Readonly<Record<string, TreeEntry["kind"]>> = { "100644": "file", "100755": "file", "120000": "symlink" };

/** The names in each folder above the paths, sorted. */
function namesOf(paths: readonly string[]): Map<string, string[]> {
  const folders = new Map<string, Set<string>>();
  for (const path of paths) {
    for (let rest = path; rest !== ""; ) {
      const slash = rest.lastIndexOf("/");
      const [folder, name] = [rest.slice(0, Math.max(slash, 0)), rest.slice(slash + 1)];
      const names = folders.get(folder);
      names?.add(name);
      if (names) break; // all above it is known
      folders.set(folder, new Set([name]));
      rest = folder;
    }
  }
  return new Map([...folders].map(([folder, names]) => [folder, [...names].sort()]));
}

/** Those on the way to a folder; the root is the empty path. */
function foldersAbove(folder: string): string[] {
  const parts = folder.split("/");
  return parts.map((_, depth) => parts.slice(0, depth).join("/"));
}

/** A name with a slash would be checked out below the folder, and is listed beside it. */
function requirePlain(ref: string, names: readonly string[]): void {
  const path = names.find((name) => name.includes("/"));
  if (path !== undefined) throw invalid(ref, path);
}

function invalid(ref: string, path: string): ReviewError {
  return new ReviewError(
    "REVIEW_TREE_INVALID",
    `${ref} has a tree that no git makes, and nobody knows what a checkout of it would have at ${JSON.stringify(path)}: see \`git fsck\`, and commit it anew`,
  );
}

function requireFew(ref: string, count: number): void {
  if (count > ENTRIES_MAX) throw tooLarge(ref, `${count} files`);
}

function requireBounds(ref: string, readable: readonly Blob[]): void {
  const bytes = readable.reduce((sum, { entry }) => sum + entry.size, 0);
  if (bytes > BYTES_MAX) throw tooLarge(ref, `files of ${bytes} bytes`);
}

function tooLarge(ref: string, what: string): ReviewError {
  return new ReviewError(
    "REVIEW_TREE_TOO_LARGE",
    `${ref} has ${what} with its stacks, more than ${ENTRIES_MAX} or ${BYTES_MAX} bytes: nobody can review that; take out what is no trust`,
  );
}
