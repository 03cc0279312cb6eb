import type { FileTree } from "../files/tree";
import { ReviewError } from "./error";

const FILE_BYTES_MAX = 1024 * 1024;

/** A small file's bytes. @throws ReviewError REVIEW_FILE_UNREADABLE, TreeError */
export function readSmall(tree: FileTree, path: string): Buffer {
  const entry = tree.entry(path);
  if (entry?.kind === "file" && entry.size <= FILE_BYTES_MAX) return tree.read(path);
  throw new ReviewError(
    "REVIEW_FILE_UNREADABLE",
    `${tree.shown(path)} is no file of at most ${FILE_BYTES_MAX} bytes (links are not followed): put the file itself there`,
  );
}

/** As UTF-8. @throws ReviewError REVIEW_FILE_UNREADABLE, TreeError */
export function readText(tree: FileTree, path: string): string {
  return readSmall(tree, path).toString("utf8");
}
