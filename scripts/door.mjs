// What every command has in front of it: set-up, then the compiled command in the same process.
import { createRequire } from "node:module";
import { join } from "node:path";
import { withLock } from "./setup/lock.mjs";
import { projectRoot, workDirectory } from "./setup/paths.mjs";
import { SetupError, setup } from "./setup/setup.mjs";

/**
 * @param {object} options
 * @param {string} options.command a module in bin/scripts/commands that exports a function of this name
 * @param {readonly string[]} options.tools what it needs, unless it is only asked for its help
 */
export async function open({ command, tools }) {
  try {
    const args = process.argv.slice(2);
    await setup({ tools: args.some((arg) => arg === "--help" || arg === "-h") ? [] : tools });
    const module = createRequire(import.meta.url)(join(projectRoot, "bin/scripts/commands", `${command}.js`));
    process.exitCode = await module[command](args, exclusively);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${error.message} [${error.code}]\n`);
    process.exitCode = 1;
  }
}

/**
 * Runs `work` while no other command changes the stack; a second one is told so at once.
 * @template Result
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
function exclusively(work) {
  return withLock(join(workDirectory(projectRoot), "run.lock"), work, (holder) => {
    throw new SetupError(
      "ALREADY_RUNNING",
      `Another \`npm start\`, \`npm stop\`, \`npm run renew\` or \`npm run login\` is at work (${holder}). Wait until it has ended, then run the command again`,
    );
  });
}
