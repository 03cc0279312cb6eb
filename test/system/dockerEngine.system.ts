import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { copyProject, type ProjectCopy } from "../support/project";
import { type DockerEngine, startDockerEngine } from "./dockerEngine";

describe("with a real Docker Engine", () => {
  let engine: DockerEngine;
  let project: ProjectCopy;

  beforeAll(async () => {
    project = await copyProject();
    engine = await startDockerEngine();
    const context = join(project.directory, ".breakwater", "context");
    mkdirSync(context, { recursive: true });
    writeFileSync(join(context, "hello"), "hello from a real engine\n");
    writeFileSync(join(context, "Dockerfile"), 'FROM scratch\nCOPY hello /hello\nCMD ["/hello"]\n');
    engine.docker(["build", "--tag", "sample:v1", context]);
    engine.docker(["save", "--output", join(project.directory, ".breakwater", "saved.tar"), "sample:v1"]);
  });

  afterAll(async () => {
    await project?.remove();
    await engine?.stop();
  });

  test("an image it built and saved is pushed, signed, verified, and pulled by the engine again", async () => {
    const image = join(project.directory, ".breakwater", "saved.tar");
    const summary = await project.json("--image", image);
    expect(summary.verdict).toBe("verified");
    expect(execFileSync("bash", ["-c", summary.verifyCommand], { encoding: "utf8" })).toContain(
      "Successfully verified",
    );

    const host = new URL(summary.registry).host;
    const { auths } = JSON.parse(
      readFileSync(join(project.directory, ".breakwater/stacks/local/registry/docker/config.json"), "utf8"),
    ) as { auths: Record<string, { auth: string }> };
    const [user = "", password = ""] = Buffer.from(auths[host]?.auth ?? "", "base64")
      .toString()
      .split(":");
    expect(() => engine.docker(["pull", summary.image.reference])).toThrow(/no basic auth credentials|unauthorized/);
    engine.docker(["login", "--username", user, "--password-stdin", host], password);
    expect(engine.docker(["pull", summary.image.reference])).toContain(summary.image.digest);
    const built = engine.docker(["image", "inspect", "--format", "{{.RootFS.Layers}}", "sample:v1"]);
    expect(engine.docker(["image", "inspect", "--format", "{{.RootFS.Layers}}", summary.image.reference])).toBe(built);
  });

  test("the registry answers no plain HTTP", async () => {
    const { host } = new URL((await project.json()).registry);
    const answer = await fetch(`http://${host}/v2/`);
    expect(answer.status).toBe(400);
  });
});
