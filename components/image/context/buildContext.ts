import { existsSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { resolvePath } from "../../files/paths";
import { checkOut } from "./checkout";
import { BuildContextError } from "./error";
import { resolveCommit } from "./gitRef";
import { parseGitContext } from "./gitUrl";

/** What an image is built from, on this machine. */
export interface BuildContext {
  /** Absolute. */
  readonly folder: string;
  /** Absolute. */
  readonly dockerfile: string;
  /** For people who review a preview. */
  readonly origin: string;
  /** What a Git URL's branch or tag names now, and what `folder` has the files of. */
  readonly commit?: string;
}

/** Checkouts of commits, each in a folder of its own; relative to the project's folder. */
const HOME = ".breakwater/contexts";

/**
 * Takes a build context from a folder, relative to the project's folder or absolute, or from a Git URL `https://….git#REF:FOLDER`,
 * whose ref is resolved to a commit now. `dockerfile` is relative to the context. Throws BuildContextError.
 */
export function takeBuildContext(context: string, dockerfile = "Dockerfile", home = resolvePath(HOME)): BuildContext {
  const git = parseGitContext(context);
  if (git === undefined) {
    const folder = resolvePath(context);
    return { folder, dockerfile: fileIn(folder, dockerfile, context), origin: `the folder ${context}` };
  }
  const commit = resolveCommit(git);
  const tree = checkOut(git, commit, home);
  const { url, ref, subdirectory } = git;
  const where = subdirectory === "" ? "" : `, folder ${subdirectory}`;
  const origin = ref === commit ? `${url}${where}: commit ${commit}` : `${url}${where}: ${ref} is commit ${commit}`;
  const folder = inside(tree, subdirectory, context);
  return { folder, dockerfile: fileIn(folder, dockerfile, context), origin, commit };
}

function fileIn(folder: string, dockerfile: string, context: string): string {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new BuildContextError("CONTEXT_MISSING", `The build context ${context} is no folder: correct its path.`);
  }
  const file = inside(folder, dockerfile, context);
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new BuildContextError(
      "CONTEXT_INVALID",
      `The build context ${context} has no file ${dockerfile}: name the Dockerfile by its path within the context.`,
    );
  }
  return file;
}

/** Throws CONTEXT_INVALID for a path that leads out, be it by a link. */
function inside(base: string, name: string, context: string): string {
  const found = path.resolve(base, name);
  const real = existsSync(found) ? realpathSync(found) : found;
  const within = [base, realpathSync(base)].some((root) => real === root || real.startsWith(root + path.sep));
  if (within && !path.isAbsolute(name)) return found;
  throw new BuildContextError(
    "CONTEXT_INVALID",
    `${name} leads out of the build context ${context}: name what is in it.`,
  );
}
