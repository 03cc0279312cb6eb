import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { projectRoot } from "../support/tools";

// The steps that read a pull request, run as a runner does, against real repositories. `npm` is one that writes down what it is asked
// for: what the review itself does with two commits is the other tests' matter.

const NPM = `#!/bin/sh
printf '%s\\n' "$@" > "$ASKED"
cat stacks/who > "$RAN_IN"
exit "\${REVIEW_EXIT:-0}"
`;

let directory: string;
let upstream: string;
let clone: string;
let asked: string;

const git = (cwd: string, ...args: string[]) =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
    cwd,
    encoding: "utf8",
  }).trim();
const read = (file: string) => readFileSync(join(directory, file), "utf8");

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "breakwater-steps-"));
  [upstream, clone, asked] = ["upstream", "clone", "asked"].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(join(directory, "bin"));
  writeFileSync(join(directory, "bin/npm"), NPM);
  chmodSync(join(directory, "bin/npm"), 0o755);
  git(directory, "init", "--quiet", "--initial-branch=main", upstream);
  commit("base", { "stacks/who": "base", ...inventories("# a remark\n\nregistry:one.example\nfile:two images.txt") });
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function inventories(text: string): Record<string, string> {
  return { ".github/trust-review-inventory": text, ".gitlab/trust-review-inventory": text };
}

function commit(message: string, files: Record<string, string>): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(upstream, name, ".."), { recursive: true });
    writeFileSync(join(upstream, name), text);
  }
  git(upstream, "add", ".");
  git(upstream, "commit", "--quiet", "--message", message);
  return git(upstream, "rev-parse", "HEAD");
}

function run(shell: string, script: string, cwd: string, env: Record<string, string>): number {
  try {
    execFileSync(shell, ["-e", "-c", script], {
      cwd,
      env: {
        PATH: `${join(directory, "bin")}${delimiter}${process.env.PATH}`,
        HOME: directory,
        ASKED: asked,
        RAN_IN: join(directory, "ran-in"),
        ...env,
      },
      stdio: "pipe",
    });
    return 0;
  } catch (error) {
    return (error as { status: number }).status;
  }
}

