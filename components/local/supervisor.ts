import { spawn } from "node:child_process";
import { mkdir, open, readFile } from "node:fs/promises";
import path from "node:path";
import { LocalServiceError } from "./error";
import { endProcess, findProcess } from "./process";

/** A program that runs in the background until it is stopped, whoever started it. */
export interface Service {
  /** Shown to people, and part of the process's name. */
  readonly name: string;
  /** Absolute; holds the log and the service's own files. One instance runs for one folder. */
  readonly directory: string;
  readonly executable: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Rejects while the service does not answer as it should. */
  health(): Promise<void>;
}

const LOG = "service.log";
const START_TIMEOUT_MS = 15_000;
const POLL_MS = 50;

/**
 * Starts the service and waits until it is healthy. An instance that an interrupted run left is ended first.
 * Detached and with its output in a file: otherwise the engine would kill it at the end of `up`, or wait for it.
 */
export async function startService(service: Service): Promise<void> {
  await stopService(service);
  await mkdir(service.directory, { recursive: true });
  const log = await open(path.join(service.directory, LOG), "a", 0o600);
  try {
    const child = spawn(service.executable, service.args, {
      argv0: processName(service),
      cwd: service.directory,
      detached: true,
      env: { PATH: process.env.PATH ?? "", HOME: service.directory, ...service.env },
      stdio: ["ignore", log.fd, log.fd],
    });
    const exited = new Promise<never>((_resolve, reject) => {
      child.once("error", (error) => reject(new LocalServiceError("TOOL_MISSING", missing(service, error))));
      child.once("exit", (code, signal) => {
        exitText(service, `exit ${code ?? signal}`).then((text) =>
          reject(new LocalServiceError("SERVICE_EXITED", text)),
        );
      });
    });
    exited.catch(() => undefined); // also when nobody waits for it any more
    child.unref();
    await Promise.race([exited, healthy(service)]);
    child.removeAllListeners();
    if (!(await isRunning(service))) {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL"); // its group: the script and what it ran
      throw new LocalServiceError("TOOL_IS_A_SCRIPT", isScript(service));
    }
  } catch (error) {
    await stopService(service);
    throw error;
  } finally {
    await log.close();
  }
}

/** What is wrong with the service, in words; empty when it runs and answers. */
export async function driftOfService(service: Service): Promise<string> {
  if ((await pidOf(service)) === undefined) return `${service.name} does not run`;
  try {
    await service.health();
    return "";
  } catch (error) {
    return `${service.name} runs, but does not answer (${(error as Error).message})`;
  }
}

/** True while the instance of this folder runs. */
export async function isRunning(service: Pick<Service, "name" | "directory">): Promise<boolean> {
  return (await pidOf(service)) !== undefined;
}

/** Ends the instance of this folder, if it runs; the log stays. */
export async function stopService(service: Pick<Service, "name" | "directory">): Promise<void> {
  const pid = await pidOf(service);
  if (pid !== undefined && !(await endProcess(pid))) {
    throw new LocalServiceError("SERVICE_NOT_STOPPED", `${service.name}: process ${pid} does not end; end it by hand`);
  }
}

function pidOf(service: Pick<Service, "name" | "directory">): Promise<number | undefined> {
  return findProcess(processName(service));
}

function processName(service: Pick<Service, "name" | "directory">): string {
  return `breakwater-${service.name}@${service.directory}`;
}

async function healthy(service: Service): Promise<void> {
  let last = "";
  for (const until = Date.now() + START_TIMEOUT_MS; Date.now() < until; ) {
    try {
      return await service.health();
    } catch (error) {
      last = (error as Error).message;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new LocalServiceError(
    "SERVICE_UNHEALTHY",
    `${service.name} did not answer within ${START_TIMEOUT_MS / 1000} s (${last}). Its log: ${path.join(service.directory, LOG)}`,
  );
}

function missing(service: Service, error: Error): string {
  return `${service.name}: ${service.executable} can't be run (${error.message}). Run \`npm start\`: it installs what is missing`;
}

/** A program that a script runs has not the name by which services are found again. */
function isScript({ name, executable }: Service): string {
  return `${name}: ${executable} is a script that runs another program. Let BREAKWATER_${name.toUpperCase()} name the program itself`;
}

async function exitText(service: Service, how: string): Promise<string> {
  const log = path.join(service.directory, LOG);
  const lines = (await readFile(log, "utf8").catch(() => "")).trimEnd().split("\n").slice(-3).join("\n");
  return `${service.name} ended at its start (${how}). The end of its log, ${log}:\n${lines}`;
}
