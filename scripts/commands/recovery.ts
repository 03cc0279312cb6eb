import { readdir, readFile, readlink, rm } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { resolvePath } from "../../components/files/paths";
import { endProcess, listProcesses } from "../../components/local/process";
import { say } from "./command";
import { checkpointFile, ENGINE_LOGS, hasOwnState, PROJECT } from "./engine";
import { CommandError } from "./error";
import { STATE_DIRECTORY } from "./givenState";
import type { StackName } from "./stackName";

const locksOf = ({ name }: StackName) => `${STATE_DIRECTORY}/.pulumi/locks/organization/${PROJECT}/${name}`;
const historyOf = ({ name }: StackName) => `${STATE_DIRECTORY}/.pulumi/history/${PROJECT}/${name}`;
const RUNS_KEPT = 20;

/**
 * Mends what a killed run left: processes of the engine that nobody waits for, its lock, and operations that it began and
 * never recorded. The caller holds the lock of our own commands, so whatever is found is not another `npm start`. A state that
 * lies elsewhere is others' as well: its locks are left to them.
 */
export async function recover(stack: Stack, name: StackName): Promise<void> {
  await endOrphanedProviders();
  if (!hasOwnState(name)) return;
  if (await releaseLocks(name)) await stack.cancel();
  if (await hasPendingOperations(name)) {
    say("An earlier run was interrupted: clearing what it left pending.");
    await stack.refresh({ clearPendingCreates: true });
  }
}

/** Keeps what the engine wrote about the last runs: it adds files for ever. */
export async function pruneHistory(stack: StackName): Promise<void> {
  await prune(historyOf(stack), 2 * RUNS_KEPT); // a run writes two
  await prune(ENGINE_LOGS, RUNS_KEPT);
}

async function prune(folder: string, kept: number): Promise<void> {
  const names = (await readdir(resolvePath(folder)).catch(() => [])).sort(); // they carry their time
  const old = names.slice(0, Math.max(0, names.length - kept));
  await Promise.all(old.map((name) => rm(path.join(resolvePath(folder), name), { force: true })));
}

/** True when a lock of a dead engine is left. An engine that lost its parent is ended; a living one is respected. */
async function releaseLocks(stack: StackName): Promise<boolean> {
  let stale = false;
  const locks = resolvePath(locksOf(stack));
  for (const name of await readdir(locks).catch(() => [])) {
    const { pid, hostname: host } = await readLock(path.join(locks, name));
    const engine = (await listProcesses()).find((process) => process.pid === pid && ENGINE.test(process.command));
    if (engine !== undefined && host === hostname()) {
      // Run by our own commands, of which none is at work but this one: its launcher was killed.
      if (!engine.command.includes("--exec-kind auto.inline")) throw lockedBy(engine.pid);
      say(`Ending the engine of an interrupted run (process ${engine.pid}).`);
      await endProcess(engine.pid, 20_000);
    }
    stale = true;
  }
  return stale;
}

/** A lock that was cut off in the middle names nobody. */
async function readLock(file: string): Promise<{ pid?: number; hostname?: string }> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as { pid?: number; hostname?: string };
  } catch {
    return {};
  }
}

function lockedBy(pid: number): CommandError {
  return new CommandError(
    "STATE_LOCKED",
    `process ${pid} (a \`pulumi\` command) is changing this stack. Wait until it has ended, then run the command again`,
  );
}

/** Forgets what the engine knows of a stack, without touching what it made. */
export async function forgetState(stack: StackName): Promise<void> {
  const checkpoint = checkpointFile(stack);
  for (const path of [checkpoint, `${checkpoint}.bak`, resolvePath(locksOf(stack)), resolvePath(historyOf(stack))]) {
    await rm(path, { recursive: true, force: true });
  }
}

/**
 * A provider whose engine was killed waits for ever. It is known by its working directory, our compiled program, and by a
 * parent that is no engine: it is a launcher in `sh`, and the `node` below it.
 */
export async function endOrphanedProviders(): Promise<void> {
  if (process.platform !== "linux") return;
  const processes = await listProcesses();
  const commandOf = (pid: number) => processes.find((process) => process.pid === pid)?.command ?? "";
  for (const { pid, parent, command } of processes) {
    if (!PROVIDER.test(command) || PROVIDER.test(commandOf(parent)) || ENGINE.test(commandOf(parent))) continue;
    const directory = await readlink(`/proc/${pid}/cwd`).catch(() => "");
    if (directory !== resolvePath("bin/stacks")) continue;
    for (const child of processes.filter((process) => process.parent === pid)) await endProcess(child.pid);
    await endProcess(pid);
  }
}

const PROVIDER = /pulumi-resource-pulumi-nodejs|@pulumi\/pulumi\/cmd\/dynamic-provider/;
const ENGINE = /(?:^|\/)pulumi /; // its folder may have a space in its name

async function hasPendingOperations(stack: StackName): Promise<boolean> {
  const text = await readFile(checkpointFile(stack), "utf8").catch(() => "{}");
  const { checkpoint } = JSON.parse(text) as { checkpoint?: { latest?: { pending_operations?: unknown[] } } };
  return (checkpoint?.latest?.pending_operations?.length ?? 0) > 0;
}
