import { mkdtemp, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Descriptor } from "../../../components/oci/descriptor";
import { digestOf } from "../../../components/oci/digest";
import { ContentCache } from "../../../components/review/inventory/contentCache";
import { descriptorOf } from "../../oci/packed";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "breakwater-cache-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const bytes = (text: string) => Buffer.from(text);
const never = () => Promise.reject(new Error("asked the registry"));
const files = async () => {
  const all = await readdir(directory, { recursive: true, withFileTypes: true });
  return all.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
};

describe("The content cache", () => {
  const content = bytes("an envelope");
  const descriptor = descriptorOf(content, "application/jose+json");

  it("keeps content between runs", async () => {
    expect(await new ContentCache({ directory }).get("blob", descriptor, async () => content)).toEqual(content);
    expect(await new ContentCache({ directory }).get("blob", descriptor, never)).toEqual(content);
  });

  it("believes nothing that is stored: what was altered is fetched again, and put right", async () => {
    const cache = new ContentCache({ directory });
    await cache.get("blob", descriptor, async () => content);
    const [file = ""] = await files();
    await writeFile(file, "AN ENVELOPE");
    expect(await cache.get("blob", descriptor, async () => content)).toEqual(content);
    expect(await cache.get("blob", descriptor, never)).toEqual(content);
    await writeFile(file, "short");
    await expect(cache.get("blob", descriptor, never)).rejects.toThrow("asked the registry");
  });

  it("gives a manifest only as the media type that a registry gave it as, and content only as large as it is", async () => {
    const cache = new ContentCache({ directory });
    await cache.get("manifest", descriptor, async () => content);
    await expect(cache.get("manifest", { ...descriptor, mediaType: "text/plain" }, never)).rejects.toThrow();
    await expect(cache.get("manifest", { ...descriptor, size: 3 }, never)).rejects.toThrow();
    await expect(cache.get("blob", descriptor, never)).rejects.toThrow();
    expect(await cache.get("manifest", descriptor, never)).toEqual(content);
  });

  it("keeps nothing for what is no digest, and nothing of a failure", async () => {
    const cache = new ContentCache({ directory });
    const odd: Descriptor = { ...descriptor, digest: "md5:../../../etc/passwd" };
    expect(await cache.get("blob", odd, async () => content)).toEqual(content);
    await expect(cache.get("blob", descriptor, never)).rejects.toThrow();
    expect(await files()).toEqual([]);
  });

  it("stays within its limit: the oldest goes, and what killed processes left", async () => {
    const limit = 100_000;
    const put = async (cache: ContentCache, at: number) => {
      const one = Buffer.alloc(10_000, at);
      await cache.get("blob", descriptorOf(one, "x"), async () => one);
    };
    const first = new ContentCache({ directory, limit });
    for (let at = 0; at < 9; at++) await put(first, at);
    const stale = join(directory, "sha256", ".left");
    await writeFile(stale, "half");
    await utimes(stale, 1, 1);
    for (const file of await files()) {
      if (!file.endsWith(".left")) await utimes(file, 2000, 2000);
    }
    const second = new ContentCache({ directory, limit });
    for (let at = 100; at < 130; at++) await put(second, at);
    const left = await files();
    const sizes = await Promise.all(left.map(async (file) => (await stat(file)).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(limit * 1.25);
    expect(left).not.toContain(stale);
    const oldest = descriptorOf(Buffer.alloc(10_000, 0), "x");
    await expect(second.get("blob", oldest, never)).rejects.toThrow();
    const newest = Buffer.alloc(10_000, 129);
    expect(await second.get("blob", descriptorOf(newest, "x"), never)).toEqual(newest);
  });

  it("serves many at once, in several processes' stead, and leaves nothing unfinished", async () => {
    const caches = Array.from({ length: 4 }, () => new ContentCache({ directory, limit: 50_000 }));
    const contents = Array.from({ length: 50 }, (_, at) => Buffer.alloc(5_000, at));
    const work = caches.flatMap((cache) =>
      contents.map(async (one) =>
        expect(await cache.get("blob", descriptorOf(one, "x"), async () => one)).toEqual(one),
      ),
    );
    await Promise.all(work);
    expect((await files()).filter((file) => file.includes("/."))).toEqual([]);
  });

  it("does without a folder that can't be written", async () => {
    await writeFile(join(directory, "file"), "");
    const cache = new ContentCache({ directory: join(directory, "file", "below") });
    expect(await cache.get("blob", descriptor, async () => content)).toEqual(content);
    expect(digestOf(content)).toBe(descriptor.digest);
  });
});
