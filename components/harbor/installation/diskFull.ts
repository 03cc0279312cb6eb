import { DockerError } from "../../docker/error";
import { messageOf } from "../../errors";
import { HarborInstallationError } from "./error";
import type { Layout } from "./layout";
import { freeBytes, mebibytes } from "./machine";

/** With less than this, a database does not start, whatever it says of the reason. */
const LITTLE_BYTES = 2 ** 24;

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

function isSymptom(error: unknown): boolean {
  return error instanceof HarborInstallationError && ["HARBOR_NOT_HEALTHY", "HARBOR_NOT_STARTED"].includes(error.code);
}

async function isAlmostFull(layout: Layout): Promise<boolean> {
  return (await freeBytes(layout.data).catch(() => Number.POSITIVE_INFINITY)) < LITTLE_BYTES;
}

export function isFullDisk(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") return true;
  if (error instanceof DockerError && /no space left on device|disk quota exceeded/i.test(error.message)) return true;
  return isFullDisk(error.cause);
}
