import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FindingKind } from "../../../components/review/finding";
import type { Flip } from "../../../components/review/report/report";
import { CHANGES, kindsUndone } from "./changes";
import type { ExpectedFlip } from "./expected";
import { reportOf } from "./report";
import { type Compared, type Proof, startProof } from "./run";

// Our review of a trust change beside the real notation CLI under both trusts. `npm run test:review-proof -- --help` tells of the
// whole corpus.

/** The same in every `npm test`, so that a change is judged by its own doing; the long run takes a new one each time. */
const SEED = Number(process.env.BREAKWATER_SEED ?? 20_261_130);
/** Repositories that have an image of each kind; all have in the long run. */
const SPREAD = Number(process.env.BREAKWATER_PROOF_SPREAD ?? 1);
const REPORT = process.env.BREAKWATER_REPORT;

let proof: Proof;
/** Changes whose review is as it must be, both ways. */
const held = new Map<string, Compared>();

beforeAll(async () => {
  console.log(`review proof: seed ${SEED}`);
  proof = await startProof(SEED, SPREAD);
  console.log(`review proof: ${proof.images.length} images, ${CHANGES.length} changes`);
});
afterAll(() => proof?.stop());

describe("A review finds the flips that notation's verdicts have, and no other, by the change and by the change back", () => {
  it.each(CHANGES.map((change) => [change.name, change] as const))("%s", async (name, change) => {
    const { done, undone } = await proof.compare(change);
    expectEqual(done, change.kinds);
    expectEqual(undone, kindsUndone(change));
    if (change.quiet) expect(done.expected.flips).toEqual([]);
    held.set(name, done);
    if (SPREAD > 1) console.log(`review proof: ${held.size} of ${CHANGES.length}, ${name}`);
  });
});

describe("The changes", () => {
  it("flip images, but for those that are meant not to", () => {
    const quiet = [...held].filter(([, { expected }]) => expected.flips.length === 0).map(([name]) => name);
    expect(quiet).toEqual(CHANGES.filter((change) => change.quiet).map(({ name }) => name));
  });
  it("flip images towards trust and away from it, and some that stay verified", () => {
    const flips = [...held.values()].flatMap(({ expected }) => expected.flips);
    expect(new Set(flips.map(({ towards }) => towards))).toEqual(new Set(["trust", "distrust"]));
    expect(flips.some(({ before, after }) => before.verdict === after.verdict)).toBe(true);
    // Else there is nothing to report.
    expect(held.size).toBe(CHANGES.length);
    const report = reportOf({ seed: SEED, proof, compared: held });
    console.log(report);
    if (REPORT === undefined) return;
    mkdirSync(dirname(REPORT), { recursive: true });
    writeFileSync(REPORT, report);
  });
});

function expectEqual({ report, expected }: Compared, kinds: readonly FindingKind[]): void {
  expect(report).toMatchObject({ partial: false, problems: [], unknown: [] });
  expect(report.flips.map(comparable).sort(byReference)).toEqual(expected.flips);
  expect(report.unchanged).toEqual(expected.unchanged);
  expect([...new Set(report.semantic.map(({ kind }) => kind))].sort()).toEqual(kinds);
}

function comparable({ stack, reference, tags, towards, before, after, statement }: Flip): ExpectedFlip {
  return { stack, reference, tags, towards, before, after, statement };
}

function byReference(left: ExpectedFlip, right: ExpectedFlip): number {
  return left.reference < right.reference ? -1 : 1;
}