describe("the review of GitHub's pull request", () => {
  const { jobs } = parse(readFileSync(`${projectRoot}/.github/workflows/trust-review.yml`, "utf8"));
  const step = (name: string): string =>
    jobs.review.steps.find((each: { name?: string }) => each.name === name).run as string;
  const outputs = () =>
    Object.fromEntries(
      read("output")
        .trim()
        .split("\n")
        .map((line) => line.split("=") as [string, string]),
    );

  /** GitHub's merge of a pull request that changes everything, at refs/pull/7/merge; `base` moves on afterwards. */
  function pullRequest(): string {
    git(upstream, "switch", "--quiet", "--create", "change");
    commit("head", { "stacks/who": "head", ...inventories("registry:evil.example") });
    git(upstream, "switch", "--quiet", "--detach", "main");
    git(upstream, "merge", "--quiet", "--no-ff", "--message", "merge", "change");
    const merge = git(upstream, "rev-parse", "HEAD");
    git(upstream, "update-ref", "refs/pull/7/merge", merge);
    git(upstream, "switch", "--quiet", "main");
    return merge;
  }

  function steps(env: Record<string, string>): number {
    // As actions/checkout leaves it.
    git(directory, "clone", "--quiet", "--depth=1", "--branch=main", `file://${upstream}`, clone);
    const given = {
      ...{ TOKEN: "t", SERVER: "https://forge.test", GITHUB_OUTPUT: join(directory, "output"), ...env },
      ...{ GITHUB_STEP_SUMMARY: join(directory, "summary"), REPORT: join(directory, "report/review") },
    };
    const fetched = run("bash", step("Fetch objects"), clone, given);
    if (fetched !== 0) return fetched;
    const { base, head } = outputs();
    return run("bash", step("Review"), clone, { ...given, BASE: base ?? "", HEAD: head ?? "" });
  }

  it("compares GitHub's merge with the base in it, by the base's tool and inventories", () => {
    const base = git(upstream, "rev-parse", "HEAD");
    const merge = pullRequest();
    commit("moved on", { other: "x" });
    expect(steps({ PULL: "7", BASE: "main", MERGE: merge })).toBe(0);
    expect(read("asked").split("\n").slice(0, 11)).toEqual(
      ["run", "--silent", "review", "--", "--base", "origin/main", "--head", "pull/7/merge"].concat([
        ...["--inventory", "registry:one.example", "--inventory"],
      ]),
    );
    expect(read("asked")).toContain("--inventory\nfile:two images.txt\n--output\n");
    expect(read("asked")).not.toContain("evil");
    expect(read("ran-in")).toBe("base");
    expect([git(clone, "rev-parse", "origin/main"), git(clone, "rev-parse", "pull/7/merge")]).toEqual([base, merge]);
    expect(git(clone, "show", "pull/7/merge:stacks/who")).toBe("head");
    expect(read("output")).toMatch(/\ncode=0\n$/);
  });

  it("keeps the review's exit code for the last step", () => {
    expect(steps({ PULL: "7", BASE: "main", MERGE: pullRequest(), REVIEW_EXIT: "1" })).toBe(0);
    expect(read("output")).toMatch(/\ncode=1\n$/);
    const outcomes = ["0", "1", "2", ""].map((CODE) => run("bash", step("Outcome"), clone, { CODE }));
    expect(outcomes).toEqual([0, 1, 2, 2]);
  });

  it("fails where what GitHub names is no merge", () => {
    pullRequest();
    expect(steps({ PULL: "7", BASE: "main", MERGE: git(upstream, "rev-parse", "main") })).not.toBe(0);
  });

  it("compares a merge queue with the branch as it is", () => {
    const group = pullRequest();
    git(upstream, "update-ref", "refs/heads/gh-readonly-queue/main/pr-7", group);
    const base = git(upstream, "rev-parse", "main");
    expect(steps({ PULL: "", BASE: "refs/heads/main", MERGE: group })).toBe(0);
    expect(read("asked")).toContain("--base\norigin/main\n--head\nmerge-queue\n");
    expect([git(clone, "rev-parse", "origin/main"), git(clone, "rev-parse", "merge-queue")]).toEqual([base, group]);
  });
});

describe("the review of GitLab's merge request", () => {
  const jobs = parse(readFileSync(`${projectRoot}/.gitlab/trust-review.yml`, "utf8"));
  const script = () => [...jobs[".trust-review"].before_script, ...jobs["trust-review"].script].join("\n");

  it.each(["project", "fork"])("runs in the %s with the project's branch, tool and inventories", (where) => {
    const fork = join(directory, "fork.git");
    git(directory, "clone", "--quiet", "--bare", `file://${upstream}`, fork);
    // The project moves on; the fork has a branch `main` of its own making, and the change.
    git(upstream, "switch", "--quiet", "--create", "change");
    const change = commit("head", { "stacks/new": "head", ...inventories("registry:evil.example") });
    git(upstream, "push", "--quiet", `file://${fork}`, "change", "+change:main");
    git(upstream, "switch", "--quiet", "main");
    const base = commit("moved on", { other: "x" });
    git(directory, "clone", "--quiet", "--no-checkout", `file://${where === "fork" ? fork : upstream}`, clone);
    const env = {
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
      CI_MERGE_REQUEST_PROJECT_ID: "1",
      CI_PROJECT_ID: where === "fork" ? "2" : "1",
      CI_MERGE_REQUEST_PROJECT_URL: `file://${upstream}`,
      CI_COMMIT_SHA: change,
    };
    git(directory, "clone", "--quiet", "--bare", `file://${upstream}`, `${upstream}.git`);
    expect(run("sh", script(), clone, env)).toBe(0);
    expect(git(clone, "rev-parse", "origin/main")).toBe(base);
    expect(read("asked")).toContain("--inventory\nregistry:one.example\n--inventory\nfile:two images.txt\n--output\n");
    expect(read("asked")).not.toContain("evil");
    const head = read("asked").split("\n")[7] ?? "";
    expect(git(clone, "show", `${head}:stacks/new`)).toBe("head");
    expect(git(clone, "show", `${head}:other`)).toBe("x");
  });
});
