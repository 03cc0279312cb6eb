import { join } from "node:path";
import { build, buildIsCurrent } from "./build.mjs";
import { SetupError } from "./error.mjs";
import { installTool } from "./install.mjs";
import { withLock } from "./lock.mjs";
import { requireNode, requirePlatform } from "./node.mjs";
import { installPackages, packagesAreCurrent } from "./packages.mjs";
import { projectRoot, workDirectory } from "./paths.mjs";
import { createProgress } from "./progress.mjs";
import { toolIsCurrent } from "./store.mjs";
import { tools as table } from "./tools.mjs";

export { SetupError } from "./error.mjs";
export { projectRoot, toolPath } from "./paths.mjs";

/**
 * Makes a clone ready to run: npm packages, compiled code, tools. Silent when nothing is missing; else it shows progress on
 * standard error, one set-up at a time.
 *
 * @param {object} options
 * @param {readonly string[]} options.tools names from the table in tools.mjs
 * @param {boolean} [options.quiet] no progress, even when something is missing
 * @param {string} [options.root] the project
 * @returns {Promise<void>}
 * @throws {SetupError}
 */
export async function setup({ tools, quiet = false, root = projectRoot }) {
  requireNode();
  const platform = requirePlatform();
  const rows = tools.map(rowOf);
  if (packagesAreCurrent(root) && buildIsCurrent(root) && rows.every((tool) => toolIsCurrent(root, tool))) return;

  const progress = createProgress({ quiet });
  /** @param {string} holder */
  const sayWaiting = (holder) => progress.note(`waiting for another set-up (${holder})`);
  await withLock(
    join(workDirectory(root), "setup.lock"),
    async () => {
      // Looked at again: the holder before may have done it all.
      if (!packagesAreCurrent(root)) await installPackages(root, progress);
      if (!buildIsCurrent(root)) await build(root, progress);
      const unreachable = new Map();
      for (const tool of rows) {
        if (!toolIsCurrent(root, tool)) await installTool(root, tool, { platform, progress, unreachable });
      }
    },
    sayWaiting,
  );
}

/** @param {string} name */
function rowOf(name) {
  const row = table.find((tool) => tool.name === name);
  if (row !== undefined) return row;
  throw new SetupError(
    "TOOL_UNKNOWN",
    `No tool is called ${name}: the table in tools.mjs has ${table.map((tool) => tool.name).join(", ")}`,
  );
}
