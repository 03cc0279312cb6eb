import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../support/tools";
import type { Case } from "./case";
import { summaryOf, summaryOfAnswer } from "./compare";
import { CODES, expectedOutcomes } from "./coverage";
import { DIFFERENCES, differencesOf } from "./differences";
import { evaluate } from "./evaluate";
import { Oracle, provideOracle } from "./oracle";
import { ROUND } from "./recipes/index";
import { reportOf } from "./report";
import { type Disagreement, run, type Tally } from "./run";

// Our verdicts beside those of notation-go 1.3.2, on random cases. `npm run test:differential -- --help` tells of longer runs.

/** So many rounds of all recipes that the rarest outcome comes up often enough. */
const CASES = Number(process.env.BREAKWATER_CASES ?? 22 * ROUND.length);
/** The same in every `npm test`, so that a change is judged by its own doing; the long run takes a new one each time. */
const SEED = Number(process.env.BREAKWATER_SEED ?? 20_261_124);
const ONLY = process.env.BREAKWATER_ONLY;
const REPLAYED = process.env.BREAKWATER_CASE;
const REPORT = process.env.BREAKWATER_REPORT;
/** So many of each outcome, and of each 100 cases that verify. */
const OUTCOMES_MIN = 20;
const VERIFIED_PERCENT_MIN = 20;
const TIME_MAX = 300_000 + CASES * 60;
const scratch = join(projectRoot, ".breakwater", "differential");

if (ONLY !== undefined) describe("one case of a run", judgeOne);
else if (REPLAYED !== undefined) describe("a case from a file", judgeReplayed);
else describe("Breakwater and notation-go", judgeAll);

function judgeAll() {
  let tally: Tally;
  let binary: string;
  beforeAll(async () => {
    binary = await provideOracle();
    console.log(`differential: seed ${SEED}, ${CASES} cases`);
    const indexes = Array.from({ length: CASES }, (_, index) => index);
    const onProgress = (done: number) => done % 10_000 === 0 && console.log(`differential: ${done} of ${CASES}`);
    tally = await run({ seed: SEED, indexes, binary, onProgress });
    const report = reportOf(tally, SEED, binary);
    console.log(report);
    write(REPORT ?? join(scratch, "report.md"), report);
  }, TIME_MAX);

  it("agree on verdict and outcomes of every case, but for the named differences", () => {
    expect(tally.cases).toBe(CASES);
    expect(tally.disagreements.map(described)).toEqual([]);
  });

  it("verify enough of them", () => {
    expect((100 * (tally.verdicts.get("verified") ?? 0)) / tally.cases).toBeGreaterThanOrEqual(VERIFIED_PERCENT_MIN);
  });

  it("come to every outcome that there is, often enough", () => {
    const rare = expectedOutcomes().filter((outcome) => (tally.outcomes.get(outcome) ?? 0) < OUTCOMES_MIN);
    expect(rare.map((outcome) => `${outcome}: ${tally.outcomes.get(outcome) ?? 0}`)).toEqual([]);
  });

  it("come to no outcome that is not expected", () => {
    const expected = new Set(expectedOutcomes());
    expect([...tally.outcomes.keys()].filter((outcome) => !expected.has(outcome))).toEqual([]);
  });

  it("differ in every way that is named, else the name is stale", () => {
    expect(DIFFERENCES.map(({ name }) => name).filter((name) => !tally.differences.has(name))).toEqual([]);
  });

  it("have a reason for every code that cannot come up", () => {
    const reasons = Object.values(CODES).flatMap((places) => ("unreachable" in places ? [places.unreachable] : []));
    expect(reasons.filter((reason) => reason.length < 10)).toEqual([]);
  });
}

function judgeOne() {
  it("is judged alike", async () => {
    const tally = await run({ seed: SEED, indexes: [Number(ONLY)], binary: await provideOracle() });
    console.log([...tally.outcomes.keys()].join("\n"), tally.differences);
    expect(tally.disagreements.map(described)).toEqual([]);
  });
}

function judgeReplayed() {
  it("is judged alike", async () => {
    const question = JSON.parse(readFileSync(REPLAYED ?? "", "utf8")) as Case;
    const oracle = new Oracle(await provideOracle());
    const [ours, theirs] = await Promise.all([evaluate(question), oracle.ask(question)]).finally(() => oracle.close());
    console.log(JSON.stringify({ ours, theirs }, undefined, 2));
    if (!differencesOf(question, ours, theirs)) expect(summaryOf(ours)).toBe(summaryOfAnswer(theirs));
  });
}

/** A disagreement for a person; the case itself is in a file. */
function described({ index, recipe, ours, theirs, why, question }: Disagreement): string {
  const file = join(scratch, `case-${SEED}-${index}.json`);
  write(file, JSON.stringify(question));
  return [`--seed ${SEED} --only ${index} (${recipe}), or --case ${file}`, ours, theirs, ...why].join("\n  ");
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
