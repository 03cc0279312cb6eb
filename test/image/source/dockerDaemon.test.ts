import { chmod, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { openRepository } from "../../../components/image/pinnedImage";
import { pushImage } from "../../../components/image/push";
import { type PushedImageInputs, pushedImage } from "../../../components/image/pushedImage.handler";
import { openImageSource, withImageSource } from "../../../components/image/source";
import { toHandler } from "../../../components/provider/handler";
import type { Wire } from "../../../components/provider/wire";
import { ManagedResource } from "../../provider/managedResource";
import { blobPath, writeDockerArchive, writeLayout, writeOciArchive } from "../../support/images";
import { startDistribution } from "../../support/registries";
import { connectionOf } from "../support";

// A script in the place of `docker` plays the engine; with a real one, test/system/dockerSource.system.ts does the same.

const ID = `sha256:${"1".repeat(64)}`;
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
let directory: string;
let temporary: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "breakwater-daemon-"));
  temporary = await mkdtemp(join(tmpdir(), "breakwater-tmp-"));
  vi.stubEnv("TMPDIR", temporary);
  vi.stubEnv("PATH", `${directory}:/usr/bin:/bin`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all([directory, temporary].map((folder) => rm(folder, { recursive: true, force: true })));
});

async function docker(script: string): Promise<void> {
  await writeFile(join(directory, "docker"), `#!/bin/sh\n${script}\n`);
  await chmod(join(directory, "docker"), 0o755);
}
const archive = () => join(directory, "saved.tar");
const engine = () => docker(`[ "$1 $2" = "save app:v1" ] || [ "$1 $2" = "save ${ID}" ] || exit 9\ncat ${archive()}`);
const left = () => readdir(temporary);
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "",
    (error: { code?: string }) => error.code ?? String(error),
  );

describe("docker-daemon:NAME", () => {
  it.each([
    ["the classic store", () => writeDockerArchive(archive())],
    [
      "containerd's store",
      async () => {
        await writeLayout(join(directory, "layout"), { platforms: ["linux/amd64", "linux/arm64"] });
        await writeOciArchive(join(directory, "layout"), archive());
      },
    ],
  ])("is what the engine saves, for this user only, and leaves nothing: %s", async (_, write) => {
    await write();
    await engine();
    const expected = await openImageSource(archive());
    await withImageSource("docker-daemon:app:v1", async (image) => {
      expect(image.root).toEqual(expected.root);
      expect(image.manifests).toEqual(expected.manifests);
      expect((await stat(image.path)).mode & 0o777).toBe(0o600);
      await image.verify();
    });
    expect(await left()).toEqual([]);
  });

  it.each([
    ["app", "app:latest"],
    ["localhost:5000/app", "localhost:5000/app:latest"],
    ["localhost:5000/app:v2", "localhost:5000/app:v2"],
    [`app@${ID}`, `app@${ID}`],
    [ID, ID],
  ])("is one image, not all tags of a name: %s is %s", async (name, asked) => {
    await writeDockerArchive(archive());
    await docker(`[ "$1 $2" = "save ${asked}" ] || exit 9\ncat ${archive()}`);
    const root = await withImageSource(`docker-daemon:${name}`, async (image) => image.root);
    expect(root).toEqual((await openImageSource(archive())).root);
  });

  it("leaves nothing when the work fails either", async () => {
    await writeDockerArchive(archive());
    await engine();
    const work = withImageSource("docker-daemon:app:v1", async () => {
      throw new Error("no");
    });
    await expect(work).rejects.toThrow("no");
    expect(await left()).toEqual([]);
  });

  it.each([
    [
      "an image that the engine does not have",
      "echo 'Error response from daemon: No such image: app:v1' >&2; exit 1",
      "SOURCE_MISSING",
    ],
    [
      "an image that the engine does not have, in older words",
      "echo 'Error response from daemon: reference does not exist' >&2; exit 1",
      "SOURCE_MISSING",
    ],
    [
      "an engine that does not run",
      "echo 'Cannot connect to the Docker daemon at unix:///x' >&2; exit 1",
      "DOCKER_ENGINE_UNREACHABLE",
    ],
    ["a command that fails", "exit 3", "DOCKER_COMMAND_FAILED"],
    ["an engine that saves half", "head -c 700 /dev/zero | tr '\\\\0' x", "SOURCE_UNRECOGNISED"],
  ])("is refused with a code: %s", async (_, script, code) => {
    await docker(script);
    expect(await codeOf(withImageSource("docker-daemon:app:v1", async () => undefined))).toBe(code);
    expect(await left()).toEqual([]);
  });

  it("needs a folder for temporary files", async () => {
    await docker("exit 0");
    vi.stubEnv("TMPDIR", join(temporary, "missing"));
    expect(await codeOf(withImageSource("docker-daemon:app:v1", async () => undefined))).toBe("SOURCE_NOT_SAVED");
  });

  it("needs a docker command", async () => {
    vi.stubEnv("PATH", directory);
    expect(await codeOf(withImageSource("docker-daemon:app:v1", async () => undefined))).toBe("DOCKER_MISSING");
  });

  it.each(["", "--help", "a b", "app;id"])("is no name: %j", async (name) => {
    await docker("exit 0");
    expect(await codeOf(withImageSource(`docker-daemon:${name}`, async () => undefined))).toBe("SOURCE_INVALID");
  });

  it("that has only one of its platforms says how to save that one", async () => {
    const { root } = await writeLayout(join(directory, "layout"), { platforms: ["linux/amd64", "linux/arm64"] });
    const { manifests } = await openImageSource(join(directory, "layout"));
    const child = manifests.find(({ descriptor }) => descriptor.digest !== root.digest);
    await rm(blobPath(join(directory, "layout"), child?.descriptor.digest ?? ""));
    await writeOciArchive(join(directory, "layout"), archive());
    await engine();
    const work = withImageSource("docker-daemon:app:v1", async () => undefined);
    await expect(work).rejects.toMatchObject({
      code: "SOURCE_TRUNCATED",
      message: expect.stringContaining("--platform"),
    });
    await expect(work).rejects.toMatchObject({ message: expect.stringContaining("docker-daemon:app:v1") });
  });
});

