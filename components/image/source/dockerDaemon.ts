import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runDocker } from "../../docker/cli";
import { DockerError } from "../../docker/error";
import { BreakwaterError, messageOf } from "../../errors";
import { makeTemporary } from "../leftovers";
import { ImageSourceError } from "./error";

const TRANSPORT = "docker-daemon:";
/** A name with or without tag or digest, or an image's id: nothing that Docker could take for an option. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._/:@-]{0,511}$/;
const SAVE_TIMEOUT_MS = 1_800_000;

/** The image of a source `docker-daemon:NAME`; undefined for a path. Source: containers-transports(5), docker-daemon. */
export function imageOfDaemon(source: string): string | undefined {
  return source.startsWith(TRANSPORT) ? source.slice(TRANSPORT.length) : undefined;
}

/** True for a source that can only ever be the same image: `docker-daemon:` with an id or a digest. */
export function namesContent(source: string): boolean {
  return /^(.+@)?sha256:[0-9a-f]{64}$/.test(imageOfDaemon(source) ?? "");
}

/**
 * Lets Docker Engine write an image as an archive, readable for this user only and removed after `work`. Engines with the classic
 * store make its manifest when it is saved; those with containerd's store write what was built or pulled.
 * Throws DockerError, and ImageSourceError SOURCE_MISSING, SOURCE_INVALID, SOURCE_NOT_SAVED.
 */
export async function withSavedImage<Result>(name: string, work: (path: string) => Promise<Result>): Promise<Result> {
  if (!NAME.test(name)) {
    throw new ImageSourceError(
      "SOURCE_INVALID",
      `${TRANSPORT}${name} names no image: write NAME, NAME:TAG or sha256:ID.`,
    );
  }
  const directory = temporaryFor(name);
  try {
    const path = join(directory, "image.tar");
    await save(name, path);
    return await work(path);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function temporaryFor(name: string): string {
  try {
    return makeTemporary(tmpdir(), "breakwater-saved");
  } catch (error) {
    throw notSaved(name, tmpdir(), error);
  }
}

async function save(name: string, path: string): Promise<void> {
  try {
    const stdoutTo = createWriteStream(path, { mode: 0o600, flags: "wx" });
    await runDocker(["save", oneImage(name)], { stdoutTo, timeoutMs: SAVE_TIMEOUT_MS });
  } catch (error) {
    if (error instanceof DockerError && ABSENT.test(error.message)) {
      const why = `Docker Engine has no image ${name}: build or pull it, or correct the name.`;
      throw new ImageSourceError("SOURCE_MISSING", why, { cause: error });
    }
    throw error instanceof BreakwaterError ? error : notSaved(name, path, error);
  }
}

function notSaved(name: string, path: string, cause: unknown): ImageSourceError {
  const why = `The image ${name} of Docker Engine can't be written to ${path}: ${messageOf(cause)}.`;
  return new ImageSourceError("SOURCE_NOT_SAVED", `${why} Make room there, or let TMPDIR name another folder.`, {
    cause,
  });
}

/** Of a name alone Docker would save all its tags; elsewhere it takes it for `latest`. An id or a digest stays what it is. */
function oneImage(name: string): string {
  return /[:@]/.test(name.slice(name.lastIndexOf("/") + 1)) ? name : `${name}:latest`;
}

/** In the words of Docker Engine 20 to 29. */
const ABSENT = /no such image|reference does not exist|failed to get digest sha256:/i;
