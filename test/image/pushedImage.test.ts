import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openRepository } from "../../components/image/pinnedImage";
import { pushImage } from "../../components/image/push";
import { type PushedImageInputs, pushedImage } from "../../components/image/pushedImage.handler";
import { openImageSource } from "../../components/image/source";
import { toHandler } from "../../components/provider/handler";
import { codeOf, messageOf } from "../local/support";
import { ManagedResource } from "../provider/managedResource";
import { blobPath, writeDockerArchive, writeLayout } from "../support/images";
import { freePort } from "../support/ports";
import { startDistribution, startOlareg, type TestRegistry } from "../support/registries";
import { connectionOf } from "./support";

let directory: string;
let number = 0;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "breakwater-pushed-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const handler = toHandler(pushedImage);
const layout = (name: string, ...layers: string[]) => writeLayout(join(directory, name), { layers });

describe.each([
  ["distribution", startDistribution],
  ["olareg", startOlareg],
])("A PushedImage in %s", (_, start) => {
  let registry: TestRegistry;
  let resource: ManagedResource;
  let declared: PushedImageInputs;
  beforeAll(async () => {
    registry = await start();
  });
  afterAll(() => registry?.stop());
  beforeEach(() => {
    resource = new ManagedResource(handler);
    const source = join(directory, "source");
    declared = { source, registry: connectionOf(registry), repository: `pushed/app-${number++}`, tag: "v1" };
  });
  const tagged = async () => (await openRepository(declared).resolve("v1"))?.digest;
  /** Somebody else points the tag to other content. */
  async function moveTag(): Promise<string> {
    const { root } = await layout("theirs", "their content");
    await pushImage(await openImageSource(join(directory, "theirs")), openRepository(declared), { tag: "v1" });
    return root.digest;
  }

  it("is there under tag and digest, without drift, and is pushed once", async () => {
    const { root } = await layout("source", "ours");
    expect(await resource.up(declared)).toBe("create");
    expect(resource.id).toBe(`${registry.host}/${declared.repository}:v1`);
    expect(resource.state).toMatchObject({ digest: root.digest, mediaType: root.mediaType, size: root.size });
    expect(await openRepository(declared).resolve("v1")).toEqual(root);
    expect(await resource.up(declared)).toBe("same");
    expect(await resource.up({ ...declared, acceptTag: true })).toBe("same");
  });

  it("may have several platforms: its digest is the index's", async () => {
    const { root } = await writeLayout(join(directory, "source"), { platforms: ["linux/amd64", "linux/arm64"] });
    await resource.up(declared);
    expect(await openRepository(declared).resolve("v1")).toEqual(root);
    expect(await resource.up(declared)).toBe("same");
  });

  it("may come from a docker save archive", async () => {
    await writeDockerArchive(declared.source);
    await resource.up(declared);
    expect(await tagged()).toBe(resource.state.digest);
  });

  it("is created again over itself after an interrupted run", async () => {
    await layout("source", "ours");
    await resource.up(declared);
    resource.forget();
    expect(await resource.up(declared)).toBe("create");
    expect(await resource.up(declared)).toBe("same");
  });

  it("follows its source without a permission, since the tag's content was its own", async () => {
    await layout("source", "first");
    await resource.up(declared);
    await rm(declared.source, { recursive: true });
    const { root } = await layout("source", "second");
    expect(await resource.up(declared)).toBe("update");
    expect(await tagged()).toBe(root.digest);
  });

  it("whose tag was moved is drift; nothing is overwritten unless that is accepted", async () => {
    const { root } = await layout("source", "ours");
    await resource.up(declared);
    const theirs = await moveTag();
    const drift = await resource.refresh();
    expect(drift).toContain(root.digest);
    expect(drift).toContain(theirs);
    expect(await resource.preview(declared)).toBe("update");

    const failed = resource.up(declared);
    expect(await codeOf(failed)).toBe("TAG_MOVED");
    for (const digest of [root.digest, theirs]) expect(await messageOf(failed)).toContain(digest);
    expect(await tagged()).toBe(theirs);

    expect(await resource.up({ ...declared, acceptTag: true })).toBe("update");
    expect(await tagged()).toBe(root.digest);
    expect(await resource.up(declared)).toBe("same");
  });

  it("does not take a tag that others use when it is created", async () => {
    const { root } = await layout("source", "ours");
    const theirs = await moveTag();
    expect(await codeOf(resource.up(declared))).toBe("TAG_MOVED");
    expect(await tagged()).toBe(theirs);
    expect(await openRepository(declared).resolve(root.digest)).toBeUndefined();
    expect(await resource.up({ ...declared, acceptTag: true })).toBe("create");
  });

  it("that was deleted in the registry is pushed again", async () => {
    const { root } = await layout("source", "ours");
    await resource.up(declared);
    await openRepository(declared).deleteManifest(root.digest);
    expect(await resource.refresh()).toContain(root.digest);
    expect(await resource.up(declared)).toBe("update");
    expect(await tagged()).toBe(root.digest);
    expect(await resource.up(declared)).toBe("same");
  });

  it("stays in the registry when the resource is deleted", async () => {
    const { root } = await layout("source", "ours");
    await resource.up(declared);
    await resource.destroy();
    expect(await tagged()).toBe(root.digest);
  });

  it("is not pushed from a source that is not what was planned", async () => {
    await layout("source", "planned");
    const { inputs } = await handler.check({}, { ...declared });
    await rm(declared.source, { recursive: true });
    await layout("source", "changed");
    expect(await codeOf(handler.create(inputs))).toBe("SOURCE_CHANGED");
    expect(await tagged()).toBeUndefined();
  });
});

