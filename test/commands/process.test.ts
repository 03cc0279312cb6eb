import { execFile, spawn } from "node:child_process";
import { cp, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GeneratedIdentity } from "../../components/identity/generateTest";
import { freePort } from "../support/ports";
import { startDistribution, type TestRegistry } from "../support/registries";
import { pushImage, type TestImage } from "../support/smallImage";
import { projectRoot } from "../support/tools";
import { type CommandResult, identity, reaching, type VerdictJson, Workspace } from "./support";

// The command as a process: as npm links it, called from another folder, with nothing but its result on standard output.

const COMMAND = join(projectRoot, "scripts/breakwater.mjs");

let workspace: Workspace;
let registry: TestRegistry;
let image: TestImage;
let signer: GeneratedIdentity;
beforeAll(async () => {
  workspace = await Workspace.make();
  registry = await startDistribution();
  image = await pushImage(registry, "app");
  signer = await identity();
  await workspace.config("trust", { trusted: signer, scope: image.scope, signer });
  await symlink(COMMAND, join(workspace.directory, "breakwater"));
  await run("--version"); // compiles what is not compiled yet
});
afterAll(async () => {
  await registry?.stop();
  await workspace?.remove();
});

/** Through a link, as a `bin` of npm is, in the workspace's folder. */
function run(...args: string[]): Promise<CommandResult> {
  return execute(join(workspace.directory, "breakwater"), args, workspace.directory);
}

function execute(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
  const { PATH } = process.env;
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env: { PATH, HOME: "/nonexistent", ...env } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe("breakwater as a process", () => {
  it("signs and verifies with paths of the caller's folder, silently but for the result", async () => {
    const options = ["--trust", "trust", ...reaching(registry)];
    const unsigned = await run("verify", image.pinned, ...options, "--json");
    expect({ code: unsigned.code, stderr: unsigned.stderr }).toEqual({ code: 1, stderr: "" });
    expect((JSON.parse(unsigned.stdout) as VerdictJson).code).toBe("NO_SIGNATURE");

    const signed = await run("sign", image.pinned, "--config", "trust", ...options);
    expect(signed).toEqual({ code: 0, stdout: expect.stringContaining("Successfully signed"), stderr: "" });

    const verified = await run("verify", image.pinned, ...options, "--json");
    expect({ code: verified.code, stderr: verified.stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(verified.stdout)).toMatchObject({ verdict: "verified", enforced: true });
  });

  it("trusts the CA of SSL_CERT_FILE and the login of DOCKER_CONFIG, as notation does", async () => {
    const env = { SSL_CERT_FILE: registry.caFile, DOCKER_CONFIG: registry.dockerConfigDirectory };
    const { code, stderr } = await execute(COMMAND, ["list", image.pinned], workspace.directory, env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("has an exit code of its own for no answer", async () => {
    const absent = await run("verify", `127.0.0.1:${await freePort()}/app:v1`, "--trust", "trust", "--json");
    expect(absent.code).toBe(2);
    expect(JSON.parse(absent.stdout)).toEqual({ error: { code: "REGISTRY_UNREACHABLE", message: expect.any(String) } });
    expect((await run("verfy")).code).toBe(2);
  });

  it("has no answer, in JSON too, when its set-up fails", async () => {
    const scripts = join(workspace.directory, "elsewhere/scripts"); // no package.json above
    await cp(join(projectRoot, "scripts"), scripts, { recursive: true });
    const args = [join(scripts, "breakwater.mjs"), "verify", image.pinned, "--json"];
    const { code, stdout, stderr } = await execute(process.execPath, args, workspace.directory);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({ error: { code: "UNEXPECTED", message: expect.any(String) } });
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  it("is not coloured in a pipe", async () => {
    const { stdout } = await run("verify", image.pinned, "--trust", "trust", ...reaching(registry));
    expect(stdout).not.toContain("\u001b");
  });

  it("keeps its exit code when nobody reads its output to the end", async () => {
    const child = spawn(COMMAND, ["verfy"], { cwd: workspace.directory, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    child.stderr.destroy();
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(2);
  });

  it("runs by npm with the paths of where npm was called", async () => {
    const npm = ["run", "--silent", "--prefix", projectRoot, "breakwater", "--", "keys", "--config", "trust", "--json"];
    const { code, stdout, stderr } = await execute("npm", npm, workspace.directory);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ default: "signer" });
  });
});
