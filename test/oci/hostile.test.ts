import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDescriptor } from "../../components/oci/descriptor";
import { digestOf } from "../../components/oci/digest";
import { OciError } from "../../components/oci/error";
import { parseJsonObject } from "../../components/oci/json";
import { nextLink } from "../../components/oci/link";
import { OCI_IMAGE_MANIFEST } from "../../components/oci/mediaTypes";
import { referrerDescriptor } from "../../components/oci/referrerDescriptor";
import { mergeScopes } from "../../components/oci/scope";
import { EMPTY_CONFIG_DIGEST, readOwnSignatureManifest } from "../../components/oci/signatureManifest";
import { packTestSignature } from "./packed";

const DIGEST = digestOf(Buffer.from("x"));
const DESCRIPTOR = { mediaType: OCI_IMAGE_MANIFEST, digest: DIGEST, size: 1 };
const NUMBER_OF_RUNS = 1000;

/** What a parser gives, or the code of its error; anything else than an OciError fails the test. */
function outcome<Result>(parse: () => Result): Result | string {
  try {
    return parse();
  } catch (error) {
    if (error instanceof OciError) return error.code;
    throw error;
  }
}

const json = fc.jsonValue({ maxDepth: 4 });
/** A descriptor in which any member may be anything. */
const almostDescriptor = fc.record(
  {
    mediaType: fc.oneof(fc.constant(OCI_IMAGE_MANIFEST), json),
    digest: fc.oneof(fc.constant(DIGEST), json),
    size: fc.oneof(fc.constant(1), fc.double(), json),
    artifactType: json,
    annotations: json,
    platform: json,
  },
  { requiredKeys: [] },
);

describe("Whatever others write", () => {
  test("is read as a JSON object or refused by its code", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      json.map((value) => Buffer.from(JSON.stringify(value))),
    );
    const read = fc.property(bytes, (input) => {
      const result = outcome(() => parseJsonObject(input, "it", "LAYOUT_INVALID"));
      if (typeof result === "string") expect(result).toBe("LAYOUT_INVALID");
      else expect(result).toEqual(JSON.parse(Buffer.from(input).toString()));
    });
    fc.assert(read, { numRuns: NUMBER_OF_RUNS });
  });

  test.each([
    ["nested objects", `${'{"a":'.repeat(1_000_000)}`],
    ["nested lists", `{"a":${"[".repeat(65)}${"]".repeat(65)}}`],
    ["a text that is never closed", `{"${"\\".repeat(3_000_000)}`],
    ["a byte-order mark twice", "\ufeff\ufeff{}"],
    ["a lone continuation byte", Buffer.from([0x7b, 0x22, 0x80, 0x22, 0x3a, 0x31, 0x7d])],
  ])("that is a bomb (%s) is refused in no time", (_, text) => {
    const started = performance.now();
    const bytes = Buffer.from(text as string);
    expect(outcome(() => parseJsonObject(bytes, "it", "LAYOUT_INVALID"))).toBe("LAYOUT_INVALID");
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test("may be nested as deep as documents are, and have brackets in its texts", () => {
    const nested = `{"a":${"[".repeat(63)}"]]]{{{\\"[[["${"]".repeat(63)}}`;
    expect(outcome(() => parseJsonObject(Buffer.from(nested), "it", "LAYOUT_INVALID"))).toEqual(JSON.parse(nested));
  });

  test("is a descriptor that is whole, or none", () => {
    const read = fc.property(fc.oneof(almostDescriptor, json), (value) => {
      const result = outcome(() => readDescriptor(value, "it"));
      if (typeof result === "string") {
        expect(["DESCRIPTOR_INVALID", "DIGEST_INVALID"]).toContain(result);
      } else {
        expect(result.digest).toBe(DIGEST);
        expect(Number.isSafeInteger(result.size) && result.size >= 0).toBe(true);
        expect(result.mediaType).toMatch(/^[\x21-\x7e]+$/);
        expect(["string", "undefined"]).toContain(typeof result.artifactType);
      }
    });
    fc.assert(read, { numRuns: NUMBER_OF_RUNS });
  });

  test("is a signature manifest with one envelope, or none", () => {
    const layers = fc.oneof(json, fc.array(fc.oneof(fc.constant(DESCRIPTOR), almostDescriptor), { maxLength: 3 }));
    const empty = { ...DESCRIPTOR, digest: EMPTY_CONFIG_DIGEST, size: 2 };
    const manifest = fc.record(
      { layers, config: fc.oneof(json, almostDescriptor, fc.constant(empty)) },
      { requiredKeys: [] },
    );
    const read = fc.property(fc.oneof(manifest, json), (value) => {
      const bytes = Buffer.from(JSON.stringify(value));
      const result = outcome(() => readOwnSignatureManifest(bytes, DIGEST));
      if (typeof result === "string") {
        expect(["SIGNATURE_MANIFEST_INVALID", "DESCRIPTOR_INVALID", "DIGEST_INVALID"]).toContain(result);
      } else {
        expect(result.envelope.digest).toBe(DIGEST);
      }
      outcome(() => referrerDescriptor(bytes, DESCRIPTOR));
    });
    fc.assert(read, { numRuns: NUMBER_OF_RUNS });
  });

  test("in place of one byte of a signature manifest ends in a manifest or a code", () => {
    const { manifest } = packTestSignature("envelope", DESCRIPTOR);
    const place = fc.nat(manifest.length - 1);
    const read = fc.property(
      place,
      fc.uint8Array({ minLength: 1, maxLength: 4 }),
      fc.boolean(),
      (at, bytes, insert) => {
        const mutated = Buffer.concat([
          manifest.subarray(0, at),
          bytes,
          manifest.subarray(insert ? at : at + bytes.length),
        ]);
        outcome(() => readOwnSignatureManifest(mutated, DIGEST));
        outcome(() => referrerDescriptor(mutated, DESCRIPTOR));
      },
    );
    fc.assert(read, { numRuns: NUMBER_OF_RUNS });
  });

  test("says of its envelope more than is read, and is refused before that is asked for", () => {
    const layers = [{ ...DESCRIPTOR, size: 33 * 1024 * 1024 }];
    const bytes = Buffer.from(JSON.stringify({ layers }));
    const result = outcome(() => readOwnSignatureManifest(bytes, DIGEST));
    expect(result).toBe("SIGNATURE_MANIFEST_INVALID");
  });
});

