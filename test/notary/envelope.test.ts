import { constants, sign as cryptoSign } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { BreakwaterError } from "../../components/errors";
import { CertificateError } from "../../components/notary/certificates/error";
import { KEY_SPECS } from "../../components/notary/certificates/keySpec";
import { JWS_MEDIA_TYPE } from "../../components/notary/envelope/content";
import { EnvelopeError, type EnvelopeErrorCode } from "../../components/notary/envelope/error";
import { openEnvelope } from "../../components/notary/envelope/open";
import { formatRfc3339, parseRfc3339 } from "../../components/notary/envelope/rfc3339";
import { JsonError } from "../../components/notary/json/error";
import { localSigner } from "../../components/notary/signing/localSigner";
import { SIGNING_AGENT, signArtifact } from "../../components/notary/signing/signArtifact";
import * as make from "../support/certificates";
import { ARTIFACT, type JwsParts, jwsOf, signJws } from "./envelopes";
import { expectCode } from "./expectCode";

let leaf: make.TestCertificate;
beforeAll(async () => {
  leaf = await make.selfSignedLeaf();
});

const open = (envelope: unknown) =>
  openEnvelope(Buffer.from(typeof envelope === "string" ? envelope : JSON.stringify(envelope)), JWS_MEDIA_TYPE);

describe("an envelope that we sign", () => {
  it.each(KEY_SPECS)("opens with the key %s", async (keySpec) => {
    const identity = await make.selfSignedLeaf({ keySpec });
    const signer = localSigner({ privateKey: identity.privateKey, certificateChain: identity.chainPem });
    const { envelope } = await signArtifact({
      descriptor: ARTIFACT,
      signer,
      clock: make.now,
      expirySeconds: 60,
      userMetadata: { b: "<2>", a: "1" },
    });
    const content = await openEnvelope(envelope, JWS_MEDIA_TYPE);
    expect(content.signedAttributes).toEqual({
      signingScheme: "notary.x509",
      signingTime: make.NOW,
      expiry: new Date(make.NOW.getTime() + 60_000),
      extendedAttributes: [],
    });
    expect(content.unsignedAttributes).toEqual({ signingAgent: SIGNING_AGENT });
    expect(content.certificateChain[0]?.raw.equals(identity.der)).toBe(true);
  });

  it("has the very bytes that notation signs", async () => {
    const signer = localSigner({ privateKey: leaf.privateKey, certificateChain: leaf.chainPem });
    const { envelope } = await signArtifact({
      descriptor: ARTIFACT,
      signer,
      clock: make.now,
      userMetadata: { b: "<2>", a: "1" },
    });
    const jws = JSON.parse(envelope.toString()) as JwsParts;
    expect(Object.keys(jws)).toEqual(["payload", "protected", "header", "signature"]);
    expect(Buffer.from(jws.payload, "base64url").toString()).toBe(
      `{"targetArtifact":{"annotations":{"a":"1","b":"\\u003c2\\u003e"},"digest":"${ARTIFACT.digest}","mediaType":"${ARTIFACT.mediaType}","size":${ARTIFACT.size}}}`,
    );
    expect(Buffer.from(jws.protected, "base64url").toString()).toBe(
      '{"alg":"ES256","crit":["io.cncf.notary.signingScheme"],"cty":"application/vnd.cncf.notary.payload.v1+json","io.cncf.notary.signingScheme":"notary.x509","io.cncf.notary.signingTime":"2026-06-01T12:00:00Z"}',
    );
  });
});

