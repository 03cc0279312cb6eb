import { BreakwaterError } from "../errors";

/** What a name in a tree is. Links are never followed, whoever wrote them. */
export type TreeEntryKind = "file" | "folder" | "symlink" | "other";

export interface TreeEntry {
  readonly kind: TreeEntryKind;
  /** In bytes; 0 for what is no file. */
  readonly size: number;
}

/**
 * A folder's content, wherever it is: on disk, or in a commit that nobody has checked out. Paths are relative to its root, with `/`;
 * the root itself is the empty path.
 */
export interface FileTree {
  /** A path as people find it: absolute, or `COMMIT:path`. */
  shown(path: string): string;
  /** Undefined when there is nothing. @throws TreeError TREE_UNREADABLE */
  entry(path: string): TreeEntry | undefined;
  /** The names in a folder, sorted. @throws TreeError TREE_UNREADABLE */
  names(path: string): string[];
  /** A file's bytes. @throws TreeError TREE_UNREADABLE */
  read(path: string): Buffer;
}

export type TreeErrorCode = "TREE_UNREADABLE";

/** Something of a tree can't be read, though it is there. */
export class TreeError extends BreakwaterError<TreeErrorCode> {}

/** A path below another one; either may be empty. */
export function below(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("/");
}
