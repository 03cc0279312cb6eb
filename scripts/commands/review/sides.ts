import { statSync } from "node:fs";
import path from "node:path";
import { FolderTree } from "../../../components/files/folderTree";
import { projectRoot } from "../../../components/files/paths";
import { ReviewError } from "../../../components/review/error";
import { GitTree } from "../../../components/review/gitTree";
import { STACKS } from "../../../components/review/readState";
import type { ReviewedSide } from "../../../components/review/review";

/** The project's folder as it is, with what is not committed yet. */
export function workingFolder(): ReviewedSide {
  return { tree: new FolderTree(projectRoot), name: "the working folder" };
}

/**
 * What `--base` or `--head` names: a folder where there is one by that path, else a commit of this project's repository.
 * @throws ReviewError
 */
export function sideNamed(given: string, directory: string): ReviewedSide {
  const folder = path.resolve(directory, given);
  // A folder is asked for by its path: a branch may be called like one.
  if (/^(\.{0,2}\/|\.{1,2}$)/.test(given)) {
    if (isFolder(folder)) return { tree: new FolderTree(folder), name: given };
    throw new ReviewError(
      "REVIEW_FOLDER_UNKNOWN",
      `there is no folder ${folder}: give a folder, or a branch, tag or commit`,
    );
  }
  try {
    const tree = new GitTree(projectRoot, given, STACKS);
    return { tree, name: given, commit: tree.commit };
  } catch (error) {
    const isUnknown = error instanceof ReviewError && error.code !== "REVIEW_TREE_TOO_LARGE";
    if (isUnknown && isFolder(folder)) return { tree: new FolderTree(folder), name: given };
    throw error;
  }
}

function isFolder(folder: string): boolean {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
