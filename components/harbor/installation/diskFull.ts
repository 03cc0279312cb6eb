import { DockerError } from "../../docker/error";
import { messageOf } from "../../errors";
import { HarborInstallationError, type HarborInstallationErrorCode } from "./error";
import type { Layout } from "./layout";
import { freeBytes, mebibytes } from "./machine";

/** With less than this, a database does not start, whatever it says of the reason. */
const LITTLE_BYTES = 2 ** 24;

const SYMPTOMS: readonly HarborInstallationErrorCode[] = [
  "HARBOR_NOT_HEALTHY",
  "HARBOR_NOT_STARTED",
  "HARBOR_UPGRADE_FAILED",
  "HARBOR_WAY_BACK_FAILED",
];

/** Runs `work`; what it throws because a disk is full says so, wherever it happened: here, in a container, in the engine. */
export async function explainingFullDisk<T>(layout: Layout, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isFullDisk(error) && !(isSymptom(error) && (await isAlmostFull(layout)))) throw error;
    const folders = [layout.data, layout.directory, "/var/lib/docker", "/var/log"];
    const free = await Promise.all(
      folders.map(async (folder) => `${folder} ${await freeBytes(folder).then(mebibytes, () => "unknown")}`),
    );
    throw new HarborInstallationError(
      "HARBOR_DISK_FULL",
      `a disk is full; free are: ${free.join(", ")}. Make room and run \`up\` again: it goes on from here. ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** What a full disk looks like to those who say nothing of it. Node's own recursive mkdir says ENOENT. */
function isSymptom(error: unknown): boolean {
  if (error instanceof HarborInstallationError) return SYMPTOMS.includes(error.code);
  return error instanceof Error && (error as NodeJS.ErrnoException).syscall === "mkdir";
}

async function isAlmostFull(layout: Layout): Promise<boolean> {
  const folders = [layout.data, layout.directory];
  const free = await Promise.all(folders.map((folder) => freeBytes(folder).catch(() => Number.POSITIVE_INFINITY)));
  return Math.min(...free) < LITTLE_BYTES;
}

export function isFullDisk(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") return true;
  if (error instanceof DockerError && /no space left on device|disk quota exceeded/i.test(error.message)) return true;
  return isFullDisk(error.cause);
}
