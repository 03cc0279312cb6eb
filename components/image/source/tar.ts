import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { posix } from "node:path";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { BreakwaterError, messageOf } from "../../errors";
import { invalid, truncated } from "./contents";
import { ImageSourceError } from "./error";

/** A member of a tar archive that matters here. */
export interface TarMember {
  /** Relative, without `.` or `..`. */
  name: string;
  /** Bytes. */
  size: number;
  /** The member that a symbolic or hard link points to. */
  linkTo?: string;
}

/**
 * Reads a tar file, gzipped or not, from begin to end; `visit` sees regular files and links in the archive's order, and what it leaves
 * unread of `content` is skipped.
 * Throws ImageSourceError SOURCE_TRUNCATED, SOURCE_UNRECOGNISED, or SOURCE_INVALID for a name or link that leads out.
 */
export async function readTar(
  path: string,
  visit: (member: TarMember, content: Readable) => Promise<void>,
): Promise<void> {
  const archive = extract();
  const file = createReadStream(path);
  // The loop below sees every failure; pipeline closes the file.
  const ignored = (): void => undefined;
  const gzip = await isGzip(path);
  if (gzip) {
    pipeline(file, createGunzip(), archive, ignored);
  } else {
    pipeline(file, archive, ignored);
  }
  let archiveError: unknown;
  archive.on("error", (error) => {
    archiveError = error;
  });
  let members = 0;
  let visitError: unknown;
  try {
    for await (const entry of archive) {
      members++;
      const member = readHeader(path, entry.header);
      if (member !== undefined) {
        try {
          await visit(member, Readable.from(entry, { objectMode: false }));
        } catch (error) {
          visitError = error;
          throw error;
        }
      }
      entry.resume();
    }
  } catch (error) {
    // The archive's own failure also reaches the visitor, through `content`.
    const ofVisitor = error === visitError && error !== archiveError;
    if (error instanceof BreakwaterError || ofVisitor) {
      throw error;
    }
    throw tarError(path, error, { members, gzip });
  } finally {
    file.destroy();
  }
  if (members === 0) {
    throw unrecognised(path);
  }
}

/** Throws for a file that is no image at all. */
export function unrecognised(path: string, cause?: unknown): ImageSourceError {
  return new ImageSourceError(
    "SOURCE_UNRECOGNISED",
    `${path} is neither an OCI image layout folder, an OCI archive nor a "docker save" archive: name the file or folder that the build wrote.`,
    cause === undefined ? undefined : { cause },
  );
}

function readHeader(
  path: string,
  header: { name: string; type?: string | null; size?: number; linkname?: string | null },
): TarMember | undefined {
  const name = normalise(path, header.name, "");
  const size = header.size ?? 0;
  switch (header.type) {
    case "file":
    case "contiguous-file":
      return { name, size };
    case "symlink":
      return { name, size: 0, linkTo: normalise(path, header.linkname ?? "", posix.dirname(name)) };
    case "link":
      return { name, size: 0, linkTo: normalise(path, header.linkname ?? "", "") };
    default:
      return undefined;
  }
}

function normalise(path: string, name: string, directory: string): string {
  const joined = posix.normalize(posix.join(directory, name));
  if (name.startsWith("/") || name.includes("\0") || joined === ".." || joined.startsWith("../")) {
    throw invalid(path, `its member ${JSON.stringify(name)} leads out of the archive`);
  }
  return joined;
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

function tarError(path: string, error: unknown, seen: { members: number; gzip: boolean }): Error {
  const message = messageOf(error);
  const endsEarly = /unexpected end|premature close/i.test(message);
  if (seen.members === 0 && !(seen.gzip && endsEarly)) {
    return unrecognised(path, error);
  }
  return endsEarly
    ? truncated(path, "the archive ends too early", error)
    : invalid(path, `the archive is damaged (${message})`, error);
}
