import { setTimeout as sleep } from "node:timers/promises";
import { type Descriptor, readDescriptors } from "./descriptor";
import { digestOf, parseDigest, verifyContent } from "./digest";
import { OciError } from "./error";
import { parseJsonObject } from "./json";
import { LayoutFiles } from "./layoutFiles";
import { MANIFEST_LIMIT, REFERRERS_LIMIT } from "./limits";
import { OCI_IMAGE_INDEX } from "./mediaTypes";
import { inTurn } from "./turns";

const LAYOUT_VERSION = "1.0.0";
const LOCK = "index.json.lock";
const LOCK_TRIES = 200;
const LOCK_WAIT_MS = 50;

export interface LayoutIndex {
  entries: Descriptor[];
  /** The stored document, whose unknown members are kept. */
  document: Record<string, unknown>;
}

/**
 * An OCI image layout: a folder with `oci-layout`, `index.json` and blobs by their digests. Blobs are verified when they are read.
 * Throws OciError LAYOUT_INVALID, LAYOUT_UNREADABLE, LAYOUT_LOCKED, DIGEST_MISMATCH, RESPONSE_TOO_LARGE.
 * Source: image-spec image-layout.md.
 */
export class Layout {
  readonly #files: LayoutFiles;
  #checked = false;

  constructor(directory: string) {
    this.#files = new LayoutFiles(directory);
  }

  async readIndex(): Promise<LayoutIndex> {
    await this.#check();
    const bytes = await this.#files.read(["index.json"], MANIFEST_LIMIT);
    if (bytes === undefined) {
      throw this.#files.invalid("index.json is missing");
    }
    const what = `${this.#files.directory}/index.json`;
    const document = parseJsonObject(bytes, what, "LAYOUT_INVALID");
    const { manifests, mediaType } = document;
    if (!Array.isArray(manifests) || (mediaType !== undefined && mediaType !== OCI_IMAGE_INDEX)) {
      throw this.#files.invalid("index.json is no image index");
    }
    if (manifests.length > REFERRERS_LIMIT) {
      throw this.#files.invalid(`index.json has more than ${REFERRERS_LIMIT} entries`);
    }
    return { entries: readDescriptors(manifests, what), document };
  }

  /** The verified bytes of a blob, or undefined when there is none. */
  async readBlob(blob: Descriptor, limit: number): Promise<Buffer | undefined> {
    await this.#check();
    const bytes = await this.#files.read(blobParts(blob.digest), limit);
    if (bytes !== undefined) {
      verifyContent(bytes, blob, `The blob ${blob.digest} of ${this.#files.directory}`);
    }
    return bytes;
  }

  /** Stores a blob whose digest the caller has verified; one that is there and sound is left as it is. */
  async writeBlob(digest: string, bytes: Buffer): Promise<void> {
    await this.#check();
    const parts = blobParts(digest);
    const stored = await this.#files.read(parts, bytes.length).catch((error: unknown) => {
      if (error instanceof OciError && error.code === "RESPONSE_TOO_LARGE") return undefined;
      throw error;
    });
    if (stored === undefined || digestOf(stored, parseDigest(digest).algorithm) !== digest) {
      await this.#files.write(parts, bytes, 0o444);
    }
  }

  /** Lists a manifest in index.json, after all others, unless it is listed. */
  async addToIndex(entry: Descriptor): Promise<void> {
    await inTurn(`layout ${await this.#files.root()}`, () =>
      this.#locked(async () => {
        const { entries, document } = await this.readIndex();
        if (entries.some(({ digest }) => digest === entry.digest)) return;
        const stored = Array.isArray(document.manifests) ? document.manifests : [];
        const bytes = Buffer.from(JSON.stringify({ ...document, manifests: [...stored, entry] }));
        if (bytes.length > MANIFEST_LIMIT) {
          throw this.#files.invalid(`index.json would be larger than ${MANIFEST_LIMIT} bytes`);
        }
        await this.#files.write(["index.json"], bytes, 0o644);
      }),
    );
  }

  /** Among processes of ours; other tools know no lock. */
  async #locked(work: () => Promise<void>): Promise<void> {
    for (let attempt = 0; !(await this.#files.claim(LOCK)); attempt++) {
      if (attempt === LOCK_TRIES) {
        throw new OciError(
          "LAYOUT_LOCKED",
          `${this.#files.directory} is being written by another process: run again when it is done, or delete ${LOCK} there if it was killed.`,
        );
      }
      await sleep(LOCK_WAIT_MS);
    }
    try {
      await work();
    } finally {
      await this.#files.release(LOCK);
    }
  }

  async #check(): Promise<void> {
    if (this.#checked) return;
    const bytes = await this.#files.read(["oci-layout"], MANIFEST_LIMIT);
    if (bytes === undefined) {
      throw this.#files.invalid("the file oci-layout is missing");
    }
    const { imageLayoutVersion } = parseJsonObject(bytes, `${this.#files.directory}/oci-layout`, "LAYOUT_INVALID");
    if (imageLayoutVersion !== LAYOUT_VERSION) {
      throw this.#files.invalid(`its version is not ${LAYOUT_VERSION}`);
    }
    this.#checked = true;
  }
}

/** Nothing but an algorithm's name and hexadecimal digits. */
function blobParts(digest: string): string[] {
  const { algorithm, hex } = parseDigest(digest);
  return ["blobs", algorithm, hex];
}
