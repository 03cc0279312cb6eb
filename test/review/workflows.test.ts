import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { projectRoot } from "../support/tools";

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly permissions?: object;
  readonly "runs-on": string | string[];
  readonly if?: string;
  readonly concurrency?: object;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const NAMES = ["trust-review", "trust-comment", "trust-drift"] as const;
const text = (file: string) => readFileSync(`${projectRoot}/${file}`, "utf8");
const workflow = (name: (typeof NAMES)[number]) => parse(text(`.github/workflows/${name}.yml`)) as Workflow;
const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps);
const expression = (text: string) => ["$", `{{ ${text} }}`].join("");
/** Every expression of a workflow, wherever it is. */
const expressions = (value: unknown) => JSON.stringify(value).match(/\$\{\{.*?\}\}/g) ?? [];

describe.each(NAMES)("the workflow %s", (name) => {
  it("runs no text that an expression has put into a script", () => {
    for (const { run = "" } of stepsOf(workflow(name))) expect(run).not.toContain("${{");
  });

  it("uses GitHub's own actions alone, each by its commit, with its version for a reader", () => {
    for (const { uses, run } of stepsOf(workflow(name))) {
      expect(uses === undefined).toBe(run !== undefined);
      if (uses === undefined) continue;
      expect(uses).toMatch(/^actions\/(checkout|setup-node|upload-artifact|download-artifact)@[0-9a-f]{40}$/);
      expect(text(`.github/workflows/${name}.yml`)).toMatch(new RegExp(`uses: ${uses} # v\\d+\\.\\d+\\.\\d+\\n`));
    }
  });

  it("names no secret", () => {
    expect(text(`.github/workflows/${name}.yml`)).not.toMatch(/secrets\s*[.[]|secrets: inherit/);
  });

  it("leaves no token in a clone", () => {
    for (const { uses, with: inputs } of stepsOf(workflow(name)))
      if (uses?.startsWith("actions/checkout@")) expect(inputs).toMatchObject({ "persist-credentials": false });
  });
});

describe("the review of a pull request", () => {
  const review = workflow("trust-review");

  it("runs for pull requests, where a fork's token may only read, and may do no more", () => {
    expect(Object.keys(review.on)).toEqual(["pull_request", "merge_group"]);
    expect(review.permissions).toEqual({ contents: "read" });
    expect(Object.values(review.jobs).map(({ permissions }) => permissions)).toEqual([undefined]);
  });

  it("is never skipped, which GitHub would count as passed, and runs again when the base is another", () => {
    expect(review.on.pull_request).toEqual({ types: ["opened", "synchronize", "reopened", "edited"] });
    expect(review.on.merge_group).toBeNull();
    expect(Object.entries(review.jobs).map(([name, job]) => [name, job.if])).toEqual([["review", undefined]]);
  });

  it("checks out the base alone", () => {
    const checkouts = stepsOf(review).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.map(({ with: inputs }) => inputs?.ref)).toEqual([
      expression("github.base_ref || github.event.merge_group.base_ref"),
    ]);
    for (const { run = "" } of stepsOf(review))
      expect(run).not.toMatch(/git (checkout|switch|restore|reset|worktree|pull|merge)\b/);
  });

  it("takes nothing that the pull request can word into an expression", () => {
    const known = [
      "github.event.pull_request.number",
      "github.event.pull_request.number || github.ref",
      "github.base_ref || github.event.merge_group.base_ref",
      "github.sha",
      "github.token",
      "github.server_url",
      "runner.temp",
      "steps.objects.outputs.base",
      "steps.objects.outputs.head",
      "steps.review.outputs.code",
    ];
    for (const used of expressions(review)) expect(known.map(expression)).toContain(used);
  });

  it("fails by the review's exit code only after the report was uploaded", () => {
    const steps = stepsOf(review);
    const upload = steps.findIndex(({ uses }) => uses?.startsWith("actions/upload-artifact@"));
    expect(steps.findIndex(({ name }) => name === "Review")).toBeLessThan(upload);
    expect(steps.slice(upload + 1)).toEqual([
      { name: "Outcome", env: { CODE: expression("steps.review.outputs.code") }, run: 'exit "$CODE"' },
    ]);
  });
});

