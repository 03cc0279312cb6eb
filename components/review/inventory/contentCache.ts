import { createHash, randomBytes } from "node:crypto";
import { closeSync, constants, fstatSync, futimesSync, openSync, readFileSync } from "node:fs";
import { lstat, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Descriptor } from "../../notary/descriptor";
import { digestOf, isDigest, parseDigest } from "../../oci/digest";

export interface ContentCacheOptions {
  readonly directory: string;
  /** Bytes in all; 512 MiB when absent. */
  readonly limit?: number;
}

/** `manifest` also remembers as what media type the registry gave it. */
export type ContentKind = "manifest" | "blob";

const LIMIT = 512 * 1024 * 1024;
/** What is larger is fetched each time: signatures have some kilobytes. */
const MAX_CONTENT = 4 * 1024 * 1024;
/** When there is too much, the oldest goes, down to this part of the limit. */
const PRUNED = 0.75;
const DAY_MS = 86_400_000;
/** Unfinished writes of a process that was killed. */
const STALE_MS = 3_600_000;

/**
 * Content by its digest, kept on disk between runs. Nothing of it is believed: what is read is compared with its digest, and
 * something else is as good as absent. Any number of processes may use it at once. A cache that can't be written is no fault of
 * a review: it is then only slower.
 */
export class ContentCache {
  readonly #directory: string;
  readonly #limit: number;
  #written = Number.POSITIVE_INFINITY; // looks once at the beginning
  #pruning: Promise<void> | undefined;
  /** Folders that are there; were one deleted meanwhile, its content would not be kept in this run. */
  readonly #made = new Set<string>();

  constructor({ directory, limit = LIMIT }: ContentCacheOptions) {
    this.#directory = directory;
    this.#limit = limit;
  }

  /** The verified bytes of kept content, else those that `fetch` has, which are kept. Throws what `fetch` throws. */
  async get(kind: ContentKind, content: Descriptor, fetch: () => Promise<Buffer>): Promise<Buffer> {
    const kept = this.#read(kind, content);
    if (kept !== undefined) return kept;
    const bytes = await fetch();
    if (isDigest(content.digest) && bytes.length <= MAX_CONTENT) {
      await this.#write(this.#fileOf(kind, content), bytes).catch(() => undefined);
    }
    return bytes;
  }

  #read(kind: ContentKind, content: Descriptor): Buffer | undefined {
    if (!isDigest(content.digest)) return undefined;
    let file: number | undefined;
    try {
      file = openSync(this.#fileOf(kind, content), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      const { size, mtimeMs } = fstatSync(file);
      if (size !== content.size || size > MAX_CONTENT) return undefined;
      const bytes = readFileSync(file);
      if (digestOf(bytes, parseDigest(content.digest).algorithm) !== content.digest) return undefined;
      const now = Date.now();
      if (now - mtimeMs > DAY_MS) touch(file, now);
      return bytes;
    } catch {
      return undefined;
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }

  /** As a whole, or not at all. */
  async #write(file: string, bytes: Buffer): Promise<void> {
    const folder = path.dirname(file);
    if (!this.#made.has(folder)) await mkdir(folder, { recursive: true });
    this.#made.add(folder);
    const temporary = path.join(folder, `.${randomBytes(8).toString("hex")}`);
    try {
      await writeFile(temporary, bytes, { flag: "wx", mode: 0o600 });
      await rename(temporary, file);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    this.#written += bytes.length;
    if (this.#written > this.#limit * (1 - PRUNED)) {
      this.#written = 0;
      this.#pruning = (this.#pruning ?? Promise.resolve()).then(() => this.#prune());
      await this.#pruning;
    }
  }

  async #prune(): Promise<void> {
    const files = await this.#files();
    let total = files.reduce((sum, { size }) => sum + size, 0);
    if (total <= this.#limit) return;
    for (const { file, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
      await rm(file, { force: true });
      total -= size;
      if (total <= this.#limit * PRUNED) return;
    }
  }

  async #files(): Promise<{ file: string; size: number; mtimeMs: number }[]> {
    const files: { file: string; size: number; mtimeMs: number }[] = [];
    for (const entry of await readdir(this.#directory, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      const found = await lstat(file).catch(() => undefined); // another process has removed it
      if (found === undefined) continue;
      const { size, mtimeMs } = found;
      if (entry.name.startsWith(".") && Date.now() - mtimeMs > STALE_MS) await rm(file, { force: true });
      else files.push({ file, size, mtimeMs });
    }
    return files;
  }

  #fileOf(kind: ContentKind, { digest, mediaType }: Descriptor): string {
    const { algorithm, hex } = parseDigest(digest);
    const type = kind === "manifest" ? `-${createHash("sha256").update(mediaType).digest("hex").slice(0, 16)}` : "";
    return path.join(this.#directory, algorithm, hex.slice(0, 2), `${hex}${type}`);
  }
}

/** What is used stays. */
function touch(file: number, now: number): void {
  try {
    futimesSync(file, now / 1000, now / 1000);
  } catch {
    // A file of somebody else can be read all the same.
  }
}