describe("an envelope", () => {
  it("may have extended attributes, a chain of three and unknown unprotected headers", async () => {
    const root = await make.goodRoot();
    const intermediate = await make.goodIntermediate(root);
    const signer = await make.goodLeaf(intermediate);
    const envelope = signJws(signer, {
      header: { custom: 1 },
      chain: [signer, intermediate, root],
      unprotected: { other: true },
    });
    const content = await open(envelope);
    expect(content.signedAttributes.extendedAttributes).toEqual([{ key: "custom", critical: false, value: 1 }]);
    expect(content.certificateChain).toHaveLength(3);
  });

  const malformed: [string, EnvelopeErrorCode, (good: JwsParts) => unknown][] = [
    ["is a list", "ENVELOPE_MALFORMED", () => []],
    ["has a further member", "ENVELOPE_MALFORMED", (good) => ({ ...good, signatures: [] })],
    ["has a miscased member", "ENVELOPE_MALFORMED", ({ payload, ...good }) => ({ ...good, Payload: payload })],
    ["lacks the signature", "ENVELOPE_MALFORMED", ({ signature: _, ...good }) => good],
    ["has an empty signature", "ENVELOPE_MALFORMED", (good) => ({ ...good, signature: "" })],
    ["has padded base64url", "ENVELOPE_MALFORMED", (good) => ({ ...good, protected: `${good.protected}=` })],
    ["has no chain", "ENVELOPE_CERTIFICATE_CHAIN_INVALID", (good) => ({ ...good, header: {} })],
    ["has an empty chain", "ENVELOPE_CERTIFICATE_CHAIN_INVALID", (good) => ({ ...good, header: { x5c: [] } })],
    [
      "has a chain that is not base64",
      "ENVELOPE_CERTIFICATE_CHAIN_INVALID",
      (good) => ({ ...good, header: { x5c: ["_-"] } }),
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
    [
      "has an altered signature",
      "ENVELOPE_SIGNATURE_INVALID",
      (good) => ({ ...good, signature: Buffer.alloc(64, 1).toString("base64url") }),
    ],
  ];
  it.each(malformed)("is refused when it %s", async (_, code, change) => {
    await expectCode(() => open(change(signJws(leaf))), EnvelopeError, code);
  });

  const SCHEME = "io.cncf.notary.signingScheme";
  const AUTHENTIC = "io.cncf.notary.authenticSigningTime";
  const EXPIRY = "io.cncf.notary.expiry";
  const LATER = "2027-01-01T00:00:00Z";
  const wrong: [string, EnvelopeErrorCode, Record<string, unknown>][] = [
    ["algorithm none", "ENVELOPE_ALGORITHM_UNSUPPORTED", { alg: "none" }],
    ["an HMAC", "ENVELOPE_ALGORITHM_UNSUPPORTED", { alg: "HS256" }],
    ["RS256", "ENVELOPE_ALGORITHM_UNSUPPORTED", { alg: "RS256" }],
    ["the algorithm of another key", "ENVELOPE_ALGORITHM_MISMATCH", { alg: "PS256" }],
    ["no crit", "ENVELOPE_CRITICAL_HEADER_INVALID", { crit: undefined }],
    ["an empty crit", "ENVELOPE_CRITICAL_HEADER_INVALID", { crit: [] }],
    ["crit without the scheme", "ENVELOPE_CRITICAL_HEADER_INVALID", { crit: ["x"], x: 1 }],
    ["a name twice in crit", "ENVELOPE_CRITICAL_HEADER_INVALID", { crit: [SCHEME, SCHEME] }],
    ["crit with a registered header", "ENVELOPE_CRITICAL_HEADER_INVALID", { crit: [SCHEME, "b64"], b64: false }],
    ["crit with an absent header", "ENVELOPE_CRITICAL_HEADER_INVALID", { crit: [SCHEME, "x"] }],
    [
      "crit with the signing time",
      "ENVELOPE_CRITICAL_HEADER_INVALID",
      { crit: [SCHEME, "io.cncf.notary.signingTime"] },
    ],
    ["an expiry that is not critical", "ENVELOPE_CRITICAL_HEADER_INVALID", { [EXPIRY]: LATER }],
    ["an unknown scheme", "ENVELOPE_PROTECTED_HEADER_INVALID", { [SCHEME]: "notary.x510" }],
    ["no signing time", "ENVELOPE_PROTECTED_HEADER_INVALID", { "io.cncf.notary.signingTime": undefined }],
    ["the signing time as a number", "ENVELOPE_PROTECTED_HEADER_INVALID", { "io.cncf.notary.signingTime": 1 }],
    ["an authentic signing time under notary.x509", "ENVELOPE_PROTECTED_HEADER_INVALID", { [AUTHENTIC]: LATER }],
    [
      "an expiry at the signing time",
      "ENVELOPE_EXPIRY_NOT_AFTER_SIGNING_TIME",
      { [EXPIRY]: formatRfc3339(make.NOW), crit: [SCHEME, EXPIRY] },
    ],
    ["another content type", "ENVELOPE_CONTENT_TYPE_UNSUPPORTED", { cty: "application/json" }],
  ];
  it.each(wrong)("is refused when its protected header has %s", async (_, code, header) => {
    await expectCode(() => open(signJws(leaf, { header })), EnvelopeError, code);
  });

  it("is refused when its payload is no object, or has a key twice", async () => {
    await expectCode(() => open(signJws(leaf, { payload: "[]" })), EnvelopeError, "ENVELOPE_PAYLOAD_MALFORMED");
    await expectCode(() => open(signJws(leaf, { payload: '{"a":1,"a":2}' })), JsonError, "JSON_DUPLICATE_KEY");
  });

  it("is refused when its own JSON has a key twice, is none or is not UTF-8", async () => {
    const good = JSON.stringify(signJws(leaf));
    await expectCode(() => open(good.replace("{", '{"payload":"e30",')), JsonError, "JSON_DUPLICATE_KEY");
    await expectCode(() => open(`${good}}`), JsonError, "JSON_SYNTAX");
    await expectCode(() => openEnvelope(Buffer.from([0x22, 0xff, 0x22]), JWS_MEDIA_TYPE), JsonError, "JSON_NOT_UTF8");
  });

  it("is refused when its certificate may not sign", async () => {
    const tls = await make.selfSignedLeaf({
      extensions: [make.keyUsage(make.digitalSignature), make.extendedKeyUsage(make.ExtendedKeyUsage.serverAuth)],
    });
    await expectCode(() => open(signJws(tls)), CertificateError, "CERTIFICATE_EXTENDED_KEY_USAGE");
  });

  it("is refused when another key signed it", async () => {
    await expectCode(
      async () => open(signJws(await make.selfSignedLeaf(), { chain: [leaf] })),
      EnvelopeError,
      "ENVELOPE_SIGNATURE_INVALID",
    );
  });

  it("is refused in a format that is none", async () => {
    await expectCode(
      () => openEnvelope(Buffer.from("{}"), "application/json"),
      EnvelopeError,
      "ENVELOPE_TYPE_UNSUPPORTED",
    );
  });

  it("is opened or refused with a typed error, whatever its bytes", async () => {
    const good = JSON.stringify(signJws(leaf));
    const mutated = fc
      .tuple(fc.nat(good.length), fc.nat(8), fc.string({ maxLength: 4 }))
      .map(([at, drop, text]) => good.slice(0, at) + text + good.slice(at + drop));
    const header = fc
      .dictionary(fc.constantFrom("alg", "cty", "crit", SCHEME, EXPIRY, "__proto__", "x"), fc.jsonValue())
      .map((changes) => JSON.stringify(signJws(leaf, { header: changes })));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), mutated, header), async (envelope) => {
        try {
          await open(envelope);
        } catch (error) {
          expect(error).toBeInstanceOf(BreakwaterError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("is refused when its algorithm is not the one of its key's size", async () => {
    const rsa = await make.selfSignedLeaf({ keySpec: "RSA-2048" });
    const key = { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 };
    const other = signJws(rsa, { header: { alg: "PS384" }, sign: (input) => cryptoSign("sha384", input, key) });
    await expectCode(() => open(other), EnvelopeError, "ENVELOPE_ALGORITHM_MISMATCH");
  });

  it("does not verify with the salt of another length", async () => {
    const rsa = await make.selfSignedLeaf({ keySpec: "RSA-2048" });
    const weak = signJws(rsa, {
      header: { alg: "PS256" },
      sign: (input) =>
        cryptoSign("sha256", input, { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 0 }),
    });
    await expectCode(() => open(weak), EnvelopeError, "ENVELOPE_SIGNATURE_INVALID");
  });
});

describe("an RFC 3339 time", () => {
  it.each([
    ["2026-06-01T12:00:00Z", "2026-06-01T12:00:00.000Z"],
    ["2026-06-01T14:30:00.5+02:30", "2026-06-01T12:00:00.500Z"],
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
    "2026-06-01T12:00:60Z",
    "2026-06-01T12:00:00",
    "2026-06-01T12:00:00+24:00",
    "26-06-01T12:00:00Z",
  ])("is not %j", (text) => {
    expect(parseRfc3339(text)).toBeUndefined();
  });
});
