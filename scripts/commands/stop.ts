import { readFile, rm } from "node:fs/promises";
import { parseArgs } from "node:util";
import { messageOf } from "../../components/errors";
import { resolvePath } from "../../components/files/paths";
import { endProcess, listProcesses } from "../../components/local/process";
import { checkpointFile, openStack, STATE_DIRECTORY } from "./engine";
import { CommandError, EXIT } from "./error";
import { outlivingInterrupts } from "./interrupt";
import { RunLog } from "./progress";
import { recover } from "./recovery";
import type { Exclusively } from "./start";

const HELP = `npm stop [-- OPTIONS]
Takes the stack "local" down: its services are ended, and what they stored is deleted.

  --force   end the services and give the engine's state up, when it can't be read any more
  --help    this text

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.`;

/** The command; resolves to its exit code. */
export async function stop(args: readonly string[], exclusively: Exclusively): Promise<number> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  try {
    const { help, force } = parse(args);
    if (help) {
      process.stdout.write(`${HELP}\n`);
      return EXIT.done;
    }
    await exclusively(() => outlivingInterrupts((wasInterrupted) => takeDown(force, say, wasInterrupted), say));
    process.stdout.write("Nothing of the stack is left running.\n");
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    say(`${error.message} [${error.code}]`);
    return error.code === "USAGE" ? EXIT.usage : error.code === "INTERRUPTED" ? EXIT.interrupted : EXIT.failed;
  }
}

async function takeDown(force: boolean, say: (line: string) => void, wasInterrupted: () => boolean): Promise<void> {
  if (force) {
    await rm(resolvePath(STATE_DIRECTORY), { recursive: true, force: true });
  } else if ((await readFile(checkpointFile()).catch(() => undefined)) !== undefined) {
    await destroy(say, wasInterrupted);
  }
  await endLeftServices();
  await rm(resolvePath(".breakwater/local"), { recursive: true, force: true });
}

async function destroy(say: (line: string) => void, wasInterrupted: () => boolean): Promise<void> {
  const log = new RunLog(say, { preview: false });
  const stack = await openStack(async () => ({}));
  await recover(stack, say);
  say("Taking the stack down …");
  try {
    await stack.destroy({ onEvent: log.onEvent, color: "never", remove: true });
  } catch (error) {
    if (wasInterrupted()) throw new CommandError("INTERRUPTED", "Interrupted. Run `npm stop` again to go on");
    const reasons = log.errors.length > 0 ? log.errors : [messageOf(error)];
    throw new CommandError("UPDATE_FAILED", `Failed:\n${reasons.map((reason) => `  ${reason}`).join("\n")}`);
  }
}

/** Services that an interrupted run started and the engine never recorded: they bear this project's folder in their name. */
async function endLeftServices(): Promise<void> {
  const ours = `@${resolvePath(".breakwater/local")}/`;
  for (const { pid, command } of await listProcesses()) {
    if (command.startsWith("breakwater-") && command.includes(ours)) await endProcess(pid);
  }
}

function parse(args: readonly string[]): { help: boolean; force: boolean } {
  try {
    const options = { force: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;
    const { values } = parseArgs({ args: [...args], options });
    return { help: values.help ?? false, force: values.force ?? false };
  } catch (error) {
    throw new CommandError("USAGE", `${messageOf(error)}. \`npm stop -- --help\` shows what there is`);
  }
}
