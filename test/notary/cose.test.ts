import { Tag } from "cbor2";
import { beforeAll, describe, expect, it } from "vitest";
import { COSE_MEDIA_TYPE } from "../../components/notary/envelope/content";
import type { Label } from "../../components/notary/envelope/coseHeader";
import { plain } from "../../components/notary/envelope/coseSign1";
import { EnvelopeError, type EnvelopeErrorCode } from "../../components/notary/envelope/error";
import { openEnvelope } from "../../components/notary/envelope/open";
import * as make from "../support/certificates";
import { type CoseParts, coseOf, encodeMap, epoch, packCose, signCose } from "./envelopes";
import { expectCode } from "./expectCode";

// signature-envelope-cose.md: what is particular to COSE.

const SCHEME = "io.cncf.notary.signingScheme";
const TIME = "io.cncf.notary.signingTime";
const AUTHENTIC = "io.cncf.notary.authenticSigningTime";
const EXPIRY = "io.cncf.notary.expiry";
const TOKEN = "io.cncf.notary.timestampSignature";
const AGENT = "io.cncf.notary.signingAgent";
const LATER = new Date("2027-01-01T00:00:00Z");

let leaf: make.TestCertificate;
beforeAll(async () => {
  leaf = await make.selfSignedLeaf();
});

const open = (envelope: Buffer) => openEnvelope(envelope, COSE_MEDIA_TYPE);
const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const bytes = (text: string) => plain(Buffer.from(text));

