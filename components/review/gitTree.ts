import type { FileTree, TreeEntry } from "../files/tree";
import { ReviewError } from "./error";
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
  readonly #blobs: ReadonlyMap<string, Blob>;
  readonly #contents: ReadonlyMap<string, Buffer>;
  readonly #names: ReadonlyMap<string, readonly string[]>;

  /**
   * @param directory the tree's root, in a repository
   * @param folder what of it is read, the rest is not there
   * @throws ReviewError
   */
  constructor(directory: string, ref: string, folder: string) {
    const git = new Git(directory);
    this.commit = git.commitOf(ref);
    const prefix = git.prefix();
    this.#blobs = blobsOf(git.list(this.commit, `${prefix}${folder}`), prefix);
    this.#names = namesOf([...this.#blobs.keys()]);
    const readable = [...this.#blobs.values()].filter(
      ({ entry }) => entry.kind === "file" && entry.size <= FILE_BYTES_MAX,
    );
    requireBounds(ref, this.#blobs.size, readable);
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
function blobsOf(lines: readonly string[], prefix: string): Map<string, Blob> {
  const blobs = new Map<string, Blob>();
  for (const line of lines) {
    const tab = line.indexOf("\t");
    const [mode = "", , oid = "", size = "0"] = line.slice(0, tab).split(/ +/);
    const kind = KINDS[mode] ?? "other";
    const entry = { kind, size: kind === "file" ? Number(size) : 0 };
    blobs.set(line.slice(tab + 1 + prefix.length), { oid, entry });
  }
  return blobs;
}

const KINDS: Readonly<Record<string, TreeEntry["kind"]>> = { "100644": "file", "100755": "file", "120000": "symlink" };

/** The names in each folder above the paths, sorted. */
function namesOf(paths: readonly string[]): Map<string, string[]> {
  const folders = new Map<string, Set<string>>();
  for (const path of paths) {
    const parts = path.split("/");
    for (const [depth, name] of parts.entries()) {
      const folder = parts.slice(0, depth).join("/");
      folders.set(folder, (folders.get(folder) ?? new Set()).add(name));
    }
  }
  return new Map([...folders].map(([folder, names]) => [folder, [...names].sort()]));
}

function requireBounds(ref: string, count: number, readable: readonly Blob[]): void {
  const bytes = readable.reduce((sum, { entry }) => sum + entry.size, 0);
  if (count <= ENTRIES_MAX && bytes <= BYTES_MAX) return;
  throw new ReviewError(
    "REVIEW_TREE_TOO_LARGE",
    `${ref} has ${count} files of ${bytes} bytes with its stacks, more than ${ENTRIES_MAX} or ${BYTES_MAX}: nobody can review that; take out what is no trust`,
  );
}