describe("A PushedImage of it", () => {
  const handler = toHandler(pushedImage);
  const declared: PushedImageInputs = {
    source: "docker-daemon:app:v1",
    registry: { host: "registry.example" },
    repository: "app",
    tag: "v1",
  };
  const check = async (olds: object, news: object) => await handler.check(olds as Wire, news as Wire);

  it("has its digest in a preview already; a tag is looked at each time", async () => {
    await writeDockerArchive(archive());
    await engine();
    const { root } = await openImageSource(archive());
    const { inputs, failures } = await check({}, declared);
    expect([inputs.digest, failures]).toEqual([root.digest, []]);
    await rm(archive());
    await writeDockerArchive(archive(), { layers: ["another"] });
    expect((await check(inputs, declared)).inputs.digest).not.toBe(root.digest);
  });

  it("by an id is what it was, also when the engine has dropped it", async () => {
    await writeDockerArchive(archive());
    await engine();
    const byId = { ...declared, source: `docker-daemon:${ID}` };
    const { inputs } = await check({}, byId);
    await docker("exit 1");
    expect(await check(inputs, byId)).toEqual({ inputs, failures: [] });
    const other = { ...byId, source: `docker-daemon:sha256:${"2".repeat(64)}` };
    expect((await check(inputs, other)).failures).toMatchObject([{ property: "source" }]);
  });

  it("by an id that the engine has dropped is tagged again without it, where the registry holds it", async () => {
    const registry = await startDistribution();
    onTestFinished(() => registry.stop());
    await writeDockerArchive(archive());
    await engine();
    const built = {
      ...declared,
      source: `docker-daemon:${ID}`,
      registry: connectionOf(registry),
      origin: "the folder app",
    };
    const resource = new ManagedResource(handler);
    await resource.up(built);
    await docker("echo 'Error response from daemon: No such image' >&2; exit 1");
    expect(await resource.up({ ...built, tag: "v2" })).toBe("update");
    expect((await openRepository(built).resolve("v2"))?.digest).toBe(resource.state.digest);

    // What is under the tag is somebody else's still.
    const others = join(directory, "others");
    await writeLayout(others);
    await pushImage(await openImageSource(others), openRepository(built), { tag: "v3" });
    await expect(resource.up({ ...built, tag: "v3" })).rejects.toThrow(/\[TAG_MOVED\]/);

    await openRepository(built).deleteManifest(String(resource.state.digest));
    await expect(resource.up({ ...built, tag: "v2" })).rejects.toThrow(/the folder app.*`rebuild`.*\[SOURCE_MISSING\]/);
    const { failures } = await check({}, built); // as after a run that was killed between the build and the push
    expect(failures).toMatchObject([{ property: "source", reason: expect.stringContaining("`rebuild`") }]);
  });

  it("that is still to be built is not known in a preview, and no failure", async () => {
    const old = { ...declared, source: `docker-daemon:${ID}`, digest: ID, mediaType: "m", size: 1 };
    const { inputs, failures } = await check(old, { ...declared, source: UNKNOWN });
    expect(failures).toEqual([]);
    expect(inputs).not.toHaveProperty("digest");
    expect(await handler.diff("id", { ...old, drift: "" }, inputs)).toEqual({ changes: true, replaces: [] });
  });
});
