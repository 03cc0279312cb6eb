import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readlink, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { isAlive, listProcesses, type RunningProcess } from "../../components/local/process";
import type { Change, ChangeCounts } from "../../scripts/commands/changes";
import type { Summary } from "../../scripts/commands/summary";
import { projectRoot } from "./tools";

const run = promisify(execFile);
const TIMEOUT_MS = 90_000;

export interface Result {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs in a process group of its own. */
export interface Running {
  readonly child: ChildProcess;
  /** Its end; rejects when it takes too long, after its group was killed. */
  readonly result: Promise<Result>;
  /** Resolves once its standard error holds this text; rejects when it ends before. */
  said(text: string): Promise<void>;
  /** Signals the whole process group, as a terminal does. */
  signal(name: NodeJS.Signals): void;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export interface Preview {
  readonly changes: ChangeCounts;
  readonly resources: readonly Change[];
}

/** A copy of this project in a folder of its own, which is used as a person would use a clone. */
export class ProjectCopy {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** An absolute path below the copy. */
  path(...parts: string[]): string {
    return join(this.directory, ...parts);
  }

  /** Starts `npm <args>`. */
  spawn(args: readonly string[], { env, timeoutMs = TIMEOUT_MS }: RunOptions = {}): Running {
    const child = spawn("npm", args, {
      cwd: this.directory,
      detached: true,
      env: { ...ordinaryEnvironment(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = { stdout: "", stderr: "" };
    child.stdout?.on("data", (chunk: Buffer) => {
      output.stdout += chunk.toString();
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      output.stderr += chunk.toString();
    });
    const signal = (name: NodeJS.Signals) => signalGroup(child, name);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      signal("SIGKILL");
    }, timeoutMs);
    const result = once(child, "exit").then(async ([code]: (number | null)[]) => {
      clearTimeout(timer);
      await sleep(50); // what is still in the pipes; whoever inherited them may hold them open for longer
      if (late) throw new Error(`npm ${args.join(" ")} took more than ${timeoutMs} ms:\n${output.stderr}`);
      return { code: code ?? null, ...output };
    });
    result.catch(() => undefined); // also when a test ends before it is awaited
    const said = async (text: string) => {
      while (!output.stderr.includes(text)) {
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`npm ${args.join(" ")} ended without saying "${text}":\n${output.stderr}`);
        }
        await sleep(5);
      }
    };
    return { child, result, said, signal };
  }

  run(args: readonly string[], options?: RunOptions): Promise<Result> {
    return this.spawn(args, options).result;
  }

  /** `npm start -- <args>` */
  start(...args: string[]): Promise<Result> {
    return this.run(["start", "--", ...args]);
  }

  /** `npm stop -- <args>` */
  stop(...args: string[]): Promise<Result> {
    return this.run(["stop", "--", ...args]);
  }

  /** The summary of `npm start --silent -- --json <args>`; throws when it fails. */
  async json(...args: string[]): Promise<Summary> {
    return await this.#parsed<Summary>(args);
  }

  /** What `npm start -- --preview` shows, as JSON; throws when it fails. */
  async preview(...args: string[]): Promise<Preview> {
    return await this.#parsed<Preview>(["--preview", ...args]);
  }

  async #parsed<T>(args: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await this.run(["start", "--silent", "--", "--json", ...args]);
    if (code !== 0) throw new Error(`npm start -- --json ${args.join(" ")} ended with ${code}:\n${stderr}`);
    return JSON.parse(stdout) as T;
  }

  /** The processes that have this folder in their command line or as their working directory. */
  async processes(): Promise<RunningProcess[]> {
    const found: RunningProcess[] = [];
    for (const process of await listProcesses()) {
      const cwd = await readlink(`/proc/${process.pid}/cwd`).catch(() => "");
      const within = cwd === this.directory || cwd.startsWith(`${this.directory}${sep}`);
      if (within || process.command.includes(`${this.directory}${sep}`)) found.push(process);
    }
    return found;
  }

  /** Pid of a service of the stack; throws when not exactly one runs. */
  async service(name: "pebble" | "registry"): Promise<number> {
    const found = (await this.processes()).filter(({ command }) => command.startsWith(`breakwater-${name}@`));
    const [process] = found;
    if (process === undefined || found.length > 1) throw new Error(`${found.length} processes of ${name} run`);
    return process.pid;
  }

  /** Kills a service as a crash would, and waits until it is gone. */
  async killService(name: "pebble" | "registry"): Promise<void> {
    const pid = await this.service(name);
    process.kill(pid, "SIGKILL");
    while ((await this.processes()).some((running) => running.pid === pid)) await sleep(10);
  }

  /** Takes the stack down, kills what is left of this folder only, and removes the folder. */
  async remove(): Promise<void> {
    await this.stop().catch(() => undefined);
    for (const { pid } of await this.processes()) if (isAlive(pid)) process.kill(pid, "SIGKILL");
    await rm(dirname(this.directory), { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Copies the project as git sees it, with what is compiled, the packages and the tools. Those are hard links: a symbolic
 * link would let `npm ci` in the copy empty the folder that it points to.
 */
export async function copyProject(name = "project"): Promise<ProjectCopy> {
  const directory = join(await realpath(await mkdtemp(join(tmpdir(), "breakwater-"))), name);
  const listed = await run("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: projectRoot });
  for (const file of new Set(listed.stdout.split("\0").filter((file) => file !== ""))) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await cp(join(projectRoot, file), join(directory, file)).catch(ignoreDeleted);
  }
  await cp(join(projectRoot, "bin"), join(directory, "bin"), { recursive: true });
  await mkdir(join(directory, ".breakwater"), { mode: 0o700 });
  for (const folder of ["node_modules", ".breakwater/tools"]) await link(folder, directory);
  return new ProjectCopy(directory);
}

async function link(folder: string, directory: string): Promise<void> {
  const [from, to] = [join(projectRoot, folder), join(directory, folder)];
  // `-a` alone when the temporary folder lies on another disk.
  await run("cp", ["-al", from, to]).catch(async () => {
    await rm(to, { recursive: true, force: true });
    await run("cp", ["-a", from, to]);
  });
}

/** A file that is in git's index may have been deleted. */
function ignoreDeleted(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

function signalGroup({ pid }: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Without what npm and vitest have set for this process. */
function ordinaryEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(npm_(?!config_)|VITEST|NODE_ENV$|NODE_OPTIONS$|INIT_CWD$|TEST$|PULUMI_|BREAKWATER_TEST)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}
