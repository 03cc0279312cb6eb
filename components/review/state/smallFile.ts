import type { FileTree } from "../../files/tree";
import { ReviewError } from "../error";

export const FILE_BYTES_MAX = 1024 * 1024;
/** Of YAML, whose parser takes some seconds for so much that was written to be slow; no config comes near it. */
export const YAML_BYTES_MAX = 128 * 1024;

/** A small file's bytes. @throws ReviewError REVIEW_FILE_UNREADABLE, TreeError */
export function readSmall(tree: FileTree, path: string, limit = FILE_BYTES_MAX): Buffer {
  const entry = tree.entry(path);
  if (entry?.kind === "file" && entry.size <= limit) return tree.read(path);
  const what =
    entry?.kind === "file"
      ? `has ${entry.size} bytes, and at most ${limit} are read: make it smaller`
      : `is no file of at most ${limit} bytes (links are not followed): put the file itself there`;
  throw new ReviewError("REVIEW_FILE_UNREADABLE", `${tree.shown(path)} ${what}`);
}

/** As UTF-8. @throws ReviewError REVIEW_FILE_UNREADABLE, TreeError */
export function readText(tree: FileTree, path: string): string {
  return readSmall(tree, path).toString("utf8");
}

/** A text of YAML, as UTF-8. @throws ReviewError REVIEW_FILE_UNREADABLE, TreeError */
export function readYamlText(tree: FileTree, path: string): string {
  return readSmall(tree, path, YAML_BYTES_MAX).toString("utf8");
}
