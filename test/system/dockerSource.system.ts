import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { takeBuildContext } from "../../components/image/context/buildContext";
import { openRepository } from "../../components/image/pinnedImage";
import { type PushedImageInputs, pushedImage } from "../../components/image/pushedImage.handler";
import { withImageSource } from "../../components/image/source";
import { toHandler } from "../../components/provider/handler";
import { makeRepository } from "../image/context/repository";
import { connectionOf } from "../image/support";
import { ManagedResource } from "../provider/managedResource";
import { startOlareg, type TestRegistry } from "../support/registries";
import { type DockerEngine, startDockerEngine } from "./dockerEngine";

describe("an image of a real Docker Engine", () => {
  let engine: DockerEngine;
  let registry: TestRegistry;
  let folder: string;
  let temporary: string;
  beforeAll(async () => {
    [engine, registry] = await Promise.all([startDockerEngine(), startOlareg()]);
    folder = mkdtempSync(join(tmpdir(), "breakwater-source-"));
    temporary = join(folder, "tmp");
    mkdirSync(temporary);
    vi.stubEnv("TMPDIR", temporary);
    vi.stubEnv("DOCKER_CONFIG", join(folder, "docker"));
    // The engine's own socket, as its client tells it.
    const host = engine.docker(["context", "inspect", "default", "--format", "{{.Endpoints.docker.Host}}"]).trim();
    vi.stubEnv("DOCKER_HOST", host);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await engine?.stop();
    await registry?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function build(text: string): string {
    const context = join(folder, "context");
    mkdirSync(context, { recursive: true });
    writeFileSync(join(context, "hello"), text);
    writeFileSync(join(context, "Dockerfile"), 'FROM scratch\nCOPY hello /hello\nCMD ["/hello"]\n');
    engine.docker(["build", "--tag", "sample:v1", context]);
    return engine.docker(["image", "inspect", "--format", "{{.Id}}", "sample:v1"]).trim();
  }
  const declare = (source: string, repository: string): PushedImageInputs => ({
    source,
    registry: connectionOf(registry),
    repository,
    tag: "v1",
  });

  test("is pushed by its tag, is the same the second time, and follows what is built anew", async () => {
    build("first");
    const declared = declare("docker-daemon:sample:v1", "by/tag");
    const resource = new ManagedResource(toHandler(pushedImage));
    expect(await resource.up(declared)).toBe("create");
    expect((await openRepository(declared).resolve("v1"))?.digest).toBe(resource.state.digest);
    expect(await resource.up(declared)).toBe("same");
    build("second");
    expect(await resource.up(declared)).toBe("update");
    expect(await resource.up(declared)).toBe("same");
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("by its id has the same digest as by its tag, and is known when the engine has dropped it", async () => {
    const id = build("by id");
    const digestOf = (source: string) => withImageSource(source, async ({ root }) => root.digest);
    expect(await digestOf(`docker-daemon:${id}`)).toBe(await digestOf("docker-daemon:sample:v1"));
    const declared = declare(`docker-daemon:${id}`, "by/id");
    const resource = new ManagedResource(toHandler(pushedImage));
    await resource.up(declared);
    engine.docker(["image", "rm", "--force", id]);
    expect(await resource.up(declared)).toBe("same");
  });

  test("that it built from a Git URL is the commit that was resolved, though the branch has moved on", async () => {
    const repository = makeRepository(folder);
    const commit = repository.commit({
      "app/Dockerfile": "FROM scratch\nCOPY hello /hello\n",
      "app/hello": "resolved",
    });
    const context = takeBuildContext(`${repository.url}#main:app`, undefined, join(folder, "contexts"));
    repository.commit({ "app/hello": "later" });
    expect(context.commit).toBe(commit);
    engine.docker(["build", "--tag", "built:v1", "--file", context.dockerfile, context.folder]);
    const id = engine.docker(["image", "inspect", "--format", "{{.Id}}", "built:v1"]).trim();

    const declared = declare(`docker-daemon:${id}`, "built/net-monitor");
    await new ManagedResource(toHandler(pushedImage)).up(declared);
    const registered = openRepository(declared);
    const root = await registered.resolve("v1");
    const { bytes } = await registered.fetchManifest(root?.digest ?? "");
    const { layers } = JSON.parse(bytes.toString()) as {
      layers: { mediaType: string; digest: string; size: number }[];
    };
    const [layer] = layers;
    if (layer === undefined) throw new Error("COPY makes a layer");
    expect((await registered.fetchBlob(layer, layer.size)).toString("latin1")).toContain("resolved");
  });

  test("that is not there, or an engine that does not answer, is an error with its code", async () => {
    const open = (source: string) => withImageSource(source, async () => undefined);
    await expect(open("docker-daemon:no-such:image")).rejects.toMatchObject({ code: "SOURCE_MISSING" });
    await expect(open(`docker-daemon:sha256:${"1".repeat(64)}`)).rejects.toMatchObject({ code: "SOURCE_MISSING" });
    const host = process.env.DOCKER_HOST;
    vi.stubEnv("DOCKER_HOST", `unix://${join(folder, "nobody.sock")}`);
    await expect(open("docker-daemon:sample:v1")).rejects.toMatchObject({ code: "DOCKER_ENGINE_UNREACHABLE" });
    vi.stubEnv("DOCKER_HOST", host);
    expect(readdirSync(temporary)).toEqual([]);
  });
});
