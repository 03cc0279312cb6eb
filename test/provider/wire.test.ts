import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, isUnknown, sameJson, toWire, withoutProvider } from "../../components/provider/wire";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("a value that a preview does not know yet", () => {
  it.each([
    ["itself", UNKNOWN],
    ["in an object", { registry: { host: UNKNOWN } }],
    ["in an array", ["a", [{ b: UNKNOWN }]]],
  ])("is found %s", (_, value) => {
    expect(isUnknown(value)).toBe(true);
  });

  it.each([undefined, null, "", 0, `x${UNKNOWN}`, {}, [], { [UNKNOWN]: "as a name" }])("is not %j", (value) => {
    expect(isUnknown(value)).toBe(false);
  });
});

describe("JSON that crossed the wire", () => {
  it("is the same in another order of names, at any depth", () => {
    expect(sameJson({ a: 1, b: { c: [2, { d: 3, e: 4 }] } }, { b: { c: [2, { e: 4, d: 3 }] }, a: 1 })).toBe(true);
  });

  it("is another one in another order of elements, or with another type", () => {
    expect(sameJson([1, 2], [2, 1])).toBe(false);
    expect(sameJson({ port: 5000 }, { port: "5000" })).toBe(false);
    expect(sameJson({ a: null }, {})).toBe(false);
  });

  it("does not tell an absent property from an undefined one", () => {
    expect(sameJson({ a: undefined }, {})).toBe(true);
    expect(sameJson(undefined, undefined)).toBe(true);
    expect(sameJson(undefined, "")).toBe(false);
  });

  it("is what it was after canonical JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const canonical = canonicalJson(value);
        expect(JSON.parse(canonical)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(canonical))).toBe(canonical);
      }),
    );
  });

  it("has no undefined, no Date, and no text of the provider", () => {
    expect(toWire({ a: undefined, b: new Date(0), c: [1] })).toStrictEqual({ b: "1970-01-01T00:00:00.000Z", c: [1] });
    expect(withoutProvider({ __provider: "exports.handler = …", a: 1 })).toStrictEqual({ a: 1 });
  });
});
