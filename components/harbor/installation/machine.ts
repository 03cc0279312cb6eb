import { lookup } from "node:dns/promises";
import { statfs } from "node:fs/promises";
import path from "node:path";
import { listenFailure } from "../../local/ports";
import { HarborInstallationError } from "./error";

/** Below this an installation can't be worth its start: the images alone take more. */
const FREE_BYTES_MIN = 2 ** 30;

/** Throws where Harbor's files can't be made as its containers need them. */
export function requireMachine(): void {
  if (process.platform !== "linux") {
    throw new HarborInstallationError(
      "HARBOR_MACHINE_UNSUPPORTED",
      `Harbor is installed on Linux, not on ${process.platform}`,
    );
  }
  if (process.getuid?.() !== 0) {
    throw new HarborInstallationError(
      "HARBOR_NEEDS_ROOT",
      "Harbor's files belong to its containers' users, which root alone can arrange: run this with sudo",
    );
  }
}

/** Throws `HARBOR_PORT_IN_USE` for the first port that a program holds; the ones in `ours` Harbor itself holds. */
export async function requireFreePorts(ports: readonly number[], ours: readonly number[]): Promise<void> {
  for (const port of ports.filter((candidate) => !ours.includes(candidate))) {
    const failure = await listenFailure(port); // of every address of the machine, as Docker publishes it
    if (failure === undefined) continue;
    const why = failure.code === "EADDRINUSE" ? "is used by another program" : `can't be used (${failure.message})`;
    throw new HarborInstallationError(
      "HARBOR_PORT_IN_USE",
      `port ${port} ${why}, and Harbor needs it. \`ss -ltnp 'sport = :${port}'\` shows which: stop it, or declare another httpPort ` +
        "or httpsPort (1514 is the log container's, and fixed)",
    );
  }
}

/** Throws `HARBOR_DISK_TOO_SMALL` when less than `bytes` are free where `folder` is, or will be. */
export async function requireDisk(folder: string, bytes = FREE_BYTES_MIN): Promise<void> {
  const free = await freeBytes(folder);
  if (free >= bytes) return;
  throw new HarborInstallationError(
    "HARBOR_DISK_TOO_SMALL",
    `${folder}: ${mebibytes(free)} are free and ${mebibytes(bytes)} are needed. Make room there, or name another folder`,
  );
}

/** Free bytes of the file system of a folder that may not be there yet. */
export async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    const parent = path.dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || parent === folder) throw error;
    return await freeBytes(parent);
  }
}

export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

/** Throws `HARBOR_HOSTNAME_UNKNOWN` for a name without an address: neither clients nor what is declared in Harbor by its API would reach it. */
export async function requireAddress(hostname: string): Promise<void> {
  try {
    await lookup(hostname);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new HarborInstallationError(
      "HARBOR_HOSTNAME_UNKNOWN",
      `${hostname} has no address (${code}). Point its DNS record at this machine, then run \`up\` again`,
      { cause: error },
    );
  }
}
