import { existsSync } from "node:fs";
import { join } from "node:path";

/** The folder that holds package.json. */
export const projectRoot = join(__dirname, "..", "..");

/**
 * The absolute path of a real binary that the tests drive, e.g. `toolPath("registry")`: the environment variable
 * `BREAKWATER_<NAME>` when set, else the one that the set-up installed. Throws when there is none.
 */
export function toolPath(name: string): string {
  const variable = `BREAKWATER_${name.toUpperCase().replaceAll("-", "_")}`;
  const named = process.env[variable];
  if (named) {
    return named;
  }
  const installed = join(projectRoot, ".breakwater", "tools", "bin", name);
  if (!existsSync(installed)) {
    throw new Error(
      `The tests need the binary "${name}": run "npm test" (it installs it) or set ${variable} to its path.`,
    );
  }
  return installed;
}
