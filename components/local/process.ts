import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

export interface RunningProcess {
  readonly pid: number;
  /** Pid of its parent; 1 when the parent has ended. */
  readonly parent: number;
  /** Name and arguments, with spaces between. */
  readonly command: string;
}

/**
 * The process whose name (`argv[0]`) is `name`. Services are known by a name that holds their folder: a pid alone may have
 * been given to another program since, and a record on disk may have been deleted.
 */
export async function findProcess(name: string): Promise<number | undefined> {
  const processes = await listProcesses();
  return processes.find(({ command }) => command === name || command.startsWith(`${name} `))?.pid;
}

export async function listProcesses(): Promise<RunningProcess[]> {
  return process.platform === "linux" ? await listProc() : await listPs();
}

/** Ends a process: asks (SIGTERM), and after `graceMs` insists (SIGKILL). True when it is gone. */
export async function endProcess(pid: number, graceMs = 5_000): Promise<boolean> {
  return (await signalAndWait(pid, "SIGTERM", graceMs)) || (await signalAndWait(pid, "SIGKILL", graceMs));
}

/** True while a process with this pid exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function signalAndWait(pid: number, signal: NodeJS.Signals, timeoutMs: number): Promise<boolean> {
  try {
    process.kill(pid, signal);
  } catch {
    return !isAlive(pid);
  }
  for (const until = Date.now() + timeoutMs; Date.now() < until; ) {
    if (!isAlive(pid) || (await isZombie(pid))) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

/**
 * A zombie has ended; only its parent has not asked for its exit code yet. It holds its ports until its last thread has
 * ended too, some milliseconds after its command line is gone.
 */
async function isZombie(pid: number): Promise<boolean> {
  if (process.platform !== "linux") return false;
  const fields = await statOf(pid);
  return fields[STATE] === "Z" && fields[THREADS] === "1";
}

const STATE = 0;
const PARENT = 1;
const THREADS = 17;

/** What follows the name in `/proc/<pid>/stat` (proc(5): "pid (name) state ppid …", where the name may hold anything). */
async function statOf(pid: number): Promise<string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Without `ps`, which slim containers lack. */
async function listProc(): Promise<RunningProcess[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  return await Promise.all(
    pids.map(async (pid) => {
      const arguments_ = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      const parent = (await statOf(Number(pid)))[PARENT] ?? "0";
      return { pid: Number(pid), parent: Number(parent), command: arguments_.replaceAll("\0", " ").trimEnd() };
    }),
  );
}

async function listPs(): Promise<RunningProcess[]> {
  const { stdout } = await promisify(execFile)("ps", ["-axww", "-o", "pid=,ppid=,args="], { maxBuffer: 2 ** 24 });
  return stdout.split("\n").flatMap((line) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid && command !== undefined ? [{ pid: Number(pid), parent: Number(parent), command }] : [];
  });
}
