import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Report } from "../../components/review/report/report";
import { projectRoot } from "../support/tools";

const run = promisify(execFile);
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "breakwater example ")); // a shell must be told where it ends
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const make = (folder: string) =>
  run(process.execPath, [join(projectRoot, "scripts/exampleReview.mjs"), folder], { cwd: projectRoot });

it("the README's example gives the Markdown and the page by the one command that it prints, in under a minute", async () => {
  const began = performance.now();
  const folder = join(directory, "example");
  await make(folder);
  const { stdout: command } = await make(folder); // and once more over an earlier one
  const reviewed = await run("bash", ["-c", command], { cwd: projectRoot }).catch((error) => error);
  expect(reviewed.code, reviewed.stderr).toBe(1);
  expect(performance.now() - began).toBeLessThan(60_000);
  expect(await readFile(join(folder, "review.md"), "utf8")).toMatch(/^<!-- breakwater-trust-review -->/);
  expect(await readFile(join(folder, "review.html"), "utf8")).toMatch(/^<!doctype html>/i);

  await run("bash", ["-c", `${command.trim()} --output '${folder}/review.json'`], { cwd: projectRoot }).catch(
    () => undefined,
  );
  const report = JSON.parse(await readFile(join(folder, "review.json"), "utf8")) as Report;
  expect(report).toMatchObject({
    partial: false,
    problems: [],
    unknown: [],
    unchanged: { verified: 5, failed: 0, skipped: 0 },
  });
  const flipped = report.flips.map(({ towards, tags }) => `${towards} ${tags}`);
  expect(flipped.sort()).toEqual(
    [
      "trust contributed",
      "trust nightly",
      "trust v2.0-try",
      "trust v6",
      "trust v6.0",
      "distrust v5.0",
      "distrust v5.1",
    ].sort(),
  );
  const violated = report.rules.filter(({ result }) => result === "violated").map(({ rule }) => rule);
  expect(violated).toEqual(["rules-unchanged", "no-gate-switched-off", "no-live-image-stops-verifying", "strict"]);
  expect(report.exceptions).toEqual([expect.objectContaining({ state: "used" })]);
});

it("the example takes no folder that holds anything else", async () => {
  const folder = join(directory, "mine");
  await run("mkdir", [folder]);
  await writeFile(join(folder, "thesis.txt"), "of a year");
  await expect(make(folder)).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("[USAGE]") });
  expect(await readFile(join(folder, "thesis.txt"), "utf8")).toBe("of a year");
});

it("a review of a repository that is not there says so", async () => {
  const review = [
    join(projectRoot, "scripts/review.mjs"),
    "--base",
    "main",
    "--repository",
    join(directory, "nowhere"),
  ];
  await expect(run(process.execPath, review, { cwd: projectRoot })).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining("[REVIEW_FOLDER_UNKNOWN]"),
  });
});
