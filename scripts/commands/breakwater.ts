import { projectRoot } from "../../components/files/paths";
import { runBreakwater } from "./breakwater/cli";
import { describeError, EXIT } from "./breakwater/error";
import type { Terminal } from "./breakwater/terminal";

/** The command; resolves to its exit code. */
export async function breakwater(args: readonly string[]): Promise<number> {
  // Node's own exit code of a bug would be that of a failed verdict.
  process.once("uncaughtException", (error) => {
    process.stderr.write(`${describeError(error).message} [UNEXPECTED]\n`);
    process.exit(EXIT.unknown);
  });
  // `breakwater … | head`: the exit code counts all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  return await runBreakwater(args, processTerminal());
}

function processTerminal(): Terminal {
  const { env, stdout, stderr } = process;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    env,
    folder: callersFolder(env),
    colour: stdout.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb",
    clock: () => new Date(),
  };
}

/** `npm run breakwater` moves to the project's folder first and tells where it was called. */
function callersFolder(env: NodeJS.ProcessEnv): string {
  const ours = env.npm_lifecycle_event === "breakwater" && process.cwd() === projectRoot;
  return (ours ? env.INIT_CWD : undefined) ?? process.cwd();
}
