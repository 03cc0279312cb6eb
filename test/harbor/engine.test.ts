import { execFile } from "node:child_process";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyProject, type ProjectCopy } from "../support/project";
import { projectRoot } from "../support/tools";
import { RIGHT_PASSWORD } from "./recording";
import { type StandIn, startStandIn } from "./standIn";

// With the real engine: credentials reach the handlers by the provider's configuration, and are in no resource's state.

const run = promisify(execFile);
const NEXT_PASSWORD = "Next-Passw0rd-2";

interface Resource {
  type: string;
  urn: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

let harbor: StandIn;
let project: ProjectCopy;
beforeAll(async () => {
  [harbor, project] = await Promise.all([startStandIn(), copyProject()]);
  await mkdir(project.path("state"));
});
afterAll(async () => {
  await Promise.all([harbor?.stop(), project?.remove()]);
});

function environment(): NodeJS.ProcessEnv {
  return {
    HOME: project.directory,
    PATH: [project.path(".breakwater/tools/pulumi/bin"), process.env.PATH].join(":"),
    PULUMI_BACKEND_URL: `file://${project.path("state")}`,
    PULUMI_HOME: project.path("pulumi-home"),
    PULUMI_CONFIG_PASSPHRASE: "a passphrase",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
}

async function stack(operation: "up" | "preview", password = RIGHT_PASSWORD) {
  const program = join(projectRoot, "test", "harbor", "engineProgram.cjs");
  const args = [program, project.directory, harbor.url, harbor.caFile, password, operation];
  const { stdout } = await run(process.execPath, args, { cwd: project.directory, env: environment() });
  return JSON.parse(stdout) as { changes: Record<string, number>; said: string; resources: Resource[] };
}

/** A plain Pulumi CLI, without the program. */
async function pulumi(...args: string[]): Promise<string> {
  const { stdout, stderr } = await run("pulumi", [...args, "--stack", "engine", "--yes", "--non-interactive"], {
    cwd: project.directory,
    env: environment(),
  });
  return stdout + stderr;
}

/** All that the engine has written, as it lies on the disk. */
async function stateOnDisk(): Promise<string> {
  const names = await readdir(project.path("state"), { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, "utf8")))).join("\n");
}

describe("With the real engine, what is declared of a Harbor", () => {
  it("is made, and the administrator's password is in no resource's state", async () => {
    const { resources, said } = await stack("up");
    expect(harbor.store.projects).toMatchObject([{ name: "app", metadata: { enable_content_trust: "true" } }]);
    const ours = resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/breakwater:Harbor"));
    expect(ours).toHaveLength(5);
    const others = resources.filter(({ type }) => !type.startsWith("pulumi:providers:"));
    expect(JSON.stringify(others)).not.toContain(RIGHT_PASSWORD); // decrypted, as the export is
    expect(said).not.toContain(RIGHT_PASSWORD);
    const provider = resources.find(({ type }) => type === "pulumi:providers:pulumi-nodejs");
    expect(JSON.stringify(provider)).toContain(RIGHT_PASSWORD);
  });

  it("has a robot whose secret is in the state once, by its name, and encrypted as the password is", async () => {
    const { resources, said } = await stack("preview");
    const [{ secret } = { secret: "" }] = harbor.store.robots;
    const holders = resources.filter((resource) => JSON.stringify(resource).includes(secret));
    expect(holders.map(({ type }) => type.split(":").at(-1))).toEqual(["HarborRobot"]);
    const { secret: kept, ...rest } = holders[0]?.outputs ?? {};
    expect(JSON.stringify(kept)).toContain(secret);
    expect(JSON.stringify([rest, holders[0]?.inputs])).not.toContain(secret);
    const written = await stateOnDisk();
    expect(written).toContain("HarborRobot");
    for (const hidden of [RIGHT_PASSWORD, secret, btoa(`admin:${RIGHT_PASSWORD}`)]) {
      expect(written).not.toContain(hidden);
      expect(said).not.toContain(hidden);
    }
  });

  it("is the same at a second `up`", async () => {
    harbor.mutations();
    const { changes } = await stack("up");
    expect(Object.keys(changes)).toEqual(["same"]);
    expect(harbor.mutations()).toEqual([]);
  });

  it("goes on when the password was changed in Harbor and in the config: the refresh still has the old one", async () => {
    harbor.password = NEXT_PASSWORD;
    await stack("up", NEXT_PASSWORD);
    expect(harbor.mutations()).toEqual([]);
    const { changes, resources } = await stack("up", NEXT_PASSWORD);
    expect(Object.keys(changes)).toEqual(["same"]);
    const others = resources.filter(({ type }) => !type.startsWith("pulumi:providers:"));
    expect(JSON.stringify(others)).not.toContain(NEXT_PASSWORD);
  });

  it("is refreshed and destroyed by a plain CLI, which takes the config from the state", async () => {
    const [project] = harbor.store.projects;
    Object.assign(project?.metadata ?? {}, { enable_content_trust: "yes" });
    expect(await pulumi("refresh")).toMatch(/HarborContentTrust/);
    const said = await pulumi("destroy");
    expect(said).not.toContain(NEXT_PASSWORD);
    const { projects, robots, labels, rules } = harbor.store;
    expect([projects, robots, labels, rules]).toEqual([[], [], [], []]);
  });
});
