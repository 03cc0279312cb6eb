import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Transform } from "node:stream";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type PushProgress, pushImage } from "../../components/image/push";
import { type ImageSource, ImageSourceError, openImageSource } from "../../components/image/source";
import { OciError } from "../../components/oci/error";
import { Repository } from "../../components/oci/repository";
import { blobPath, writeDockerArchive, writeLayout, writeOciArchive } from "../support/images";
import { startDistribution, startOlareg, type TestRegistry } from "../support/registries";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "breakwater-push-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe.each([
  ["distribution", startDistribution],
  ["olareg", startOlareg],
])("An image pushed to %s", (_, start) => {
  let registry: TestRegistry;

  beforeAll(async () => {
    registry = await start();
  });
  afterAll(() => registry?.stop());

  test.each([
    ["one platform", ["linux/amd64"]],
    ["several platforms", ["linux/amd64", "linux/arm64"]],
  ])("from a folder with %s is there by tag and digest, every part of it", async (name, platforms) => {
    const repository = open(registry, `app/${name.replaceAll(" ", "-")}`);
    const { root, blobs } = await writeLayout(directory, { platforms });
    const source = await openImageSource(directory);
    expect(await pushImage(source, repository, { tag: "v1" })).toEqual(root);
    expect(await repository.resolve("v1")).toEqual(root);
    for (const { descriptor, bytes } of source.manifests) {
      expect((await repository.fetchManifest(descriptor)).bytes).toEqual(bytes);
    }
    for (const digest of blobs) {
      expect(await repository.hasBlob(digest)).toBe(true);
    }
  });

  test("from archives is there, and a second push uploads no blob", async () => {
    const repository = open(registry, "app/archives");
    const layout = join(directory, "layout");
    await writeLayout(layout, { layers: ["from an OCI archive", "x".repeat(300_000)] });
    await writeOciArchive(layout, join(directory, "oci.tar"), { gzip: true });
    await writeDockerArchive(join(directory, "docker.tar"), { repeatLayer: true });
    for (const name of ["oci.tar", "docker.tar"]) {
      const source = await openImageSource(join(directory, name));
      const first: PushProgress[] = [];
      const second: PushProgress[] = [];
      await pushImage(source, repository, { tag: "v1", onProgress: (progress) => void first.push(progress) });
      await pushImage(source, repository, { tag: "v1", onProgress: (progress) => void second.push(progress) });
      expect(outcomes(first)).toEqual(new Set(["pushed"]));
      expect(outcomes(second)).toEqual(new Set(["present"]));
      expect(await repository.resolve("v1")).toEqual(source.root);
    }
  });

  test("that is damaged causes no request", async () => {
    const repository = open(registry, "app/damaged");
    const { blobs } = await writeLayout(directory, { layers: ["original"] });
    await writeFile(blobPath(directory, blobs[1] ?? ""), "replaced");
    const source = await openImageSource(directory);
    const before = repository.requests;
    const push = pushImage(source, repository, { tag: "v1" });
    await expect(push).rejects.toMatchObject({ name: ImageSourceError.name, code: "SOURCE_DIGEST_MISMATCH" });
    expect(repository.requests).toBe(before);
  });
});

test("A push that lost its registry between two blobs is completed by running it again", async () => {
  const registry = await startDistribution();
  try {
    const repository = open(registry, "app/interrupted");
    await writeLayout(directory, { layers: ["one", "two", "three"] });
    const source = await openImageSource(directory);
    const onProgress = ({ outcome }: PushProgress) => (outcome === "pushed" ? registry.kill() : undefined);
    const push = pushImage(source, repository, { tag: "v1", onProgress });
    await expect(push).rejects.toMatchObject({
      name: OciError.name,
      code: expect.stringMatching(/^(REGISTRY_UNREACHABLE|CONNECTION_LOST)$/),
    });
    await registry.restart();
    expect(await repository.resolve("v1")).toBeUndefined();

    const again: PushProgress[] = [];
    await pushImage(source, repository, { tag: "v1", onProgress: (progress) => void again.push(progress) });
    expect(again.filter(({ outcome }) => outcome === "present")).toHaveLength(1);
    expect(await repository.resolve("v1")).toEqual(source.root);
  } finally {
    await registry.stop();
  }
});

test("A push that lost its registry in the middle of a blob is completed by running it again", async () => {
  const registry = await startDistribution();
  try {
    const repository = open(registry, "app/cut");
    const layout = join(directory, "layout");
    await writeLayout(layout, { layers: [Buffer.alloc(24 * 1024 * 1024, "layer")] });
    const source = await openImageSource(layout);
    const cut: ImageSource = {
      ...source,
      readBlobs: (needed, visit) =>
        source.readBlobs(needed, (blob, content) => visit(blob, content.pipe(killAfter(registry, 8 * 1024 * 1024)))),
    };
    await expect(pushImage(cut, repository, { tag: "v1" })).rejects.toMatchObject({
      name: OciError.name,
      code: "CONNECTION_LOST",
    });
    await registry.restart();
    await pushImage(source, repository, { tag: "v1" });
    expect(await repository.resolve("v1")).toEqual(source.root);
    for (const { digest } of source.blobs) {
      expect(await repository.hasBlob(digest)).toBe(true);
    }
  } finally {
    await registry.stop();
  }
});

function open(registry: TestRegistry, repository: string): Repository {
  const { host, caFile, dockerConfigDirectory: dockerConfig } = registry;
  return new Repository({ connection: { host, caFile, dockerConfig }, repository });
}

/** Passes a stream through, and ends the registry when that many bytes have passed. */
function killAfter(registry: TestRegistry, bytes: number): Transform {
  let passed = 0;
  return new Transform({
    async transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length;
      if (passed >= bytes) {
        await registry.kill();
      }
      done(null, chunk);
    },
  });
}

function outcomes(progress: PushProgress[]): Set<string> {
  return new Set(progress.filter(({ part }) => part === "blob").map(({ outcome }) => outcome));
}
