import { readFile, rm } from "node:fs/promises";
import { parseArgs } from "node:util";
import { messageOf } from "../../components/errors";
import { resolvePath } from "../../components/files/paths";
import { endProcess, listProcesses } from "../../components/local/process";
import { LOCAL_HOME } from "../../stacks/config";
import { type Exclusively, outlivingInterrupts, runCommand, say } from "./command";
import { checkpointFile, openStack, STATE_DIRECTORY } from "./engine";
import { CommandError } from "./error";
import { RunLog } from "./progress";
import { endOrphanedProviders, recover } from "./recovery";

const HELP = `npm stop [-- OPTIONS]
Takes the stack "local" down: its services are ended, and what they stored is deleted.

  --force   end the services and give the engine's state up, when it can't be read any more
  --help    this text

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.`;

/** The command; resolves to its exit code. */
export function stop(args: readonly string[], exclusively: Exclusively): Promise<number> {
  return runCommand(async () => {
    const { help, force } = parse(args);
    if (help) {
      process.stdout.write(`${HELP}\n`);
      return;
    }
    await exclusively(() => outlivingInterrupts(() => takeDown(force)));
    process.stdout.write("Nothing of the stack is left running.\n");
  });
}

async function takeDown(force: boolean): Promise<void> {
  if (force) {
    await rm(resolvePath(STATE_DIRECTORY), { recursive: true, force: true });
  } else if ((await readFile(checkpointFile()).catch(() => undefined)) !== undefined) {
    await destroy();
  }
  await endOrphanedProviders();
  await endLeftServices();
  await rm(resolvePath(LOCAL_HOME), { recursive: true, force: true });
}

async function destroy(): Promise<void> {
  const log = new RunLog({ preview: false });
  const stack = await openStack(async () => ({}));
  await recover(stack);
  say("Taking the stack down …");
  try {
    await stack.destroy({ onEvent: log.onEvent, color: "never", remove: true });
  } catch (error) {
    throw log.failure(error);
  }
}

/** Services that an interrupted run started and the engine never recorded: they bear this project's folder in their name. */
async function endLeftServices(): Promise<void> {
  const ours = `@${resolvePath(LOCAL_HOME)}/`;
  for (const { pid, command } of await listProcesses()) {
    if (!command.startsWith("breakwater-") || !command.includes(ours)) continue;
    if (!(await endProcess(pid))) {
      throw new CommandError(
        "SERVICE_NOT_STOPPED",
        `process ${pid} does not end: ${command}. End it as the user who started it`,
      );
    }
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
