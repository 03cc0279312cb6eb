import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { fromBase64, fromBase64Url } from "../../components/notary/envelope/base64";
import { JWS_MEDIA_TYPE } from "../../components/notary/envelope/content";
import { EnvelopeError, type EnvelopeErrorCode } from "../../components/notary/envelope/error";
import { openEnvelope } from "../../components/notary/envelope/open";
import { parseRfc3339 } from "../../components/notary/envelope/rfc3339";
import { JsonError, type JsonErrorCode } from "../../components/notary/json/error";
import * as make from "../support/certificates";
import { type JwsParts, jwsOf, signJws } from "./envelopes";
import { expectCode } from "./expectCode";

// signature-envelope-jws.md: what is particular to JWS.

const SCHEME = "io.cncf.notary.signingScheme";
const AUTHENTIC = "io.cncf.notary.authenticSigningTime";
const EXPIRY = "io.cncf.notary.expiry";
const TOKEN = "io.cncf.notary.timestampSignature";
const AGENT = "io.cncf.notary.signingAgent";

let leaf: make.TestCertificate;
beforeAll(async () => {
  leaf = await make.selfSignedLeaf();
});

const open = (envelope: unknown) =>
  openEnvelope(Buffer.from(typeof envelope === "string" ? envelope : JSON.stringify(envelope)), JWS_MEDIA_TYPE);

describe("a JWS envelope", () => {
  const malformed: [string, EnvelopeErrorCode, (good: JwsParts) => unknown][] = [
    ["is a list", "ENVELOPE_MALFORMED", () => []],
    ["has a further member", "ENVELOPE_MALFORMED", (good) => ({ ...good, signatures: [] })],
    ["has a miscased member", "ENVELOPE_MALFORMED", ({ payload, ...good }) => ({ ...good, Payload: payload })],
    ["lacks the signature", "ENVELOPE_MALFORMED", ({ signature: _, ...good }) => good],
    ["has an empty signature", "ENVELOPE_MALFORMED", (good) => ({ ...good, signature: "" })],
    ["has an empty payload", "ENVELOPE_MALFORMED", (good) => ({ ...good, payload: "" })],
    ["has padded base64url", "ENVELOPE_MALFORMED", (good) => ({ ...good, protected: `${good.protected}=` })],
    ["has base64url with stray bits", "ENVELOPE_MALFORMED", (good) => ({ ...good, signature: `${good.signature}B` })],
    ["has a line break in base64url", "ENVELOPE_MALFORMED", (good) => ({ ...good, signature: `${good.signature}\n` })],
    ["has no chain", "ENVELOPE_CERTIFICATE_CHAIN_INVALID", (good) => ({ ...good, header: {} })],
    ["has a chain that is no list", "ENVELOPE_CERTIFICATE_CHAIN_INVALID", (good) => ({ ...good, header: { x5c: "" } })],
    [
      "has a chain that is not base64",
      "ENVELOPE_CERTIFICATE_CHAIN_INVALID",
      (good) => ({ ...good, header: { x5c: ["_-"] } }),
    ],
    [
      "has a time stamp that is not base64",
      "ENVELOPE_MALFORMED",
      (good) => ({ ...good, header: { ...good.header, [TOKEN]: "_-" } }),
    ],
    [
      "has a signing agent that is no text",
      "ENVELOPE_MALFORMED",
      (good) => ({ ...good, header: { ...good.header, [AGENT]: 1 } }),
    ],
    [
      "has a signing agent that is no text, under its name in another case",
      "ENVELOPE_MALFORMED",
      (good) => ({ ...good, header: { ...good.header, [AGENT]: "x", [AGENT.toUpperCase()]: {} } }),
    ],
    [
      "has an altered payload",
      "ENVELOPE_SIGNATURE_INVALID",
      (good) => ({ ...good, payload: Buffer.from("{}").toString("base64url") }),
    ],
    [
      "has an altered protected header",
      "ENVELOPE_SIGNATURE_INVALID",
      (good) => ({ ...good, protected: jwsOf({ header: { a: 1 } }).protected }),
    ],
  ];
  it.each(malformed)("is refused when it %s", async (_, code, change) => {
    await expectCode(() => open(change(signJws(leaf))), EnvelopeError, code);
  });

  const wrong: [string, EnvelopeErrorCode, Record<string, unknown>][] = [
    ["a name twice in crit", "ENVELOPE_CRITICAL_HEADER_INVALID", { crit: [SCHEME, SCHEME] }],
    ["crit with a registered header", "ENVELOPE_CRITICAL_HEADER_INVALID", { crit: [SCHEME, "b64"], b64: false }],
    [
      "crit with the signing time",
      "ENVELOPE_CRITICAL_HEADER_INVALID",
      { crit: [SCHEME, "io.cncf.notary.signingTime"] },
    ],
    ["an authentic signing time under notary.x509", "ENVELOPE_PROTECTED_HEADER_INVALID", { [AUTHENTIC]: make.NOW }],
  ];
  it.each(wrong)("is refused when its protected header has %s", async (_, code, header) => {
    await expectCode(() => open(signJws(leaf, { header })), EnvelopeError, code);
  });

  it("is refused when its payload is no object, or is no JSON that all read alike", async () => {
    await expectCode(() => open(signJws(leaf, { payload: "[]" })), EnvelopeError, "ENVELOPE_PAYLOAD_MALFORMED");
    const texts: [string, JsonErrorCode][] = [
      ['{"a":1,"a":2}', "JSON_DUPLICATE_KEY"],
      ['{"size":1.0}', "JSON_NUMBER_AMBIGUOUS"],
      ["{} {}", "JSON_SYNTAX"],
    ];
    for (const [payload, code] of texts) await expectCode(() => open(signJws(leaf, { payload })), JsonError, code);
  });

  it("is refused when a header's name differs from a known one in case", async () => {
    const inProtected = signJws(leaf, { header: { CTY: "x" } });
    const inUnprotected = signJws(leaf, { unprotected: { X5C: [] } });
    await expectCode(() => open(inProtected), JsonError, "JSON_MISCASED_KEY");
    await expectCode(() => open(inUnprotected), JsonError, "JSON_MISCASED_KEY");
  });

  it("may have null for an absent attribute, and unknown unprotected headers", async () => {
    const unprotected = { [TOKEN]: null, [AGENT]: null, other: { a: [] } };
    const header = { "io.cncf.notary.expiry": null, [AUTHENTIC]: null };
    const { signedAttributes, unsignedAttributes } = await open(signJws(leaf, { header, unprotected }));
    expect(signedAttributes).toEqual({ signingScheme: "notary.x509", signingTime: make.NOW, extendedAttributes: [] });
    expect(unsignedAttributes).toEqual({});
  });

  it("is refused when its own JSON has a key twice, is none or is not UTF-8", async () => {
    const good = JSON.stringify(signJws(leaf));
    await expectCode(() => open(good.replace("{", '{"payload":"e30",')), JsonError, "JSON_DUPLICATE_KEY");
    await expectCode(() => open(`${good}}`), JsonError, "JSON_SYNTAX");
    await expectCode(() => openEnvelope(Buffer.from([0x22, 0xff, 0x22]), JWS_MEDIA_TYPE), JsonError, "JSON_NOT_UTF8");
  });
});

