import { statSync } from "node:fs";
import path from "node:path";
import { FolderTree } from "../../../components/files/folderTree";
import { projectRoot } from "../../../components/files/paths";
import { ReviewError, type ReviewErrorCode } from "../../../components/review/error";
import { FolderProgram } from "../../../components/review/project/folderProgram";
import { PROJECT_FILE } from "../../../components/review/project/projectFile";
import type { ReviewedSide } from "../../../components/review/review";
import { Git } from "../../../components/review/state/git";
import { GitTree } from "../../../components/review/state/gitTree";
import { REVIEWED } from "../../../components/review/state/readState";

/** The project whose trust is reviewed. @throws ReviewError REVIEW_FOLDER_UNKNOWN */
export function reviewedProject(given: string | undefined, directory: string): string {
  if (given === undefined) return projectRoot;
  return requireFolder(path.resolve(directory, given), "that of a project");
}

/** A project's folder as it is, with what is not committed yet. */
export function workingFolder(project: string): ReviewedSide {
  return folderSide(project, "the working folder", () => ignoredIn(project));
}

/** Files of a person's own (`.env`, `.DS_Store`), which are no part of a change. */
function ignoredIn(project: string): string[] {
  try {
    return new Git(project).ignored();
  } catch (error) {
    if (error instanceof ReviewError && error.code === "REVIEW_NO_GIT") return [];
    throw error;
  }
}

const NO_COMMIT: ReadonlySet<ReviewErrorCode> = new Set([
  "REVIEW_REF_UNKNOWN",
  "REVIEW_NOT_A_REPOSITORY",
  "REVIEW_NO_GIT",
]);

/**
 * What `--base` or `--head` names: a folder where there is one by that path, else a commit of the project's repository.
 * @param directory where relative paths begin
 * @throws ReviewError
 */
export function sideNamed(given: string, project: string, directory: string): ReviewedSide {
  const folder = path.resolve(directory, given);
  // A folder is asked for by its path: a branch may be called like one.
  if (/^(\.{0,2}\/|\.{1,2}$)/.test(given)) {
    return folderSide(requireFolder(folder, "a folder, or a branch, tag or commit"), given);
  }
  try {
    const tree = new GitTree(project, given, ...REVIEWED);
    return { tree, name: given, commit: tree.commit, program: tree.program };
  } catch (error) {
    const isUnknown = error instanceof ReviewError && NO_COMMIT.has(error.code);
    if (isUnknown && given !== "" && isFolder(folder)) return folderSide(folder, given);
    throw error;
  }
}

/** A folder that is no project has no program. */
function folderSide(folder: string, name: string, ignored?: () => readonly string[]): ReviewedSide {
  const tree = new FolderTree(folder);
  const isProject = tree.entry(PROJECT_FILE) !== undefined;
  return { tree, name, ...(isProject && { program: new FolderProgram(folder, ignored) }) };
}

function requireFolder(folder: string, wanted: string): string {
  if (isFolder(folder)) return folder;
  throw new ReviewError("REVIEW_FOLDER_UNKNOWN", `there is no folder ${folder}: give ${wanted}`);
}

function isFolder(folder: string): boolean {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
