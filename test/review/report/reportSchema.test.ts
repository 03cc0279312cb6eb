import Ajv from "ajv/dist/2020";
import { describe, expect, it } from "vitest";
import { findingKinds } from "../../../components/review/report/findingKinds";
import { reportSchema } from "../../../components/review/report/reportSchema";
import { ATTACKS, withTexts } from "./attacks";
import { CHANGES } from "./changes";
import { everything } from "./everything";
import { reportOf } from "./reports";
import { describedBy, unsaidIn } from "./schemas";

const validate = new Ajv({ strict: true, allErrors: true }).compile(reportSchema);
const describesAll = describedBy(reportSchema);
const parsed = (report: object) => JSON.parse(JSON.stringify(report));

describe("the published schema", () => {
  it.each(Object.keys(CHANGES))("describes every field of a report: %s", (name) => {
    describesAll(reportOf(CHANGES[name] ?? {}));
  });

  it("describes every field of a report that has everything", () => {
    describesAll(everything());
  });

  it("says of every field what it means", () => {
    expect(unsaidIn(reportSchema)).toEqual([]);
  });

  it("takes every text of others as data", () => {
    for (const attack of ATTACKS) {
      const report = withTexts(everything(), attack);
      const data = { ...report, semantic: [], flips: [], validity: [] };
      expect(validate(parsed(data)), JSON.stringify(validate.errors)).toBe(true);
    }
  });

  it("lets later fields be added", () => {
    expect(validate(parsed({ ...everything(), later: 1 }))).toBe(true);
  });

  it.each([
    ["another version", { version: 2 }],
    ["no clock", { at: undefined }],
    ["a clock that is no time", { at: "yesterday" }],
    ["a finding of an unknown kind", { semantic: [{ ...everything().semantic[0], kind: "other" }] }],
    ["a flip without a direction", { flips: [{ ...everything().flips[0], towards: undefined }] }],
    ["half an image", { unchanged: { verified: 0.5, failed: 0, skipped: 0 } }],
  ])("refuses %s", (_, changes) => {
    expect(validate(parsed({ ...everything(), ...changes }))).toBe(false);
  });

  it("names every kind once", () => {
    expect(Object.keys(findingKinds).length).toBeGreaterThan(40);
  });
});
