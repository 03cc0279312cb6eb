import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SetupError } from "./error.mjs";

/** Absolute path of the project, from the place of this file: independent of the working directory. */
export const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * The git-ignored folder of everything that runs make.
 * @param {string} root
 */
export const workDirectory = (root) => join(root, ".breakwater");

/**
 * Where tools are installed: `bin/<name>` for each, and `<name>/bin/<name>` for programs that take a root.
 * @param {string} root
 */
export const toolsDirectory = (root) => join(workDirectory(root), "tools");

/**
 * The environment variable that names a binary to use instead of the one that the set-up installs.
 * @param {string} name
 */
export const toolVariable = (name) => `BREAKWATER_${name.toUpperCase()}`;

/**
 * The binary of a tool: the variable's, else the installed one.
 * @param {string} name
 * @returns {string} a path
 * @throws {SetupError} TOOL_NOT_INSTALLED
 */
export function toolPath(name) {
  const named = process.env[toolVariable(name)];
  if (named) return named;
  const installed = join(toolsDirectory(projectRoot), "bin", name);
  if (existsSync(installed)) return installed;
  throw new SetupError(
    "TOOL_NOT_INSTALLED",
    `${name} is not installed: run \`npm start\` or \`npm test\`, which install it, or name a binary in ${toolVariable(name)}`,
  );
}
