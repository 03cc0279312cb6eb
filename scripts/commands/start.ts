import { runtime } from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation";
import type { Machine } from "../../stacks/machine";
import { program } from "../../stacks/program";
import { type ChangeCounts, countChanges } from "./changes";
import { type Exclusively, outlivingInterrupts, runCommand, say, show } from "./command";
import { namingConfig } from "./configSyntax";
import { whyNoDockerEngine, whyNoDockerPlugin } from "./dockerPlugin";
import { openStack, openStackIfThere, PROJECT } from "./engine";
import { CommandError } from "./error";
import { harborSummaryOf, renderHarborSummary } from "./harborSummary";
import { keepDeployed, liveImagesOf } from "./inForce";
import { openPreviewWorkspace } from "./previewWorkspace";
import { RunLog } from "./progress";
import { pruneHistory, recover } from "./recovery";
import { readStartOptions, START_HELP, type StartOptions } from "./startOptions";
import { plannedChangesLine, renderSummary, summaryOf } from "./summary";

/** The command; resolves to its exit code. */
export function start(args: readonly string[], exclusively: Exclusively): Promise<number> {
  return runCommand(async () => {
    const options = await readStartOptions(args);
    if (options === undefined) process.stdout.write(`${START_HELP}\n`);
    else await exclusively(() => outlivingInterrupts(() => namingConfig(options.stack, () => run(options))));
  });
}

async function run(options: StartOptions): Promise<void> {
  await (options.preview ? preview(options) : up(options));
}

async function up(options: StartOptions): Promise<void> {
  const stack: Stack = await openStack(
    options.stack,
    programOf(options, () => buildsOf(stack, options), { liveImages: liveImagesOf(() => stack) }),
  );
  await recover(stack, options.stack);
  await remember(stack, options.config);
  const log = new RunLog({ preview: false });
  say("Bringing the stack up …");
  const operations = await logged(log, async () => (await stack.up(settingsOf(log))).summary.resourceChanges);
  await pruneHistory(options.stack);
  await keepDeployed(options.stack);

  const changes = countChanges(operations);
  const outputs = log.outputs ?? {};
  if (options.stack.isLocal) {
    const summary = summaryOf(outputs, changes);
    print(options, summary, () => `\n${renderSummary(summary, new Date())}`);
  } else {
    const summary = harborSummaryOf(outputs, changes, log.notes);
    print(options, summary, () => `\n${renderHarborSummary(summary, options.stack, new Date())}`);
  }
}

async function preview(options: StartOptions): Promise<void> {
  const log = new RunLog({ preview: true });
  const { stack, close } = await openForPreview(options);
  say("Looking at what would change …");
  try {
    const operations = await logged(log, async () => (await stack.preview(settingsOf(log))).changeSummary);
    const changes = countChanges(operations);
    const result = { changes, resources: log.changes, ...(log.notes.length > 0 && { notes: log.notes }) };
    print(options, result, () => plannedChangesLine(changes));
    if (options.expectNoChanges) requireNoChanges(changes);
  } finally {
    await close();
  }
}

/** @throws CommandError DRIFT_FOUND */
function requireNoChanges({ create, update, delete: deleted }: ChangeCounts): void {
  const count = create + update + deleted;
  if (count === 0) return;
  throw new CommandError(
    "DRIFT_FOUND",
    `What is deployed is not what is declared (${count} ${count === 1 ? "resource differs" : "resources differ"}, see above): bring the stack up, or correct what is declared`,
  );
}

/** A stack that has no state yet is looked at in a place of its own; that of the local stack is made, as ever. */
async function openForPreview(options: StartOptions): Promise<{ stack: Stack; close: () => Promise<void> }> {
  const { stack: name } = options;
  const open = name.isLocal ? openStack : openStackIfThere;
  const stack: Stack | undefined = await open(
    name,
    programOf(options, () => buildsOf(stack, options), { liveImages: liveImagesOf(() => stack) }),
  );
  if (stack !== undefined) {
    await recover(stack, name);
    return { stack, close: () => pruneHistory(name) };
  }
  const whyNotBuild = async () => (await whyNoDockerPlugin(name)) ?? (await whyNoDockerEngine());
  return await openPreviewWorkspace(name, (unreadSecrets) =>
    programOf(options, whyNotBuild, { unreadSecrets, isNew: true }),
  );
}

/** Why no image can be built. One that is left out would be forgotten: so it must not be one that the stack has built. */
async function buildsOf(stack: Stack | undefined, options: StartOptions): Promise<string | undefined> {
  const reason = await whyNoDockerPlugin(options.stack);
  const { deployment } = (reason !== undefined && (await stack?.exportStack())) || {};
  const { resources = [] } = (deployment ?? {}) as { resources?: { type: string }[] };
  if (!resources.some(({ type }) => type.startsWith("docker:"))) return reason;
  throw new CommandError("PLUGIN_MISSING", `the stack has an image that it built; ${reason}`);
}

function programOf(options: StartOptions, whyNotBuild: () => Promise<string | undefined>, machine: Machine = {}) {
  const { config, acceptTag } = options;
  return () => {
    const overrides = { ...config, ...(acceptTag && { acceptTag: "true" }) };
    for (const [name, value] of Object.entries(overrides)) runtime.setConfig(`${PROJECT}:${name}`, value);
    return program({ ...machine, whyNotBuild });
  };
}

function settingsOf(log: RunLog) {
  // Pulumi.yaml asks for the refresh as well; here it can't be edited away.
  return { onEvent: log.onEvent, refresh: true, color: "never" as const };
}

async function logged<T>(log: RunLog, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw log.failure(error);
  }
}

/** Config of the stack is what a plain `pulumi up` reads as well. */
async function remember(stack: Stack, config: StartOptions["config"]): Promise<void> {
  for (const [name, value] of Object.entries(config)) await stack.setConfig(`${PROJECT}:${name}`, { value });
}

function print({ json }: StartOptions, result: object, words: () => string): void {
  show(json ? result : words());
}
