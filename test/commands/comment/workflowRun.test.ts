import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { COMMENT_MARKER } from "../../../components/review/report/markdown";
import { comment } from "../../../scripts/commands/comment";
import { Forge, TOKEN } from "./forge";

const REPORT = `${COMMENT_MARKER}\n## Trust review\n`;
const COMMIT = "a".repeat(40);
const RUN = {
  event: "pull_request",
  head_sha: COMMIT,
  head_branch: 'widen"; echo $(id) #',
  head_repository: { full_name: "mallory/shop" },
  pull_requests: [],
};
const PULL = {
  number: 7,
  state: "open",
  head: { sha: COMMIT, repo: { full_name: "mallory/shop" } },
  changed_files: 1,
};

let directory: string;
let forge: Forge;
let written: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "breakwater-run-"));
  await writeFile(join(directory, "review.md"), REPORT);
  forge = await new Forge().start();
  forge.login = "bot";
  forge.pulls = [PULL];
  forge.files = [{ filename: "stacks/production/trust/trustpolicy.json" }];
  written = "";
  for (const name of ["stdout", "stderr"] as const) {
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      written += String(text);
      return true;
    });
  }
  vi.stubEnv("GITHUB_TOKEN", TOKEN);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  forge.stop();
  await rm(directory, { recursive: true, force: true });
});

async function run(event: object = { workflow_run: RUN }): Promise<number> {
  await writeFile(join(directory, "event.json"), JSON.stringify(event));
  const [file, workflowRun] = [join(directory, "review.md"), join(directory, "event.json")];
  return comment([
    "--file",
    file,
    "--github",
    "acme/shop",
    "--workflow-run",
    workflowRun,
    "--api",
    forge.api("github"),
  ]);
}
const bodies = () => forge.comments.map(({ body }) => body);

describe("the comment of a workflow run", () => {
  it("is on the pull request that GitHub says the run was for", async () => {
    expect(await run(), written).toBe(0);
    expect(bodies()).toEqual([REPORT]);
  });

  it.each<[string, object]>([
    ["another commit is there by now", { ...PULL, head: { ...PULL.head, sha: "b".repeat(40) } }],
    ["it is closed", { ...PULL, state: "closed" }],
    ["its fork is another", { ...PULL, head: { ...PULL.head, repo: { full_name: "mallory/other" } } }],
    ["its fork is gone", { ...PULL, head: { ...PULL.head, repo: null } }],
  ])("is not made, which is no failure, when %s", async (_, pull) => {
    forge.pulls = [pull];
    expect(await run(), written).toBe(0);
    expect(bodies()).toEqual([]);
  });

  it("is not made, which is no failure, when the run's fork is gone", async () => {
    expect(await run({ workflow_run: { ...RUN, head_repository: null } }), written).toBe(0);
    expect(bodies()).toEqual([]);
  });

  it("is a notice in place of the report when the pull request changes its own workflows, or too much to tell", async () => {
    const clean = forge.files;
    const many = Array.from({ length: 60 }, (_, at) => ({ filename: `file-${at}` }));
    for (const [files, pull] of [
      [[...many, { filename: ".github/workflows/other.yml" }], PULL],
      [[{ filename: "elsewhere.yml", previous_filename: ".github/workflows/trust-review.yml" }], PULL],
      [clean, { ...PULL, changed_files: 3001 }],
      [clean, { ...PULL, changed_files: undefined }],
    ] as const) {
      forge.files = [...files];
      forge.pulls = [pull];
      forge.comments.length = 0;
      expect(await run(), written).toBe(0);
      expect(bodies()).toEqual([
        expect.stringMatching(/^<!-- breakwater-trust-review -->\n## Trust review: not shown\n/),
      ]);
    }
  });

  it("fails when two pull requests are at the commit", async () => {
    forge.pulls = [PULL, { ...PULL, number: 8 }];
    expect(await run()).toBe(1);
    expect(written).toMatch(/\[PULL_REQUEST_AMBIGUOUS\]\n$/);
    expect(bodies()).toEqual([]);
  });

  it.each([
    {},
    { workflow_run: {} },
    { workflow_run: { ...RUN, event: "push" } },
    { workflow_run: { ...RUN, head_sha: 1 } },
  ])("fails without such a run: %j", async (event) => {
    expect(await run(event)).toBe(1);
    expect(written).toMatch(/\[RUN_INVALID\]\n$/);
  });
});