describe("the times of a JWS envelope", () => {
  const times = async (signingTime: string, expiry: string) => {
    const header = { "io.cncf.notary.signingTime": signingTime, [EXPIRY]: expiry, crit: [SCHEME, EXPIRY] };
    return (await open(signJws(leaf, { header }))).signedAttributes;
  };

  it("are read to the nanosecond", async () => {
    const attributes = await times("2026-06-01T12:00:00.0010023Z", "2026-06-01T12:00:01.9999999999Z");
    expect(attributes.nanoseconds).toEqual({ signingTime: 2_300, expiry: 999_999 });
    expect((await times("2026-06-01T12:00:00.001Z", "2026-06-01T12:00:01.99000000000Z")).nanoseconds).toBeUndefined();
  });

  it("are compared to the nanosecond", async () => {
    const [earlier, later] = ["2026-06-01T12:00:00.0000001Z", "2026-06-01T12:00:00.0000002Z"];
    expect((await times(earlier, later)).expiry).toEqual(make.NOW);
    for (const expiry of [earlier, later])
      await expectCode(() => times(later, expiry), EnvelopeError, "ENVELOPE_EXPIRY_NOT_AFTER_SIGNING_TIME");
  });
});

describe("base64", () => {
  it("is one text for one value, as Node's own decoder and encoder agree on it", () => {
    const decoders = { base64: fromBase64, base64url: fromBase64Url };
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(..."ABQgwxYZaz059+/-_=\n "), maxLength: 9 }),
      fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString("base64")),
      fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString("base64url")),
    );
    fc.assert(
      fc.property(fc.constantFrom("base64" as const, "base64url" as const), text, (encoding, candidate) => {
        const bytes = Buffer.from(candidate, encoding);
        expect(decoders[encoding](candidate)).toEqual(bytes.toString(encoding) === candidate ? bytes : undefined);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe("an RFC 3339 time", () => {
  it.each([
    ["2026-06-01T12:00:00Z", "2026-06-01T12:00:00.000Z"],
    ["2026-06-01T14:30:00.5+02:30", "2026-06-01T12:00:00.500Z"],
    ["2026-06-01T12:00:00.0579999999Z", "2026-06-01T12:00:00.057Z"],
    ["2024-02-29T00:00:00-00:00", "2024-02-29T00:00:00.000Z"],
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"],
  ])("is read from %s", (text, expected) => {
    expect(parseRfc3339(text)?.toISOString()).toBe(expected);
  });
  it.each([
    "",
    "2026-06-01",
    "2026-06-01 12:00:00Z",
    "2026-06-01t12:00:00z",
    "2026-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-06-01T24:00:00Z",
    "2026-06-01T2:00:00Z",
    "2026-06-01T12:00:60Z",
    "2026-06-01T12:00:00,5Z",
    "2026-06-01T12:00:00",
    "2026-06-01T12:00:00+24:00",
    "26-06-01T12:00:00Z",
  ])("is not %j", (text) => {
    expect(parseRfc3339(text)).toBeUndefined();
  });
});
