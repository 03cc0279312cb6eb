import Ajv from "ajv/dist/2020";
import { describe, expect, it } from "vitest";
import { findingKinds } from "../../../components/review/report/findingKinds";
import { reportSchema } from "../../../components/review/report/reportSchema";
import { ATTACKS, withTexts } from "./attacks";
import { CHANGES } from "./changes";
import { everything } from "./everything";
import { reportOf } from "./reports";

const validate = new Ajv({ strict: true, allErrors: true }).compile(reportSchema);
/** Fields that the published schema leaves open are an error here: it must not miss one. */
const validateAll = new Ajv({ strict: true, allErrors: true }).compile(closed(reportSchema) as object);
const parsed = (report: object) => JSON.parse(JSON.stringify(report));

function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== "object") return schema;
  const inside = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return "properties" in schema && inside.type === "object" ? { ...inside, additionalProperties: false } : inside;
}

describe("the published schema", () => {
  it.each(Object.keys(CHANGES))("describes every field of a report: %s", (name) => {
    expect(validateAll(parsed(reportOf(CHANGES[name] ?? {}))), JSON.stringify(validateAll.errors)).toBe(true);
  });

  it("describes every field of a report that has everything", () => {
    expect(validateAll(parsed(everything())), JSON.stringify(validateAll.errors)).toBe(true);
  });

  it("says of every field what it means", () => {
    const unsaid: string[] = [];
    const look = (schema: unknown, path: string): void => {
      if (schema === null || typeof schema !== "object") return;
      for (const [name, value] of Object.entries(schema)) {
        if (name === "properties")
          for (const [field, { description = "" }] of Object.entries(value as Record<string, { description?: string }>))
            if (description.length < 8) unsaid.push(`${path}/${field}`);
        look(value, `${path}/${name}`);
      }
    };
    look(reportSchema, "");
    expect(unsaid).toEqual([]);
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