describe("the comment of a pull request", () => {
  const comment = workflow("trust-comment");

  it("comes after the review's workflow, by its name and file", () => {
    expect(comment.on).toEqual({
      workflow_run: { workflows: [parse(text(".github/workflows/trust-review.yml")).name], types: ["completed"] },
    });
    expect(comment.jobs.comment?.if).toContain("workflow_run.path == '.github/workflows/trust-review.yml'");
    expect(comment.jobs.comment?.if).toContain("workflow_run.event == 'pull_request'");
  });

  it("is one job at a time for a branch; one that is skipped neither waits nor pushes another out", () => {
    expect(comment).not.toHaveProperty("concurrency");
    expect(comment.jobs.comment?.concurrency).toEqual({ group: expect.stringContaining("workflow_run.head_branch") });
    expect(comment.jobs.comment?.if).toContain(`contains(fromJSON('["success", "failure"]'),`);
  });

  it("may comment, in one job, and no more", () => {
    expect(comment.permissions).toEqual({});
    expect(Object.entries(comment.jobs).map(([name, { permissions }]) => [name, permissions])).toEqual([
      ["comment", { actions: "read", contents: "read", "pull-requests": "write" }],
    ]);
  });

  it("runs the default branch, and puts what the pull request made outside of it", () => {
    const steps = stepsOf(comment);
    expect(steps[0]?.with?.ref).toBe(expression("github.event.repository.default_branch"));
    const download = steps.find(({ uses }) => uses?.startsWith("actions/download-artifact@"));
    expect(download?.with?.path).toBe(`${expression("runner.temp")}/trust-review`);
    expect(download?.with?.["run-id"]).toBe(expression("github.event.workflow_run.id"));
    for (const used of expressions(comment.jobs.comment?.steps))
      expect(used).not.toMatch(/head_branch|head_commit|pull_requests/);
  });

  it("has the token in the step that comments, and none while packages are installed", () => {
    const withToken = stepsOf(comment).filter(({ env }) => env?.GITHUB_TOKEN !== undefined);
    expect(withToken.map(({ name }) => name)).toEqual(["Comment"]);
    const names = stepsOf(comment).map(({ name }) => name);
    expect(names.indexOf("Set up")).toBeLessThan(names.indexOf("Comment"));
  });
});

describe("the drift check", () => {
  const drift = workflow("trust-drift");

  it("runs by the clock or by hand, on the runner beside the stack, with no right at all", () => {
    expect(Object.keys(drift.on)).toEqual(["schedule", "workflow_dispatch"]);
    expect(drift.permissions).toEqual({});
    expect(drift.jobs.drift?.["runs-on"]).toEqual(["self-hosted", "breakwater"]);
    expect(drift.jobs.drift?.if).toContain("github.ref_name == github.event.repository.default_branch");
  });

  it("changes nothing", () => {
    const [run] = stepsOf(drift).map((step) => step.run ?? "");
    expect(run).toContain("--preview --expect-no-changes");
    expect(run).not.toMatch(/git (checkout|switch|restore|reset|pull|merge|clean)\b/);
  });
});

describe("the jobs of GitLab", () => {
  const jobs = parse(text(".gitlab/trust-review.yml"));
  const scripts = (job: { script: string[]; before_script?: string[] }) =>
    [...(job.before_script ?? []), ...job.script].join("\n");

  it("never check the merge request out: the tool is a worktree of the target branch", () => {
    expect(jobs[".trust-review"].variables).toMatchObject({ GIT_CHECKOUT: "false", GIT_SUBMODULE_STRATEGY: "none" });
    expect(jobs[".trust-review"].before_script.at(-1)).toContain(
      'worktree add --quiet --detach "$base" "refs/remotes/$target"',
    );
    for (const name of ["trust-review", "trust-review-comment"]) {
      expect(jobs[name].extends).toBe(".trust-review");
      expect(scripts(jobs[name])).toMatch(/cd "\$base"\n(while [^\n]*\n[^\n]*\ndone [^\n]*\n)?[^\n]*n(pm run|ode)/);
      expect(scripts(jobs[name])).not.toMatch(/git (checkout|switch|restore|reset|pull|merge) /);
    }
  });

  it("have the token in the job that comments, which a fork has not", () => {
    expect(scripts(jobs["trust-review"])).not.toContain("TOKEN");
    expect(JSON.stringify(jobs["trust-review"])).not.toContain("TRUST_REVIEW_TOKEN");
    const [rule] = jobs["trust-review-comment"].rules;
    expect(rule.if).toContain(
      "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID && $TRUST_REVIEW_TOKEN",
    );
  });

  it("keep the report whatever the review comes to", () => {
    expect(jobs["trust-review"].artifacts).toMatchObject({
      when: "always",
      paths: ["review.md", "review.html", "review.json"],
    });
  });

  it("check for drift by a schedule, where the stack is, and change nothing", () => {
    const { rules, tags, script } = jobs["trust-drift"];
    expect(rules[0].if).toContain('$CI_PIPELINE_SOURCE == "schedule"');
    expect(tags).toEqual(["breakwater"]);
    expect(script.join("\n")).toContain("--preview --expect-no-changes");
  });
});
