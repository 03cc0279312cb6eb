import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Descriptor, readDescriptors } from "../../oci/descriptor";
import { parseDigest, verifyContent } from "../../oci/digest";
import { OciError } from "../../oci/error";
import { parseJsonObject } from "../../oci/json";
import { LayoutFiles } from "../../oci/layoutFiles";

/** Of one layout: some 250,000 manifests. */
const INDEX_LIMIT = 128 * 1024 * 1024;
const VERSION_LIMIT = 64 * 1024;
const LAYOUT_VERSION = "1.0.0";

/**
 * The files of an OCI image layout with many thousands of images. Blobs are read at once, without a wait for each of a file's
 * steps: they are small, and there are many. Symbolic links are refused, as a layout is made by others.
 * Throws OciError LAYOUT_INVALID, LAYOUT_UNREADABLE, DIGEST_MISMATCH, RESPONSE_TOO_LARGE. Source: image-spec image-layout.md.
 */
export class LayoutBlobs {
  readonly #root: string;
  readonly #files: LayoutFiles;
  /** Folders of blobs that are folders. */
  readonly #folders = new Set<string>();

  static async open(directory: string): Promise<LayoutBlobs> {
    const files = new LayoutFiles(directory);
    const version = await files.read(["oci-layout"], VERSION_LIMIT);
    if (version === undefined) throw files.invalid("the file oci-layout is missing");
    const { imageLayoutVersion } = parseJsonObject(version, `${directory}/oci-layout`, "LAYOUT_INVALID");
    if (imageLayoutVersion !== LAYOUT_VERSION) throw files.invalid(`its version is not ${LAYOUT_VERSION}`);
    return new LayoutBlobs(await files.root(), files);
  }

  private constructor(root: string, files: LayoutFiles) {
    this.#root = root;
    this.#files = files;
  }

  /** The entries of index.json. */
  async readIndex(): Promise<Descriptor[]> {
    const bytes = await this.#files.read(["index.json"], INDEX_LIMIT);
    if (bytes === undefined) throw this.#files.invalid("index.json is missing");
    const what = `${this.#files.directory}/index.json`;
    const { manifests } = parseJsonObject(bytes, what, "LAYOUT_INVALID");
    if (!Array.isArray(manifests)) throw this.#files.invalid("index.json is no image index");
    return readDescriptors(manifests, what);
  }

  /** The verified bytes of a blob, or undefined when there is none. */
  read(blob: Descriptor, limit: number): Buffer | undefined {
    const { algorithm, hex } = parseDigest(blob.digest);
    const path = join(this.#folder(algorithm), hex);
    let file: number;
    try {
      // Not blocking: a named pipe must not make us wait for its writer.
      file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    } catch (error) {
      return this.#absentOr(error, path);
    }
    try {
      const found = fstatSync(file);
      if (!found.isFile()) throw this.#files.invalid(`${path} is no regular file`);
      if (found.size > limit) {
        throw new OciError("RESPONSE_TOO_LARGE", `${path} has ${found.size} bytes, ${limit} is the most that is read.`);
      }
      const bytes = readFileSync(file);
      verifyContent(bytes, blob, `The blob ${blob.digest} of ${this.#files.directory}`);
      return bytes;
    } finally {
      closeSync(file);
    }
  }

  #folder(algorithm: string): string {
    const folder = join(this.#root, "blobs", algorithm);
    if (this.#folders.has(folder)) return folder;
    for (const part of [join(this.#root, "blobs"), folder]) {
      const found = lstatSync(part, { throwIfNoEntry: false });
      if (found !== undefined && !found.isDirectory()) throw this.#files.invalid(`${part} is no folder of its own`);
    }
    this.#folders.add(folder);
    return folder;
  }

  #absentOr(error: unknown, path: string): undefined {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (code === "ELOOP") throw this.#files.invalid(`${path} is a symbolic link`);
    throw new OciError("LAYOUT_UNREADABLE", `${path} can't be read (${code}): make it readable for this user.`, {
      cause: error,
    });
  }
}
