import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endProcess, isAlive, listProcesses } from "../../components/local/process";
import { makeLoopbackTls } from "../support/registries";

/** A folder of a test's own; whatever runs for it is ended with it. */
export interface Place {
  directory: string;
  /** Pids of the services of this folder, found by name as anybody would, not by what the supervisor says. */
  running(service: string): Promise<number[]>;
  end(): Promise<void>;
}

export async function makePlace(): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), "breakwater-local-"));
  const commands = async () => (await listProcesses()).filter(({ command }) => command.includes(directory));
  return {
    directory,
    running: async (service) =>
      (await commands()).filter(({ command }) => command.includes(`-${service}@`)).map(({ pid }) => pid),
    async end() {
      for (const { pid } of await commands()) await endProcess(pid);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Ends a process as a crash would, and waits until nothing of it is left. */
export async function kill(pid: number): Promise<void> {
  process.kill(pid, "SIGKILL");
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** A server's chain, key and root as files, as an `AcmeCertificate` leaves them. */
export async function writeTls(directory: string, name: string) {
  const { ca, certificate, key } = await makeLoopbackTls();
  const files = { chainFile: `${name}-chain.pem`, keyFile: `${name}-key.pem`, rootFile: `${name}-root.pem` };
  const contents = { chainFile: certificate, keyFile: key, rootFile: ca };
  for (const part of ["chainFile", "keyFile", "rootFile"] as const) {
    files[part] = join(directory, files[part]);
    await writeFile(files[part], contents[part], { mode: 0o600 });
  }
  return files;
}

/** Another program that listens on a port of 127.0.0.1. */
export async function occupy(port: number): Promise<{ release(): Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** The stable code with which an error crossed to the engine. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  const message = await messageOf(work);
  return /\[([A-Z_]+)\]$/.exec(message)?.[1] ?? `no code in: ${message}`;
}

export async function messageOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => "it succeeded",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

/** Contents by relative path of every file below a folder. */
export async function readAll(directory: string): Promise<Map<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const contents = new Map<string, string>();
  for (const entry of entries.filter((found) => found.isFile())) {
    const file = join(entry.parentPath, entry.name);
    contents.set(file.slice(directory.length + 1), await readFile(file, "latin1"));
  }
  return contents;
}
