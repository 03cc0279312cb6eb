import { existsSync } from "node:fs";
import path from "node:path";

/**
 * The project's folder. It is derived from this module's own place (sources and `bin/` alike), since the program's and the
 * provider's working directories differ between `npm start` and `pulumi up`.
 */
export const projectRoot: string = rootAbove(__dirname);

function rootAbove(directory: string): string {
  if (existsSync(path.join(directory, "Pulumi.yaml"))) return directory;
  const parent = path.dirname(directory);
  if (parent === directory) throw new Error(`no Pulumi.yaml above ${__dirname}`);
  return rootAbove(parent);
}

/** An absolute path of one that may be relative to the project's folder, as paths in state are: the project may move. */
export function resolvePath(relativeToProject: string): string {
  return path.resolve(projectRoot, relativeToProject);
}