describe("a COSE envelope", () => {
  const header: [string, EnvelopeErrorCode, [Label, unknown][]][] = [
    ["an algorithm as a text", "ENVELOPE_ALGORITHM_UNSUPPORTED", [[1, "ES256"]]],
    ["an algorithm as bytes", "ENVELOPE_MALFORMED", [[1, bytes("ES256")]]],
    ["a content type without a slash", "ENVELOPE_MALFORMED", [[3, "json"]]],
    ["a content type with an edge of space", "ENVELOPE_MALFORMED", [[3, " application/json"]]],
    ["a signing time without a tag", "ENVELOPE_PROTECTED_HEADER_INVALID", [[TIME, 1_780_000_000]]],
    ["a signing time as a text", "ENVELOPE_PROTECTED_HEADER_INVALID", [[TIME, new Tag(0, "2026-06-01T12:00:00Z")]]],
    ["a signing time as a float", "ENVELOPE_PROTECTED_HEADER_INVALID", [[TIME, new Tag(1, 1_780_000_000.5)]]],
    ["a signing time with two tags", "ENVELOPE_MALFORMED", [[TIME, new Tag(1, epoch(make.NOW))]]],
    ["a signing time beyond all dates", "ENVELOPE_PROTECTED_HEADER_INVALID", [[TIME, new Tag(1, 2 ** 52)]]],
    ["no expiry but a null", "ENVELOPE_PROTECTED_HEADER_INVALID", [[EXPIRY, null]]],
    [
      "an expiry that is not a number",
      "ENVELOPE_PROTECTED_HEADER_INVALID",
      [
        [EXPIRY, new Tag(1, Number.NaN)],
        [2, [SCHEME, EXPIRY]],
      ],
    ],
    ["an integer above 2^63 - 1", "ENVELOPE_MALFORMED", [["mine", 2n ** 63n]]],
    ["a label beyond the safe integers", "ENVELOPE_MALFORMED", [[2 ** 53, 1]]],
    ["a label that is a float", "ENVELOPE_MALFORMED", [[1.5, 1]]],
    ["a map with a tagged key", "ENVELOPE_MALFORMED", [["mine", new Map([[new Tag(99, 1), 1]])]]],
    ["a bignum that is a text", "ENVELOPE_MALFORMED", [["mine", new Tag(2, "1")]]],
    ["a time in words", "ENVELOPE_MALFORMED", [["mine", new Tag(0, "yesterday")]]],
    ["an epoch in words", "ENVELOPE_MALFORMED", [["mine", new Tag(1, "1")]]],
    ["a key id that is a text", "ENVELOPE_MALFORMED", [[4, "key"]]],
    [
      "an IV and a partial IV",
      "ENVELOPE_MALFORMED",
      [
        [5, bytes("iv")],
        [6, bytes("iv")],
      ],
    ],
    ["a countersignature", "ENVELOPE_MALFORMED", [[7, []]]],
    ["an abbreviated countersignature", "ENVELOPE_MALFORMED", [[12, bytes("c")]]],
    ["a type that is none", "ENVELOPE_MALFORMED", [[16, ""]]],
    ["the chain", "ENVELOPE_CERTIFICATE_CHAIN_INVALID", [[33, []]]],
  ];
  it.each(header)("is refused when its protected header has %s", async (what, code, changes) => {
    const inUnprotected: [Label, unknown][] = what === "the chain" ? [[33, undefined]] : [];
    const envelope = signCose(leaf, { header: changes, unprotected: inUnprotected });
    await expectCode(() => open(envelope), EnvelopeError, code);
  });

  const unprotected: [string, EnvelopeErrorCode, [Label, unknown][]][] = [
    ["no chain", "ENVELOPE_CERTIFICATE_CHAIN_INVALID", [[33, undefined]]],
    ["a chain that is one certificate", "ENVELOPE_CERTIFICATE_CHAIN_INVALID", [[33, bytes("der")]]],
    ["a chain of texts", "ENVELOPE_CERTIFICATE_CHAIN_INVALID", [[33, ["der"]]]],
    ["crit", "ENVELOPE_MALFORMED", [[2, [SCHEME]]]],
    ["an algorithm that is none", "ENVELOPE_MALFORMED", [[1, null]]],
    ["a tag", "ENVELOPE_MALFORMED", [["mine", epoch(make.NOW)]]],
    ["a countersignature", "ENVELOPE_MALFORMED", [[11, [bytes("")]]]],
    ["an abbreviated countersignature that is a text", "ENVELOPE_MALFORMED", [[9, "c"]]],
  ];
  it.each(unprotected)("is refused when its unprotected header has %s", async (_, code, changes) => {
    await expectCode(() => open(signCose(leaf, { unprotected: changes })), EnvelopeError, code);
  });

  it("may not have an IV here and a partial IV there", async () => {
    const envelope = signCose(leaf, { header: [[5, bytes("iv")]], unprotected: [[6, bytes("iv")]] });
    await expectCode(() => open(envelope), EnvelopeError, "ENVELOPE_MALFORMED");
  });

  it("may have what notation lets be there: times of the other scheme, a label twice in crit, other parameters", async () => {
    const envelope = signCose(leaf, {
      header: [
        [2, [SCHEME, SCHEME, AUTHENTIC, 1, 4]],
        [AUTHENTIC, "never"],
        [4, bytes("key")],
        [16, "a/b"],
        ["big", new Tag(2, bytes("\u0001"))],
        [
          "maps",
          new Map<unknown, unknown>([
            [1, 1.5],
            ["1", null],
            [bytes("1"), true],
          ]),
        ],
      ],
      unprotected: [
        [9, bytes("c")],
        ["x", [new Map()]],
        [AGENT, 1],
        [TOKEN, "text"],
      ],
    });
    const { signedAttributes, unsignedAttributes } = await open(envelope);
    expect(signedAttributes.extendedAttributes.map(({ key, critical }) => [key, critical])).toEqual([
      [4, true],
      [16, false],
      ["big", false],
      ["maps", false],
    ]);
    // Unsigned attributes of another type are as good as none.
    expect(unsignedAttributes).toEqual({});
  });

  const parts: [string, EnvelopeErrorCode, (good: CoseParts) => CoseParts][] = [
    ["altered payload", "ENVELOPE_SIGNATURE_INVALID", (good) => ({ ...good, payload: Buffer.from("{}") })],
    [
      "altered protected header",
      "ENVELOPE_SIGNATURE_INVALID",
      (good) => ({ ...good, protectedBytes: coseOf(leaf, { header: [["a", 1]] }).protectedBytes }),
    ],
    ["empty signature", "ENVELOPE_MALFORMED", (good) => ({ ...good, signature: Buffer.alloc(0) })],
    ["empty protected header", "ENVELOPE_PROTECTED_HEADER_INVALID", (good) => ({ ...good, protectedBytes: hex("") })],
    ["protected header that is a list", "ENVELOPE_MALFORMED", (good) => ({ ...good, protectedBytes: hex("80") })],
    ["tagged protected header", "ENVELOPE_MALFORMED", (good) => ({ ...good, protectedBytes: hex("d9d9f7 a0") })],
    ["protected header with data after it", "ENVELOPE_MALFORMED", (good) => ({ ...good, protectedBytes: hex("a000") })],
  ];
  it.each(parts)("is refused with an %s", async (_, code, change) => {
    await expectCode(() => open(packCose(change(coseOf(leaf)))), EnvelopeError, code);
  });

  it("is refused when its payload is empty, but may be signed over what is no JSON: that is judged later", async () => {
    await expectCode(
      () => open(signCose(leaf, { payload: Buffer.alloc(0) })),
      EnvelopeError,
      "ENVELOPE_PAYLOAD_MALFORMED",
    );
    const payload = Buffer.from("hello COSE");
    expect((await open(signCose(leaf, { payload }))).payload.content).toEqual(payload);
  });

  it.each([
    ["nothing", ""],
    ["no tag", "84 40 a0 4101 4101"],
    ["the tag 18 in two bytes", "d812 84 40 a0 4101 4101"],
    ["the tag 98", "d862 84 40 a0 4101 4101"],
    ["an array of three", "d2 83 40 a0 4101"],
    ["an array of five", "d2 85 40 a0 4101 4101 00"],
    ["an array of no definite length", "d2 9f 40 a0 4101 4101 ff"],
    ["data after it", "d2 84 40 a0 4101 4101 00"],
    ["a payload that is detached", "d2 84 40 a0 f6 4101"],
    ["a payload that is a text", "d2 84 40 a0 6161 4101"],
    ["a signature that is null", "d2 84 40 a0 4101 f6"],
    ["a protected header that is a map", "d2 84 a0 a0 4101 4101"],
    ["an unprotected header that is a list", "d2 84 40 80 4101 4101"],
    ["a tagged unprotected header", "d2 84 40 d9d9f7a0 4101 4101"],
  ])("is refused when it is %s", async (_, text) => {
    await expectCode(() => open(hex(text)), EnvelopeError, "ENVELOPE_MALFORMED");
  });

  it("is verified over the very bytes of its protected header, whatever the order and the lengths in it", async () => {
    const { protectedBytes } = coseOf(leaf);
    // The label 1 in two bytes, and the head of the map in three.
    const longer = Buffer.concat([hex("b90005 1801"), protectedBytes.subarray(2)]);
    expect((await open(signCose(leaf, { protectedBytes: longer }))).signedAttributes.signingTime).toEqual(make.NOW);
    const reversed = encodeMap(
      new Map<Label, unknown>([
        [TIME, epoch(make.NOW)],
        [SCHEME, "notary.x509"],
        [EXPIRY, epoch(LATER)],
        [3, "application/vnd.cncf.notary.payload.v1+json"],
        [2, [EXPIRY, SCHEME]],
        [1, -7],
      ]),
    );
    expect((await open(signCose(leaf, { protectedBytes: reversed }))).signedAttributes.expiry).toEqual(LATER);
  });

  it("is refused when it has a label twice, however the second is written", async () => {
    const { protectedBytes } = coseOf(leaf);
    const twice = Buffer.concat([hex("a6 180126"), protectedBytes.subarray(1)]);
    await expectCode(() => open(signCose(leaf, { protectedBytes: twice })), EnvelopeError, "ENVELOPE_MALFORMED");
  });
});
