import { constants, sign as cryptoSign } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { CertificateError } from "../../components/notary/certificates/error";
import { KEY_SPECS } from "../../components/notary/certificates/keySpec";
import { EnvelopeError, type EnvelopeErrorCode } from "../../components/notary/envelope/error";
import { ENVELOPE_BYTES_MAX, openEnvelope } from "../../components/notary/envelope/open";
import { localSigner } from "../../components/notary/signing/localSigner";
import { SIGNING_AGENT, signArtifact } from "../../components/notary/signing/signArtifact";
import * as make from "../support/certificates";
import { ARTIFACT, type EnvelopeOptions, FORMATS, PAYLOAD } from "./envelopes";
import { expectCode } from "./expectCode";

// The rules that hold for an envelope of either format.

const SCHEME = "io.cncf.notary.signingScheme";
const TIME = "io.cncf.notary.signingTime";
const AUTHENTIC = "io.cncf.notary.authenticSigningTime";
const EXPIRY = "io.cncf.notary.expiry";
const LATER = new Date("2027-01-01T00:00:00Z");
const NO_TIME = new Date("0001-01-01T00:00:00Z");

let leaf: make.TestCertificate;
beforeAll(async () => {
  leaf = await make.selfSignedLeaf();
});

describe.each(FORMATS)("an envelope in the format $format", ({ format, mediaType, make: makeEnvelope }) => {
  const open = (options: EnvelopeOptions = {}, signer = leaf) => openEnvelope(makeEnvelope(signer, options), mediaType);

  it.each(KEY_SPECS)("is signed and opened with the key %s", async (keySpec) => {
    const identity = await make.selfSignedLeaf({ keySpec });
    const signer = localSigner({ privateKey: identity.privateKey, certificateChain: identity.chainPem });
    const signed = await signArtifact({ descriptor: ARTIFACT, signer, clock: make.now, format, expirySeconds: 60 });
    expect(signed.envelopeMediaType).toBe(mediaType);
    const content = await openEnvelope(signed.envelope, mediaType);
    expect(content.payload.content.toString()).toContain(ARTIFACT.digest);
    expect(content.signedAttributes).toEqual({
      signingScheme: "notary.x509",
      signingTime: make.NOW,
      expiry: new Date(make.NOW.getTime() + 60_000),
      extendedAttributes: [],
    });
    expect(content.unsignedAttributes).toEqual({ signingAgent: SIGNING_AGENT });
    expect(content.certificateChain[0]?.raw.equals(identity.der)).toBe(true);
  });

  it("has the attributes that it states, a chain of three and extended attributes", async () => {
    const root = await make.goodRoot();
    const intermediate = await make.goodIntermediate(root);
    const signer = await make.goodLeaf(intermediate);
    const token = Buffer.from("token");
    const content = await open(
      {
        header: {
          crit: [SCHEME, EXPIRY, AUTHENTIC, "mine"],
          [SCHEME]: "notary.x509.signingAuthority",
          [TIME]: undefined,
          [AUTHENTIC]: make.NOW,
          [EXPIRY]: LATER,
          mine: "1",
          other: { deep: [1, true, null] },
        },
        chain: [signer, intermediate, root],
        timestampSignature: token,
        signingAgent: "agent",
      },
      signer,
    );
    expect(content.signedAttributes).toEqual({
      signingScheme: "notary.x509.signingAuthority",
      signingTime: make.NOW,
      expiry: LATER,
      extendedAttributes: expect.arrayContaining([
        { key: "mine", critical: true, value: "1" },
        { key: "other", critical: false, value: { deep: [1, true, null] } },
      ]),
    });
    expect(content.signedAttributes.extendedAttributes).toHaveLength(2);
    expect(content.unsignedAttributes).toEqual({ timestampSignature: token, signingAgent: "agent" });
    expect(content.certificateChain).toHaveLength(3);
    expect(content.payload.content.toString()).toBe(PAYLOAD);
  });

  it("says what was verified, whatever becomes of the caller's bytes meanwhile and later", async () => {
    const token = Buffer.from("token");
    const bytes = makeEnvelope(leaf, { timestampSignature: token });
    const before = await openEnvelope(Buffer.from(bytes), mediaType);
    const opening = openEnvelope(bytes, mediaType);
    bytes.fill("{");
    const content = await opening;
    bytes.fill("[");
    expect(content.payload.content.toString()).toBe(PAYLOAD);
    expect(content.unsignedAttributes.timestampSignature).toEqual(token);
    expect(content.signature.equals(before.signature)).toBe(true);
    expect(content.certificateChain[0]?.raw.equals(leaf.der)).toBe(true);
  });

  const wrong: [string, EnvelopeErrorCode, Record<string, unknown>][] = [
    ["algorithm none", "ENVELOPE_ALGORITHM_UNSUPPORTED", { alg: "none" }],
    ["no algorithm", "ENVELOPE_ALGORITHM_UNSUPPORTED", { alg: undefined }],
    ["an HMAC", "ENVELOPE_ALGORITHM_UNSUPPORTED", { alg: format === "jws" ? "HS256" : 5 }],
    ["RS256", "ENVELOPE_ALGORITHM_UNSUPPORTED", { alg: format === "jws" ? "RS256" : -257 }],
    ["the algorithm of another key", "ENVELOPE_ALGORITHM_MISMATCH", { alg: "PS256" }],
    ["the algorithm of another curve", "ENVELOPE_ALGORITHM_MISMATCH", { alg: "ES384" }],
    ["no crit", "ENVELOPE_CRITICAL_HEADER_INVALID", { crit: undefined }],
    ["an empty crit", "ENVELOPE_CRITICAL_HEADER_INVALID", { crit: [] }],
    ["crit as a text", "ENVELOPE_CRITICAL_HEADER_INVALID", { crit: SCHEME }],
    ["crit with what is no name", "ENVELOPE_CRITICAL_HEADER_INVALID", { crit: [SCHEME, true] }],
    ["crit without the scheme", "ENVELOPE_CRITICAL_HEADER_INVALID", { crit: ["x"], x: 1 }],
    ["crit with an absent header", "ENVELOPE_CRITICAL_HEADER_INVALID", { crit: [SCHEME, "x"] }],
    ["an expiry that is not critical", "ENVELOPE_CRITICAL_HEADER_INVALID", { [EXPIRY]: LATER }],
    [
      "an authentic signing time that is not critical",
      "ENVELOPE_CRITICAL_HEADER_INVALID",
      { [SCHEME]: "notary.x509.signingAuthority", [TIME]: undefined, [AUTHENTIC]: make.NOW },
    ],
    ["an unknown scheme", "ENVELOPE_PROTECTED_HEADER_INVALID", { [SCHEME]: "notary.x510" }],
    ["a scheme that is no text", "ENVELOPE_PROTECTED_HEADER_INVALID", { [SCHEME]: 1 }],
    ["no signing time", "ENVELOPE_PROTECTED_HEADER_INVALID", { [TIME]: undefined }],
    ["the signing time as a number", "ENVELOPE_PROTECTED_HEADER_INVALID", { [TIME]: 1 }],
    ["the signing time that stands for none", "ENVELOPE_PROTECTED_HEADER_INVALID", { [TIME]: NO_TIME }],
    [
      "an expiry that stands for none",
      "ENVELOPE_PROTECTED_HEADER_INVALID",
      { [EXPIRY]: NO_TIME, [TIME]: new Date("0000-01-01T00:00:00Z"), crit: [SCHEME, EXPIRY] },
    ],
    [
      "the signing time of notary.x509 under the signing authority's scheme",
      "ENVELOPE_PROTECTED_HEADER_INVALID",
      { [SCHEME]: "notary.x509.signingAuthority", crit: [SCHEME, TIME] },
    ],
    [
      "an expiry at the signing time",
      "ENVELOPE_EXPIRY_NOT_AFTER_SIGNING_TIME",
      { [EXPIRY]: make.NOW, crit: [SCHEME, EXPIRY] },
    ],
    ["another content type", "ENVELOPE_CONTENT_TYPE_UNSUPPORTED", { cty: "application/json" }],
    ["no content type", "ENVELOPE_PROTECTED_HEADER_INVALID", { cty: undefined }],
    ["a content type that is no text", "ENVELOPE_PROTECTED_HEADER_INVALID", { cty: 1 }],
  ];
  it.each(wrong)("is refused when its protected header has %s", async (_, code, header) => {
    await expectCode(() => open({ header }), EnvelopeError, code);
  });

  it("is refused when its chain is empty, longer than any, or holds what is no certificate", async () => {
    const noCertificate = { ...leaf, der: Buffer.from([0x30, 0]) };
    await expectCode(() => open({ chain: [] }), EnvelopeError, "ENVELOPE_CERTIFICATE_CHAIN_INVALID");
    const chain = Array.from({ length: 33 }, () => leaf);
    await expectCode(() => open({ chain }), EnvelopeError, "ENVELOPE_CERTIFICATE_CHAIN_INVALID");
    await expectCode(() => open({ chain: [noCertificate] }), CertificateError, "CERTIFICATE_MALFORMED");
    await expectCode(() => open({ chain: [leaf, noCertificate] }), CertificateError, "CERTIFICATE_MALFORMED");
  });

  it("is refused when its certificate may not sign", async () => {
    const tls = await make.selfSignedLeaf({
      extensions: [make.keyUsage(make.digitalSignature), make.extendedKeyUsage(make.ExtendedKeyUsage.serverAuth)],
    });
    await expectCode(() => open({}, tls), CertificateError, "CERTIFICATE_EXTENDED_KEY_USAGE");
  });

  it("is refused when its key has no algorithm", async () => {
    const weak = await make.selfSignedLeaf({ keySpec: "RSA-1024" });
    await expectCode(() => open({ header: { alg: "PS256" } }, weak), EnvelopeError, "ENVELOPE_ALGORITHM_UNSUPPORTED");
  });

  it("is refused when another key signed it, or nothing did", async () => {
    const other = await make.selfSignedLeaf();
    await expectCode(() => open({ chain: [leaf] }, other), EnvelopeError, "ENVELOPE_SIGNATURE_INVALID");
    for (const length of [1, 63, 64, 65]) {
      await expectCode(() => open({ sign: () => Buffer.alloc(length) }), EnvelopeError, "ENVELOPE_SIGNATURE_INVALID");
    }
  });

  it("is refused when its algorithm is not the one of its key's size", async () => {
    const rsa = await make.selfSignedLeaf({ keySpec: "RSA-2048" });
    const key = { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 };
    const sign = (input: Buffer) => cryptoSign("sha384", input, key);
    await expectCode(() => open({ header: { alg: "PS384" }, sign }, rsa), EnvelopeError, "ENVELOPE_ALGORITHM_MISMATCH");
  });

  it("does not verify with the salt of another length, or with PKCS #1 v1.5", async () => {
    const rsa = await make.selfSignedLeaf({ keySpec: "RSA-2048" });
    const padded = (padding: number, saltLength?: number) => (input: Buffer) =>
      cryptoSign("sha256", input, {
        key: rsa.privateKey,
        padding,
        ...(saltLength !== undefined && { saltLength }),
      });
    for (const sign of [padded(constants.RSA_PKCS1_PSS_PADDING, 0), padded(constants.RSA_PKCS1_PADDING)]) {
      await expectCode(
        () => open({ header: { alg: "PS256" }, sign }, rsa),
        EnvelopeError,
        "ENVELOPE_SIGNATURE_INVALID",
      );
    }
    const good = padded(constants.RSA_PKCS1_PSS_PADDING, 32);
    expect((await open({ header: { alg: "PS256" }, sign: good }, rsa)).signatureAlgorithm).toBe("PS256");
  });

  it("is refused when it is larger than notation reads", async () => {
    const envelope = Buffer.alloc(ENVELOPE_BYTES_MAX + 1);
    await expectCode(() => openEnvelope(envelope, mediaType), EnvelopeError, "ENVELOPE_TOO_LARGE");
  });
});

describe("an envelope", () => {
  it("is refused in a format that is none", async () => {
    const open = () => openEnvelope(Buffer.from("{}"), "application/json");
    await expectCode(open, EnvelopeError, "ENVELOPE_TYPE_UNSUPPORTED");
  });
});
