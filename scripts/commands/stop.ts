import { rm } from "node:fs/promises";
import type { Stack } from "@pulumi/pulumi/automation";
import { resolvePath } from "../../components/files/paths";
import { endProcess, listProcesses } from "../../components/local/process";
import { LOCAL_HOME } from "../../stacks/localConfig";
import { type Exclusively, outlivingInterrupts, runCommand, say } from "./command";
import { namingConfig } from "./configSyntax";
import { openStackIfThere } from "./engine";
import { CommandError } from "./error";
import { parseOptions } from "./options";
import { ownedIn } from "./owned";
import { RunLog } from "./progress";
import { endOrphanedProviders, forgetState, recover } from "./recovery";
import { type StackName, stackNamed } from "./stackName";

const HELP = `npm stop [-- OPTIONS]
Takes a stack down: \`pulumi destroy\`. Of the stack "local", the services are ended, and what they stored is deleted.

  --stack NAME  another stack. Of one with Harbor, its robots are deleted and its containers are removed; kept are
                Harbor's data directory with projects and images, its config (stacks/Pulumi.NAME.yaml), its trust and
                the signing keys: the next \`npm start -- --stack NAME\` goes on with them
  --force       of the stack "local": end the services and give the engine's state up, when it can't be read any more
  --help        this text

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.`;

const OPTIONS = {
  stack: { type: "string" },
  force: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** The command; resolves to its exit code. */
export function stop(args: readonly string[], exclusively: Exclusively): Promise<number> {
  return runCommand(async () => {
    const { help, force, stack } = readOptions(args);
    if (help) {
      process.stdout.write(`${HELP}\n`);
      return;
    }
    const wasUp = await exclusively(() => outlivingInterrupts(() => namingConfig(stack, () => takeDown(stack, force))));
    process.stdout.write(`Nothing of the stack is left running.${stack.isLocal || !wasUp ? "" : ` ${KEPT}`}\n`);
  });
}

const KEPT = "Harbor's data directory, the stack's config, its trust and the signing keys are kept.";

/** Resolves to whether there was something to take down. */
async function takeDown(name: StackName, force: boolean): Promise<boolean> {
  const stack = force ? undefined : await openStackIfThere(name, async () => ({}));
  if (force) await forgetState(name);
  if (stack !== undefined) await destroy(stack, name);
  await endOrphanedProviders();
  if (name.isLocal) {
    await endLeftServices();
    await rm(resolvePath(LOCAL_HOME), { recursive: true, force: true });
  }
  return stack !== undefined;
}

async function destroy(stack: Stack, name: StackName): Promise<void> {
  await recover(stack, name);
  const owned = name.isLocal ? undefined : ownedIn(await stack.exportStack());
  const log = new RunLog({ preview: false, ...(owned && { owned }) });
  say("Taking the stack down …");
  try {
    // The config of another stack is committed: it stays, and with it what the engine's history says.
    await stack.destroy({ onEvent: log.onEvent, color: "never", remove: name.isLocal });
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

function readOptions(args: readonly string[]): { help: boolean; force: boolean; stack: StackName } {
  const values = parseOptions(args, OPTIONS, "npm stop --");
  const stack = stackNamed(values.help ? undefined : values.stack);
  if (values.force && !stack.isLocal) {
    throw new CommandError(
      "USAGE",
      `--force is of the stack local: the state of "${stack.name}" knows what can't be made again`,
    );
  }
  return { help: values.help ?? false, force: values.force ?? false, stack };
}
