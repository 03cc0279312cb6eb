import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EnvelopeError } from "../../components/notary/envelope/error";
import { canonicalJson } from "../../components/notary/json/canonicalJson";
import { JsonError, type JsonErrorCode } from "../../components/notary/json/error";
import { parseStrictJson, requireExactNames } from "../../components/notary/json/strictJson";
import { encodePayload, parsePayload } from "../../components/notary/payload";
import { ARTIFACT } from "./envelopes";
import { expectCode } from "./expectCode";

describe("strict JSON", () => {
  it.each([
    '{"a":{"a":1},"b":[{"a":1},{"a":2}]}',
    '[1,-2,0.5,1.5e-3,"1.0","a\\"b:\\\\",{"\\\\":1}]',
    ' { "" : null } ',
  ])("is read from %s", (text) => {
    expect(parseStrictJson(text)).toEqual(JSON.parse(text));
  });

  const refused: [string, JsonErrorCode][] = [
    ["", "JSON_SYNTAX"],
    ["\uFEFF{}", "JSON_SYNTAX"],
    ["{'a':1}", "JSON_SYNTAX"],
    ['{"a', "JSON_SYNTAX"],
    ['{"a":1,"a":1', "JSON_SYNTAX"],
    ['{"a":1,"\\u0061":1}', "JSON_DUPLICATE_KEY"],
    ['[{"a\\\\":1 , "a\\\\" :1}]', "JSON_DUPLICATE_KEY"],
    ['{"a":1.0}', "JSON_NUMBER_AMBIGUOUS"],
    ["[1e3]", "JSON_NUMBER_AMBIGUOUS"],
    ["1e999", "JSON_NUMBER_AMBIGUOUS"],
    ['{"a":1,"a":1,', "JSON_SYNTAX"],
    ['{"a":"b":1}', "JSON_SYNTAX"],
    ['{"a",1}', "JSON_SYNTAX"],
    ["{a:1}", "JSON_SYNTAX"],
    ['{"a":1]', "JSON_SYNTAX"],
    ["[1}", "JSON_SYNTAX"],
    ["[1,]", "JSON_SYNTAX"],
    ['{"a":1,}', "JSON_SYNTAX"],
    ["[1 2]", "JSON_SYNTAX"],
    ["1,2", "JSON_SYNTAX"],
    ["{} {}", "JSON_SYNTAX"],
    ["[+1]", "JSON_SYNTAX"],
    ["[-]", "JSON_SYNTAX"],
    ["[1.0,01]", "JSON_SYNTAX"],
    ['{"\\x":1}', "JSON_SYNTAX"],
    ["nul", "JSON_SYNTAX"],
    ["[".repeat(257), "JSON_TOO_COMPLEX"],
    ["9".repeat(1001), "JSON_TOO_COMPLEX"],
    [`{"${"a".repeat(65_536)}":1}`, "JSON_TOO_COMPLEX"],
    [`[${"1,".repeat(100_000)}1]`, "JSON_TOO_COMPLEX"],
    [`[${"{},".repeat(100_000)}{}]`, "JSON_TOO_COMPLEX"],
  ];
  it.each(refused)("is not %.40j", async (text, code) => {
    await expectCode(() => parseStrictJson(text), JsonError, code);
  });

  it("is refused as soon as it can be no JSON, or is too much of it", async () => {
    const long = (unit: string, before = "") => before + unit.repeat(2 ** 25 / unit.length);
    const bombs: [string, JsonErrorCode][] = [
      [long('"a":', "{"), "JSON_SYNTAX"],
      [long('"a" '), "JSON_SYNTAX"],
      [long('"'), "JSON_SYNTAX"],
      [long("9"), "JSON_TOO_COMPLEX"],
      [long('\\"', '"'), "JSON_SYNTAX"],
      [long("null,", "["), "JSON_TOO_COMPLEX"],
    ];
    for (const [text, code] of bombs) {
      const start = performance.now();
      await expectCode(() => parseStrictJson(text), JsonError, code);
      expect(performance.now() - start, text.slice(0, 10)).toBeLessThan(2_000);
    }
  });

  it("is read exactly where a parser reads JSON", () => {
    const parsed = (read: (text: string) => unknown, text: string) => {
      try {
        return { value: read(text) };
      } catch (error) {
        return (error as { code?: string }).code ?? "JSON_SYNTAX";
      }
    };
    const pieces = ["{", "}", "[", "]", ":", ",", '"a"', '"b"', "1", "-0.5", "null", " ", "\n", '"\\"', "x"];
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 9 }).map((parts) => parts.join(""));
    const near = fc.json({ maxDepth: 3 }).chain((json) =>
      fc.tuple(fc.nat(json.length), fc.constantFrom("", ...pieces)).map(([at, piece]) => {
        return json.slice(0, at) + piece + json.slice(at + 1);
      }),
    );
    fc.assert(
      fc.property(fc.oneof(text, near), (candidate) => {
        const own = parsed(parseStrictJson, candidate);
        // What is refused besides is refused by name.
        if (typeof own === "string" && own !== "JSON_SYNTAX") return;
        expect(own).toEqual(parsed(JSON.parse, candidate));
      }),
      { numRuns: 5_000 },
    );
  });

  it("takes no name for another one", async () => {
    expect(requireExactNames({ mediaType: 1, other: 2 }, ["mediaType"])).toBeUndefined();
    for (const name of ["MediaType", "mediatype", "MEDIATYPE"]) {
      await expectCode(() => requireExactNames({ [name]: 1 }, ["mediaType"]), JsonError, "JSON_MISCASED_KEY");
    }
    // Go folds the long s and the Kelvin sign as well.
    await expectCode(() => requireExactNames({ "\u017Fize": 1 }, ["size"]), JsonError, "JSON_MISCASED_KEY");
    await expectCode(() => requireExactNames({ "\u212A": 1 }, ["k"]), JsonError, "JSON_MISCASED_KEY");
  });
});

