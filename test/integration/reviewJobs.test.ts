import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Report } from "../../components/review/report/report";
import { copyProject, type ProjectCopy } from "../support/project";
import { projectRoot } from "../support/tools";

// The scripts of the CI jobs, run as they are: a clone of this project at its base, and a pull request that would do harm.

const run = promisify(execFile);
const INVENTORIES = [".github/trust-review-inventory", ".gitlab/trust-review-inventory"];
let project: ProjectCopy;
let temporary: string;
let origin: string;
let merge: string;
let head: string;

beforeAll(async () => {
  project = await copyProject();
  temporary = await mkdtemp(join(tmpdir(), "breakwater-jobs-"));
  origin = join(temporary, "origin.git");
  await mkdir(join(temporary, "example"));
  await project.run(["run", "example:review", "--", join(temporary, "example")]);
  await cp(join(temporary, "example/repository/stacks"), project.path("stacks"), { recursive: true });
  for (const file of INVENTORIES) await writeFile(project.path(file), `# What runs.\n\n${inventory().join("\n")}`);
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", "--all");
  await git("commit", "--quiet", "-m", "base");
  await git("clone", "--quiet", "--bare", ".", origin);
  await git("remote", "add", "origin", origin);

  // The pull request: a wider trust, and what would be noticed if anything of it ran.
  await git("checkout", "--quiet", "-b", "widen");
  const policy = project.path("stacks/production/trust/trustpolicy.json");
  await writeFile(policy, (await readFile(policy, "utf8")).replace(", OU=Release", ""));
  await writeFile(project.path("stacks/rules.yaml"), "rules: {}\n");
  await writeFile(
    project.path("scripts/review.mjs"),
    `import "node:fs"; throw new Error("the pull request's own review");\n`,
  );
  await writeFile(project.path(".gitattributes"), "* filter=harm\n");
  await writeFile(project.path("HARM"), "of the pull request\n");
  for (const file of INVENTORIES) await writeFile(project.path(file), "# Nothing runs.\n");
  await git("add", "--all");
  await git("commit", "--quiet", "-m", "widen");
  head = (await git("rev-parse", "HEAD")).trim();
  await git("checkout", "--quiet", "--detach", "main");
  await git("merge", "--quiet", "--no-ff", "-m", "merge", "widen");
  merge = (await git("rev-parse", "HEAD")).trim();
  await git("push", "--quiet", "origin", `${merge}:refs/pull/7/merge`, `${head}:refs/merge-requests/7/head`);
  await git("checkout", "--quiet", "main");
  await git("branch", "--quiet", "-D", "widen");
});
afterAll(async () => {
  await project?.remove();
  await rm(temporary, { recursive: true, force: true });
});

async function git(...args: string[]): Promise<string> {
  const author = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
  return (await run("git", [...author, "-C", project.directory, ...args], { maxBuffer: 1e8 })).stdout;
}

/** Runs a script as a runner's bash does. */
async function bash(script: string, cwd: string, env: Readonly<Record<string, string>>) {
  const { PATH = "", HOME = "" } = process.env;
  const options = { cwd, env: { PATH, HOME, ...env } };
  return run("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], options).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: error.stdout + error.stderr,
    }),
  );
}

const inventory = () =>
  ["web", "api"].map(
    (name) => `oci-layout:${join(temporary, "example/images", name)}=registry.example.com/shop/${name}`,
  );

function expectJudgedByBase(report: Report): void {
  expect(report.semantic.map(({ kind }) => kind)).toContain("rules-changed");
  const violated = report.rules.filter(({ result }) => result === "violated").map(({ rule }) => rule);
  expect(violated).toContain("rules-unchanged");
  expect(report.flips.map(({ towards, tags }) => [towards, tags])).toEqual(
    expect.arrayContaining([
      ["trust", ["v2.0-try"]],
      ["trust", ["nightly"]],
    ]),
  );
}

describe("the workflow of GitHub", () => {
  it("reviews the merge with the base's tool and rules, and has nothing of it in its folder", async () => {
    const { jobs } = parse(readFileSync(`${projectRoot}/.github/workflows/trust-review.yml`, "utf8"));
    const script = (name: string) => jobs.review.steps.find((step: { name?: string }) => step.name === name).run;
    const report = join(temporary, "github/review");
    const [output, summary] = [join(temporary, "output"), join(temporary, "summary")];
    const environment = {
      TOKEN: "a-token",
      SERVER: "https://github.test",
      PULL: "7",
      BASE: "main",
      MERGE: merge,
      REPORT: report,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
    };
    const base = await git("rev-parse", "HEAD");
    const objects = { BASE: "origin/main", HEAD: "pull/7/merge" };
    for (const [name, more] of [["Fetch objects", {}] as const, ["Review", objects] as const]) {
      const { code, output: said } = await bash(script(name), project.directory, { ...environment, ...more });
      expect(code, said).toBe(0);
      expect(said).not.toContain("a-token");
    }
    expect(await readFile(output, "utf8")).toBe("base=origin/main\nhead=pull/7/merge\ncode=1\n");
    expect(await readFile(summary, "utf8")).toBe(await readFile(`${report}.md`, "utf8"));
    expect(await readFile(`${report}.html`, "utf8")).toMatch(/^<!doctype html>/i);
    const json = JSON.parse(await readFile(`${report}.json`, "utf8")) as Report;
    expect(json.base).toEqual({ name: "origin/main", commit: base.trim() });
    expect(json.head).toEqual({ name: "pull/7/merge", commit: merge });
    expectJudgedByBase(json);

    expect(existsSync(project.path("HARM"))).toBe(false);
    expect(await git("rev-parse", "HEAD")).toBe(base);
    expect(await git("status", "--porcelain")).toBe("");
    expect(await readFile(project.path(".git/config"), "utf8")).not.toContain("extraheader");
    expect((await bash(script("Outcome"), temporary, { CODE: "1" })).code).toBe(1);
  });
});

describe("the job of GitLab", () => {
  it("reviews in a worktree of the target branch, and fails by the review's exit code", async () => {
    const jobs = parse(readFileSync(`${projectRoot}/.gitlab/trust-review.yml`, "utf8"));
    const clone = join(temporary, "clone");
    await run("git", ["clone", "--quiet", "--no-checkout", origin, clone]);
    await run("git", ["-C", clone, "fetch", "--quiet", "origin", "refs/merge-requests/7/head"]);
    // Packages and what is compiled are there already: this is no test of npm.
    const [last, ...before] = [...jobs[".trust-review"].before_script].reverse() as string[];
    const linked = `for name in node_modules bin; do cp -al "${project.directory}/$name" "$base/$name"; done`;
    const script = [...before.reverse(), last, linked, ...jobs["trust-review"].script].join("\n");
    const { code, output } = await bash(script, clone, {
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
      CI_COMMIT_SHA: head,
      CI_PROJECT_ID: "1",
      CI_MERGE_REQUEST_PROJECT_ID: "1",
      TMPDIR: temporary,
    });
    expect(code, output).toBe(1);
    expectJudgedByBase(JSON.parse(await readFile(join(clone, "review.json"), "utf8")) as Report);
    expect(existsSync(join(clone, "HARM"))).toBe(false);
  });
});