describe("A PushedImage", () => {
  let declared: PushedImageInputs;
  beforeEach(async () => {
    // Nothing listens there.
    const registry = { host: `127.0.0.1:${await freePort()}` };
    declared = { source: join(directory, "source"), registry, repository: "app", tag: "v1" };
  });

  it("has its digest from the bytes of the source, before any registry is asked", async () => {
    const { root } = await layout("source", "ours");
    const { inputs, failures } = await handler.check({}, { ...declared });
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({ digest: root.digest, mediaType: root.mediaType, size: root.size });
  });

  it("whose source is missing, empty or no image fails in a preview already", async () => {
    await writeFile(join(directory, "empty"), "");
    await writeFile(join(directory, "text.tar"), "x".repeat(2048));
    for (const name of ["missing", "empty", "text.tar"]) {
      const { failures } = await handler.check({}, { ...declared, source: join(directory, name) });
      expect(failures.map(({ property }) => property)).toEqual(["source"]);
      expect(failures[0]?.reason).toContain(name);
    }
  });

  it("with a blob that is not what its digest says is refused before any request", async () => {
    const { blobs } = await layout("source", "ours");
    const { inputs } = await handler.check({}, { ...declared });
    await writeFile(blobPath(declared.source, blobs[1] ?? ""), "evil");
    // The registry does not exist: a request would be another error.
    expect(await codeOf(handler.create(inputs))).toBe("SOURCE_DIGEST_MISMATCH");
  });

  it("whose registry does not answer is read as drift, and the error of an update says so", async () => {
    await layout("source", "ours");
    const registry = await startDistribution();
    try {
      const resource = new ManagedResource(handler);
      const reachable = { ...declared, registry: connectionOf(registry) };
      await resource.up(reachable);
      await registry.kill();
      expect(await resource.preview(reachable)).toBe("update");
      expect(await codeOf(resource.up(reachable))).toBe("REGISTRY_UNREACHABLE");
      await registry.restart();
      expect(await resource.up(reachable)).toBe("same");
    } finally {
      await registry.stop();
    }
  });

  it("is pushed again to a registry that lost its data", async () => {
    const { root } = await layout("source", "ours");
    const dataDir = join(directory, "data");
    const registry = await startDistribution({ dataDir });
    try {
      const resource = new ManagedResource(handler);
      const reachable = { ...declared, registry: connectionOf(registry) };
      await resource.up(reachable);
      await registry.kill();
      await rm(dataDir, { recursive: true });
      await registry.restart();
      expect(await resource.up(reachable)).toBe("update");
      const repository = openRepository(reachable);
      expect(await repository.resolve("v1")).toEqual(root);
      expect(await resource.up(reachable)).toBe("same");
    } finally {
      await registry.stop();
    }
  });
});