describe("canonical JSON", () => {
  it("has the order and the escapes of Go's encoder", () => {
    const value = { b: 1, "10": 2, "9": 3, é: "<&>\u2028", a: [null, undefined, { z: 1, y: undefined }] };
    expect(canonicalJson(value)).toBe(
      '{"10":2,"9":3,"a":[null,null,{"z":1}],"b":1,"é":"\\u003c\\u0026\\u003e\\u2028"}',
    );
  });
});

describe("a payload", () => {
  const payloadOf = (changes: Record<string, unknown>) =>
    Buffer.from(JSON.stringify({ targetArtifact: { ...ARTIFACT, ...changes } }));

  it("names the artifact that was encoded", () => {
    const descriptor = { ...ARTIFACT, annotations: { b: "2", a: "1" } };
    expect(parsePayload(encodePayload(descriptor))).toEqual(descriptor);
    expect(parsePayload(encodePayload(ARTIFACT))).toEqual(ARTIFACT);
  });

  it("may have members that nobody needs, of the right type or null", () => {
    const unused = {
      urls: ["https://example.com"],
      data: "e30=",
      platform: { os: "linux", architecture: "arm64", "os.features": ["a"], variant: null },
      other: 1,
    };
    expect(parsePayload(payloadOf(unused))).toEqual(ARTIFACT);
    const none = { urls: null, data: null, platform: null, annotations: null, artifactType: null };
    expect(parsePayload(payloadOf(none))).toEqual(ARTIFACT);
    expect(parsePayload(payloadOf({ artifactType: "a/b" })).artifactType).toBe("a/b");
  });

  it.each([
    { data: "YWJj\n" },
    { data: "YW\r\nJj" },
    { data: "YR==" },
    { data: "" },
    { urls: [null] },
    { platform: { "os.features": [null] } },
    { size: ARTIFACT.size, unknown: { Size: "1" } },
  ])("is read with %j, as Go reads it", (changes) => {
    expect(parsePayload(payloadOf(changes))).toEqual(ARTIFACT);
  });

  it("has the empty text for an annotation that is null, as Go has", () => {
    expect(parsePayload(payloadOf({ annotations: { a: null, b: "1" } })).annotations).toEqual({ a: "", b: "1" });
  });

  it.each([
    { mediaType: null },
    { size: null },
    { size: 2 ** 53 },
    { data: "YQ=" },
    { data: "Y===" },
    { data: "YWJj====" },
    { data: [97] },
    { urls: [["a"]] },
    { annotations: { a: {} } },
    { digest: 1 },
    { size: "1" },
    { size: 1.5 },
    { urls: "https://example.com" },
    { urls: [1] },
    { data: "_-" },
    { data: 1 },
    { platform: "linux" },
    { platform: { os: 1 } },
    { platform: { "os.features": "a" } },
    { artifactType: 1 },
    { annotations: [] },
    { annotations: { a: 1 } },
  ])("is refused with %j", async (changes) => {
    await expectCode(() => parsePayload(payloadOf(changes)), EnvelopeError, "ENVELOPE_PAYLOAD_MALFORMED");
  });

  it("is refused when it is no object, names nothing, or names it in another case", async () => {
    for (const text of ["[]", "null", "{}", '{"targetArtifact":[]}']) {
      await expectCode(() => parsePayload(Buffer.from(text)), EnvelopeError, "ENVELOPE_PAYLOAD_MALFORMED");
    }
    await expectCode(() => parsePayload(payloadOf({ Digest: "x" })), JsonError, "JSON_MISCASED_KEY");
    await expectCode(() => parsePayload(Buffer.from('{"TargetArtifact":{}}')), JsonError, "JSON_MISCASED_KEY");
  });
});
