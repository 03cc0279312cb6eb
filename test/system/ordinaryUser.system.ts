import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Summary } from "../../scripts/commands/summary";
import { copyProject, type ProjectCopy } from "../support/project";

const USER = "breakwater-test";
const HOME = `/home/${USER}`;

/** Runs a command line as an ordinary user in a network namespace of its own, where only the loopback interface is up. */
function withoutNetwork(directory: string, command: string, path: string) {
  const asUser = `exec setpriv --reuid=${USER} --regid=${USER} --clear-groups env -i HOME=${HOME} PATH=${path} ${command}`;
  return spawnSync("unshare", ["--net", "sh", "-c", `ip link set lo up && cd ${directory} && ${asUser}`], {
    encoding: "utf8",
    timeout: 240_000,
  });
}

describe("an ordinary user on a machine without a network", () => {
  const project = join(HOME, "project");
  const node = join(process.execPath, "..");
  // No Go on this PATH, wherever the machine has it.
  const path = `${node}:/usr/bin:/bin`;

  beforeAll(async () => {
    spawnSync("userdel", ["--remove", USER]);
    execFileSync("useradd", ["--create-home", "--user-group", USER]);
    // A real copy: changing the owner of hard links would change it for the files of this project.
    const copy: ProjectCopy = await copyProject();
    execFileSync("cp", ["-a", "--no-preserve=links", copy.directory, project]);
    await copy.remove();
    execFileSync("chown", ["--recursive", `${USER}:${USER}`, project]);
  });

  afterAll(() => {
    spawnSync("userdel", ["--remove", USER]);
  });

  test("without a tool: the error names the tool, what was tried, and the ways out", () => {
    const tools = join(project, ".breakwater/tools");
    const aside = join(project, "tools-aside");
    renameSync(tools, aside);
    const run = withoutNetwork(project, "node scripts/start.mjs", path);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain("[TOOL_UNAVAILABLE]");
    expect(run.stderr).toContain("pulumi");
    expect(run.stderr).toContain("BREAKWATER_PULUMI");
    expect(run.stderr).toMatch(/\bGo\b/);
    rmSync(tools, { recursive: true, force: true });
    renameSync(aside, tools);
  });

  test("with the tools: the whole chain comes up, is unchanged the second time, and goes away", () => {
    // One namespace for all three: the services live in it.
    const script = "node scripts/start.mjs --json && node scripts/start.mjs --json && node scripts/stop.mjs";
    const run = withoutNetwork(project, `sh -c '${script}'`, path);
    expect(run.stderr).not.toContain("Failed");
    expect(run.status).toBe(0);
    const [first, second, stopped] = run.stdout.trim().split("\n");
    expect((JSON.parse(first ?? "{}") as Summary).verdict).toBe("verified");
    expect((JSON.parse(second ?? "{}") as Summary).changes).toMatchObject({ create: 0, update: 0, delete: 0 });
    expect(stopped).toBe("Nothing of the stack is left running.");
    const left = readdirSync(HOME).filter((name) => ![".bashrc", ".profile", ".bash_logout"].includes(name));
    expect(left).toEqual(["project"]);
  });
});
