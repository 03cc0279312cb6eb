import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseDigest } from "../../oci/digest";
import { MANIFEST_LIMIT } from "../../oci/limits";
import { invalid, readContents, requireDigest, truncated } from "./contents";
import type { ImageSource } from "./imageSource";
import { checkLayoutFile, rootOfIndex } from "./rootOfIndex";

/**
 * Opens an OCI image layout folder: documents are hashed, blobs only measured.
 * Throws ImageSourceError. Source: image-spec image-layout.md.
 */
export async function openLayout(path: string): Promise<ImageSource> {
  const base = await realpath(path);
  const fileOf = (digest: string): Promise<string | undefined> => {
    const { algorithm, hex } = parseDigest(digest);
    return fileInside(path, base, join("blobs", algorithm, hex));
  };
  const requireFile = async (digest: string): Promise<string> => {
    const file = await fileOf(digest);
    if (file === undefined) {
      throw truncated(path, `the blob ${digest} is missing`);
    }
    return file;
  };

  checkLayoutFile(path, await readSmall(path, base, "oci-layout"));
  const root = rootOfIndex(path, await readSmall(path, base, "index.json"));
  const store = {
    path,
    sizeOf: async (digest: string) => {
      const file = await fileOf(digest);
      return file === undefined ? undefined : (await stat(file)).size;
    },
    read: async (digest: string) => readFile(await requireFile(digest)),
  };
  const { manifests, blobs } = await readContents(store, root);

  return {
    path,
    kind: "oci-layout",
    root,
    manifests,
    blobs,
    async verify() {
      for (const { digest } of blobs) {
        const { algorithm } = parseDigest(digest);
        const hash = createHash(algorithm);
        await pipeline(createReadStream(await requireFile(digest)), hash);
        requireDigest(path, digest, `${algorithm}:${hash.digest("hex")}`);
      }
    },
    async readBlobs(needed, visit) {
      for (const blob of blobs) {
        if (needed.has(blob.digest)) {
          const content = createReadStream(await requireFile(blob.digest));
          try {
            await visit(blob, content);
          } finally {
            content.destroy();
          }
        }
      }
    },
  };
}

/** The real path of a regular file below `base`, or undefined when there is none; a link that leads out is refused. */
async function fileInside(path: string, base: string, name: string): Promise<string | undefined> {
  let file: string;
  try {
    file = await realpath(join(base, name));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      return undefined;
    }
    throw error;
  }
  if (!file.startsWith(base + sep)) {
    throw invalid(path, `${name} is a link that leads out of the folder`);
  }
  if (!(await stat(file)).isFile()) {
    throw invalid(path, `${name} is no regular file`);
  }
  return file;
}

async function readSmall(path: string, base: string, name: string): Promise<Buffer> {
  const file = await fileInside(path, base, name);
  if (file === undefined) {
    throw truncated(path, `${name} is missing`);
  }
  if ((await stat(file)).size > MANIFEST_LIMIT) {
    throw invalid(path, `${name} is larger than ${MANIFEST_LIMIT} bytes`);
  }
  return readFile(file);
}
