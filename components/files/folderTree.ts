import { lstatSync, readdirSync, readFileSync, type Stats } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../errors";
import { type FileTree, type TreeEntry, TreeError } from "./tree";

/** A folder on disk. Its root may itself be a link; nothing below it is followed. */
export class FolderTree implements FileTree {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  shown(path: string): string {
    return join(this.#root, path);
  }

  entry(path: string): TreeEntry | undefined {
    if (this.#isBehindLink(path)) return undefined;
    const stat = this.#stat(path);
    return stat && { kind: kindOf(stat), size: stat.isFile() ? stat.size : 0 };
  }

  names(path: string): string[] {
    if (path !== "" && this.entry(path)?.kind !== "folder") return [];
    return this.#reading(path, () => readdirSync(this.shown(path)).sort()) ?? [];
  }

  read(path: string): Buffer {
    const isFile = this.entry(path)?.kind === "file";
    const content = isFile ? this.#reading(path, () => readFileSync(this.shown(path))) : undefined;
    if (content === undefined) throw new TreeError("TREE_UNREADABLE", `${this.shown(path)} is gone: run again`);
    return content;
  }

  /** The system would follow a link that is a folder on the way. */
  #isBehindLink(path: string): boolean {
    const parts = path.split("/");
    return parts.slice(1).some((_, index) => this.#stat(parts.slice(0, index + 1).join("/"))?.isSymbolicLink());
  }

  #stat(path: string): Stats | undefined {
    return this.#reading(path, () => lstatSync(this.shown(path), { throwIfNoEntry: false }));
  }

  /** Undefined where something above the path is a file. */
  #reading<Value>(path: string, read: () => Value): Value | undefined {
    try {
      return read();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
      throw new TreeError(
        "TREE_UNREADABLE",
        `${this.shown(path)} cannot be read (${messageOf(error)}): give the right to read it`,
        { cause: error },
      );
    }
  }
}

function kindOf(stat: Stats): TreeEntry["kind"] {
  if (stat.isFile()) return "file";
  if (stat.isDirectory()) return "folder";
  return stat.isSymbolicLink() ? "symlink" : "other";
}