describe("A Link header", () => {
  test.each([
    ['</v2/app/referrers/x?page=2>; rel="next"', "/v2/app/referrers/x?page=2"],
    ["<https://host/a,b;c>;rel=next", "https://host/a,b;c"],
    ['<a>; rel="prev", <b>; rel="next"', "b"],
    ['<a>; title="x"; REL="prev next"', "a"],
    ['<a>; rel="nextish"', undefined],
    ["a; rel=next", undefined],
    ["", undefined],
  ])("%j goes on at %j", (header, target) => {
    expect(nextLink(header)).toBe(target);
  });

  test("of any text, long or short, is read in no time", () => {
    const part = fc.constantFrom("<", ">", ";", "rel", "=", '"', "next", ",", " ", "a");
    const read = fc.property(
      fc.array(part).map((parts) => parts.join("")),
      (header) => {
        expect(["string", "undefined"]).toContain(typeof nextLink(header));
      },
    );
    fc.assert(read, { numRuns: NUMBER_OF_RUNS });
    const started = performance.now();
    for (const unit of ["<", "<a>;", '<a>; rel="', "; rel="]) nextLink(unit.repeat(100_000));
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe("The scope of a challenge", () => {
  const own = { repository: "app", actions: "pull" } as const;

  test.each([
    [undefined, ["repository:app:pull"]],
    ["repository:app:pull,push", ["repository:app:pull,push"]],
    [
      "repository:other:pull registry:catalog:*",
      ["repository:app:pull", "repository:other:pull", "registry:catalog:*"],
    ],
    ["nonsense : :: a:b", ["repository:app:pull"]],
  ])("%j is merged with what the request needs", (challenged, scopes) => {
    expect(mergeScopes(own, challenged)).toEqual(scopes);
  });

  test("of any text never loses what the request needs, and never grows without bound", () => {
    const part = fc.constantFrom("repository", ":", "app", "pull", "push", ",", " ", "*", "\n");
    const read = fc.property(
      fc.array(part, { maxLength: 200 }).map((parts) => parts.join("")),
      (challenged) => {
        const scopes = mergeScopes(own, challenged);
        expect(scopes[0]).toMatch(/^repository:app:pull(,|$)/);
        expect(scopes.length).toBeLessThanOrEqual(11);
      },
    );
    fc.assert(read, { numRuns: NUMBER_OF_RUNS });
  });
});
