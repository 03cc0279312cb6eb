import { encode } from "cbor2";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { BreakwaterError } from "../../components/errors";
import { CertificateError } from "../../components/notary/certificates/error";
import { COSE_MEDIA_TYPE, type ExtendedAttribute, JWS_MEDIA_TYPE } from "../../components/notary/envelope/content";
import { readCoseSign1 } from "../../components/notary/envelope/coseSign1";
import { openEnvelope } from "../../components/notary/envelope/open";
import { JsonError } from "../../components/notary/json/error";
import { draftCose } from "../../components/notary/signing/coseEnvelope";
import type { DraftArgs } from "../../components/notary/signing/envelopeDraft";
import { SigningError, type SigningErrorCode } from "../../components/notary/signing/error";
import { draftJws } from "../../components/notary/signing/jwsEnvelope";
import { localSigner } from "../../components/notary/signing/localSigner";
import {
  digestOf,
  packSignature,
  THUMBPRINT_ANNOTATION,
  unpackSignature,
} from "../../components/notary/signing/manifest";
import { type SignArtifactArgs, signArtifact } from "../../components/notary/signing/signArtifact";
import { TimestampError } from "../../components/notary/timestamp/error";
import * as make from "../support/certificates";
import { unreachable } from "../support/revocation";
import { ARTIFACT, type JwsParts } from "./envelopes";
import { expectCode } from "./expectCode";

let leaf: make.TestCertificate;
let other: make.TestCertificate;
beforeAll(async () => {
  [leaf, other] = [await make.selfSignedLeaf(), await make.selfSignedLeaf()];
});
const signerOf = ({ privateKey, chainPem }: make.TestCertificate) =>
  localSigner({ privateKey, certificateChain: chainPem });
const sign = (changes: Partial<SignArtifactArgs> = {}) =>
  signArtifact({ descriptor: ARTIFACT, signer: signerOf(leaf), clock: make.now, ...changes });

describe("a local signer", () => {
  it("refuses a key that is not the leaf's", async () => {
    await expectCode(
      () => localSigner({ privateKey: other.privateKey, certificateChain: leaf.pem }),
      SigningError,
      "SIGNING_KEY_DOES_NOT_MATCH_CERTIFICATE",
    );
  });
  it("refuses a key that cannot be read, without a word of it", async () => {
    const broken = leaf.privateKey.replace(/\n.{8}/, "\nSECRETXX");
    const make = () => localSigner({ privateKey: broken, certificateChain: leaf.pem });
    await expectCode(make, SigningError, "SIGNING_KEY_MALFORMED");
    expect(make).not.toThrow(/SECRETXX/);
  });
  it("signs off the main thread", async () => {
    const slow = await make.selfSignedLeaf({ keySpec: "RSA-4096" });
    const order: string[] = [];
    const signature = signerOf(slow)
      .sign(Buffer.from("content"))
      .then(() => order.push("signed"));
    setImmediate(() => order.push("the next turn"));
    await signature;
    expect(order).toEqual(["the next turn", "signed"]);
  });
  it("refuses a chain that may not sign", async () => {
    const root = await make.goodRoot();
    await expectCode(
      () => localSigner({ privateKey: root.privateKey, certificateChain: root.pem }),
      CertificateError,
      "CERTIFICATE_BASIC_CONSTRAINTS",
    );
  });
});

describe("signing", () => {
  it("refuses a certificate that is not valid at the signing time", async () => {
    const clock = () => new Date("2030-01-01T00:00:00Z");
    await expectCode(() => sign({ clock }), CertificateError, "CERTIFICATE_NOT_VALID_AT_SIGNING_TIME");
  });
  it.each(["garbage", "+010000-01-01T00:00:00Z", "0000-12-31T23:59:59Z"])("refuses the time %s", async (time) => {
    await expectCode(() => sign({ clock: () => new Date(time) }), SigningError, "SIGNING_TIME_INVALID");
  });
  it.each([0, -1, 1.5, Number.NaN, Number.MAX_SAFE_INTEGER])(
    "refuses an expiry of %d seconds",
    async (expirySeconds) => {
      await expectCode(() => sign({ expirySeconds }), SigningError, "SIGNING_EXPIRY_INVALID");
    },
  );
  it("refuses reserved metadata, and metadata that the artifact has", async () => {
    await expectCode(
      () => sign({ userMetadata: { "io.cncf.notary.x": "" } }),
      SigningError,
      "SIGNING_USER_METADATA_RESERVED",
    );
    const descriptor = { ...ARTIFACT, annotations: { a: "1" } };
    await expectCode(
      () => sign({ descriptor, userMetadata: { a: "2" } }),
      SigningError,
      "SIGNING_USER_METADATA_DUPLICATE",
    );
  });
  it("refuses a signature that the signer made with another key", async () => {
    const signer = { ...signerOf(leaf), sign: signerOf(other).sign };
    await expect(sign({ signer })).rejects.toMatchObject({ code: "ENVELOPE_SIGNATURE_INVALID" });
  });
  it("writes JWS unless told otherwise, with the very bytes that notation signs", async () => {
    const { envelope, envelopeMediaType } = await sign({
      userMetadata: { b: "<2>", a: "1" },
      expirySeconds: 60,
      extendedAttributes: [
        { key: "mine", critical: true, value: 1 },
        { key: "also", critical: false, value: "x" },
      ],
      signingAgent: "agent",
    });
    expect(envelopeMediaType).toBe(JWS_MEDIA_TYPE);
    const jws = JSON.parse(envelope.toString()) as JwsParts;
    expect(Object.keys(jws)).toEqual(["payload", "protected", "header", "signature"]);
    expect(Object.keys(jws.header)).toEqual(["x5c", "io.cncf.notary.signingAgent"]);
    expect(Buffer.from(jws.payload, "base64url").toString()).toBe(
      `{"targetArtifact":{"annotations":{"a":"1","b":"\\u003c2\\u003e"},"digest":"${ARTIFACT.digest}","mediaType":"${ARTIFACT.mediaType}","size":${ARTIFACT.size}}}`,
    );
    expect(Buffer.from(jws.protected, "base64url").toString()).toBe(
      '{"alg":"ES256","also":"x","crit":["io.cncf.notary.signingScheme","mine","io.cncf.notary.expiry"],"cty":"application/vnd.cncf.notary.payload.v1+json","io.cncf.notary.expiry":"2026-06-01T12:01:00Z","io.cncf.notary.signingScheme":"notary.x509","io.cncf.notary.signingTime":"2026-06-01T12:00:00Z","mine":1}',
    );
  });
  it("writes COSE with the very bytes that notation signs", async () => {
    const { envelope, envelopeMediaType } = await sign({
      format: "cose",
      expirySeconds: 60,
      extendedAttributes: [
        { key: "mine", critical: true, value: 1 },
        { key: 40, critical: false, value: "x" },
      ],
      signingAgent: "agent",
    });
    expect(envelopeMediaType).toBe(COSE_MEDIA_TYPE);
    const text = (value: string) => encode(value);
    const seconds = (time: number) =>
      Buffer.from([0xc1, 0x1a, ...new Uint8Array(Buffer.from(time.toString(16), "hex"))]);
    const protectedHeader = Buffer.concat([
      ...[Buffer.from("a8", "hex"), Buffer.from("0126", "hex")],
      ...[
        Buffer.from("0283", "hex"),
        text("io.cncf.notary.signingScheme"),
        text("io.cncf.notary.expiry"),
        text("mine"),
      ],
      ...[Buffer.from("03", "hex"), text("application/vnd.cncf.notary.payload.v1+json")],
      ...[Buffer.from("1828", "hex"), text("x"), text("mine"), Buffer.from("01", "hex")],
      ...[text("io.cncf.notary.expiry"), seconds(make.NOW.getTime() / 1000 + 60)],
      ...[text("io.cncf.notary.signingTime"), seconds(make.NOW.getTime() / 1000)],
      ...[text("io.cncf.notary.signingScheme"), text("notary.x509")],
    ]);
    const payload = Buffer.from(
      `{"targetArtifact":{"digest":"${ARTIFACT.digest}","mediaType":"${ARTIFACT.mediaType}","size":${ARTIFACT.size}}}`,
    );
    const { signature } = await openEnvelope(envelope, COSE_MEDIA_TYPE);
    const bytes = (value: Buffer) => encode(new Uint8Array(value));
    const expected = Buffer.concat([
      ...[Buffer.from("d284", "hex"), bytes(protectedHeader)],
      ...[Buffer.from("a2182181", "hex"), bytes(leaf.der), text("io.cncf.notary.signingAgent"), text("agent")],
      ...[bytes(payload), bytes(signature)],
    ]);
    expect(envelope.toString("hex")).toBe(expected.toString("hex"));
  });
  it("puts a time stamp among the unsigned attributes", () => {
    const [signature, timestampSignature] = [Buffer.from("signature"), Buffer.from("token")];
    const args: DraftArgs = {
      keySpec: "EC-256",
      payload: Buffer.from("{}"),
      signedAttributes: { signingScheme: "notary.x509", signingTime: make.NOW, extendedAttributes: [] },
      certificateChain: [],
    };
    const jws = draftJws(args).seal(signature, { timestampSignature });
    expect(Object.entries((JSON.parse(jws.toString()) as JwsParts).header)).toEqual([
      ["io.cncf.notary.timestampSignature", timestampSignature.toString("base64")],
      ["x5c", []],
    ]);
    const { unprotectedHeader } = readCoseSign1(draftCose(args).seal(signature, { timestampSignature }));
    expect(unprotectedHeader.get("io.cncf.notary.timestampSignature")?.content).toEqual(timestampSignature);
  });
  it.each(["jws", "cose"] as const)("has the signature countersigned or fails, in the format %s", async (format) => {
    const asked: Buffer[] = [];
    const server = {
      request: async (timeStampReq: Buffer) => {
        asked.push(timeStampReq);
        return Buffer.from("this is no time stamp");
      },
    };
    const timestamping = { server, roots: [], revocation: unreachable };
    await expect(sign({ format, timestamping })).rejects.toBeInstanceOf(TimestampError);
    expect(asked).toHaveLength(1);
  });
  it.each<[string, ExtendedAttribute[], "jws" | "cose"]>([
    ["a standard name", [{ key: "alg", critical: false, value: "x" }], "jws"],
    ["a standard label", [{ key: 3, critical: false, value: "x" }], "cose"],
    ["a name of the scheme", [{ key: "io.cncf.notary.signingTime", critical: false, value: "x" }], "cose"],
    ["a number for a name in JWS", [{ key: 40, critical: false, value: "x" }], "jws"],
    ["a fraction for a label", [{ key: 1.5, critical: false, value: "x" }], "cose"],
    ["a value that is a list", [{ key: "x", critical: false, value: [] }], "jws"],
    ["a value that is a fraction", [{ key: "x", critical: false, value: 1.5 }], "cose"],
    [
      "a name twice",
      [
        { key: "x", critical: false, value: true },
        { key: "x", critical: true, value: true },
      ],
      "cose",
    ],
  ])("refuses extended attributes with %s", async (_, extendedAttributes, format) => {
    await expectCode(() => sign({ extendedAttributes, format }), SigningError, "SIGNING_EXTENDED_ATTRIBUTE_INVALID");
  });
  it("states whole seconds only", async () => {
    const clock = () => new Date(make.NOW.getTime() + 999);
    expect((await sign({ clock })).signingTime).toEqual(make.NOW);
  });
});

describe("a signature manifest", () => {
  const pack = async (form?: "legacy") => {
    const { envelope, envelopeMediaType, signingTime: created } = await sign();
    return packSignature({
      envelope,
      envelopeMediaType,
      subject: ARTIFACT,
      certificateChain: [leaf.der],
      created,
      ...(form && { form }),
    });
  };

  it("has the bytes of the specification", async () => {
    const { manifest, digest, envelope } = await pack();
    const thumbprint = digestOf(leaf.der).slice("sha256:".length);
    expect(manifest.toString()).toBe(
      `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/vnd.cncf.notary.signature","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[{"mediaType":"application/jose+json","digest":"${digestOf(envelope)}","size":${envelope.length}}],"subject":{"mediaType":"${ARTIFACT.mediaType}","digest":"${ARTIFACT.digest}","size":${ARTIFACT.size}},"annotations":{"${THUMBPRINT_ANNOTATION}":"[\\"${thumbprint}\\"]","org.opencontainers.image.created":"2026-06-01T12:00:00Z"}}`,
    );
    expect(digest).toBe(digestOf(manifest));
  });

  it("is read in both forms", async () => {
    for (const form of ["artifactType", "legacy"] as const) {
      const packed = await pack(form === "legacy" ? form : undefined);
      expect(unpackSignature(packed.manifest)).toMatchObject({
        form,
        subject: ARTIFACT,
        envelope: { digest: digestOf(packed.envelope) },
      });
    }
  });

  type Manifest = Record<string, unknown> & { layers: unknown[]; config: Record<string, unknown> };
  it("is read as an artifact manifest, too", async () => {
    const packed = await pack();
    const { schemaVersion: _, config: __, layers, ...others } = JSON.parse(packed.manifest.toString()) as Manifest;
    const mediaType = "application/vnd.oci.artifact.manifest.v1+json";
    const read = (manifest: unknown) => unpackSignature(Buffer.from(JSON.stringify(manifest)), mediaType);
    expect(read({ ...others, mediaType, blobs: layers })).toMatchObject({
      form: "artifactManifest",
      subject: ARTIFACT,
      envelope: { digest: digestOf(packed.envelope) },
    });
    await expectCode(() => read({ ...others, mediaType, layers }), SigningError, "SIGNATURE_MANIFEST_MALFORMED");
    await expectCode(
      () => read({ ...others, mediaType, blobs: layers, artifactType: "application/spdx+json" }),
      SigningError,
      "SIGNATURE_MANIFEST_NOT_A_SIGNATURE",
    );
  });

  const flawed: [string, SigningErrorCode, (good: Manifest) => unknown][] = [
    ["has no layer", "SIGNATURE_MANIFEST_MALFORMED", (good) => ({ ...good, layers: [] })],
    ["has null for layers", "SIGNATURE_MANIFEST_MALFORMED", (good) => ({ ...good, layers: null })],
    [
      "has two layers",
      "SIGNATURE_MANIFEST_MALFORMED",
      (good) => ({ ...good, layers: [...good.layers, ...good.layers] }),
    ],
    ["has blobs", "SIGNATURE_MANIFEST_MALFORMED", ({ layers, ...good }) => ({ ...good, blobs: layers })],
    ["has null for a layer", "SIGNATURE_MANIFEST_MALFORMED", (good) => ({ ...good, layers: [null] })],
    ["has a layer without digest", "SIGNATURE_MANIFEST_MALFORMED", (good) => withLayer(good, { digest: null })],
    ["has a layer without size", "SIGNATURE_MANIFEST_MALFORMED", (good) => withLayer(good, { size: undefined })],
    ["has a layer of less than nothing", "SIGNATURE_MANIFEST_MALFORMED", (good) => withLayer(good, { size: -1 })],
    [
      "has a layer of 32 MiB and more",
      "SIGNATURE_MANIFEST_MALFORMED",
      (good) => withLayer(good, { size: 2 ** 25 + 1 }),
    ],
    ["has a layer with a number for urls", "SIGNATURE_MANIFEST_MALFORMED", (good) => withLayer(good, { urls: 1 })],
    ["has a text for schema version", "SIGNATURE_MANIFEST_MALFORMED", (good) => ({ ...good, schemaVersion: "2" })],
    ["has a number for artifact type", "SIGNATURE_MANIFEST_MALFORMED", (good) => ({ ...good, artifactType: 1 })],
    ["has a number for media type", "SIGNATURE_MANIFEST_MALFORMED", (good) => ({ ...good, mediaType: 1 })],
    ["has a text for config", "SIGNATURE_MANIFEST_MALFORMED", (good) => ({ ...good, config: "{}" })],
    ["has a list for subject", "SIGNATURE_MANIFEST_MALFORMED", (good) => ({ ...good, subject: [] })],
    [
      "has a subject with a number for annotation",
      "SIGNATURE_MANIFEST_MALFORMED",
      (good) => ({ ...good, subject: { ...ARTIFACT, annotations: { a: 1 } } }),
    ],
    ["has a number for annotation", "SIGNATURE_MANIFEST_MALFORMED", (good) => ({ ...good, annotations: { x: 1 } })],
    ["is a list", "SIGNATURE_MANIFEST_MALFORMED", (good) => [good]],
    [
      "says that it is an index",
      "SIGNATURE_MANIFEST_NOT_A_SIGNATURE",
      (good) => ({ ...good, mediaType: "application/vnd.oci.image.index.v1+json" }),
    ],
    ["says of itself nothing", "SIGNATURE_MANIFEST_NOT_A_SIGNATURE", ({ mediaType: _, ...good }) => good],
    ["has schema version 1", "SIGNATURE_MANIFEST_NOT_A_SIGNATURE", (good) => ({ ...good, schemaVersion: 1 })],
    ["has no config", "SIGNATURE_MANIFEST_NOT_A_SIGNATURE", ({ config: _, ...good }) => good],
    ["has no subject", "SIGNATURE_MANIFEST_NOT_A_SIGNATURE", ({ subject: _, ...good }) => good],
    [
      "has a subject without size",
      "SIGNATURE_MANIFEST_NOT_A_SIGNATURE",
      (good) => ({ ...good, subject: { ...ARTIFACT, size: null } }),
    ],
    [
      "has another artifact type",
      "SIGNATURE_MANIFEST_NOT_A_SIGNATURE",
      (good) => ({ ...good, artifactType: "application/spdx+json" }),
    ],
    [
      "has an image's config",
      "SIGNATURE_MANIFEST_NOT_A_SIGNATURE",
      (good) => ({ ...good, config: { ...good.config, mediaType: "application/vnd.oci.image.config.v1+json" } }),
    ],
    [
      "has neither artifact type nor config type",
      "SIGNATURE_MANIFEST_NOT_A_SIGNATURE",
      ({ artifactType: _, ...good }) => good,
    ],
  ];
  const withLayer = (good: Manifest, changes: object) => ({
    ...good,
    layers: [{ ...(good.layers[0] as object), ...changes }],
  });
  it.each(flawed)("is refused when it %s", async (_, code, change) => {
    const good = JSON.parse((await pack()).manifest.toString()) as Manifest;
    await expectCode(() => unpackSignature(Buffer.from(JSON.stringify(change(good)))), SigningError, code);
  });

  it("is read as what it is listed as, and as nothing but an image's or artifact's manifest", async () => {
    const { manifest } = await pack();
    const index = "application/vnd.oci.image.index.v1+json";
    await expectCode(() => unpackSignature(manifest, index), SigningError, "SIGNATURE_MANIFEST_MALFORMED");
    const listed = "application/vnd.oci.artifact.manifest.v1+json";
    await expectCode(() => unpackSignature(manifest, listed), SigningError, "SIGNATURE_MANIFEST_MALFORMED");
  });

  it("may have null for what is absent, members that nobody knows, and an envelope of any media type", async () => {
    const good = JSON.parse((await pack()).manifest.toString()) as Manifest;
    const layers = [{ ...(good.layers[0] as object), mediaType: null, data: null, platform: null }];
    const odd = { ...good, layers, annotations: { a: null }, blobs: 1, other: {} };
    expect(unpackSignature(Buffer.from(JSON.stringify(odd)))).toMatchObject({
      envelope: { mediaType: "" },
      annotations: { a: "" },
    });
  });

  it("is refused when it has a key twice or is too large", async () => {
    await expectCode(() => unpackSignature(Buffer.from('{"a":1,"a":1}')), JsonError, "JSON_DUPLICATE_KEY");
    await expectCode(() => unpackSignature(Buffer.from('{"Layers":[]}')), JsonError, "JSON_MISCASED_KEY");
    await expectCode(
      () => unpackSignature(Buffer.alloc(4 * 1024 * 1024 + 1, " ")),
      SigningError,
      "SIGNATURE_MANIFEST_TOO_LARGE",
    );
  });

  it("is read or refused with a typed error, whatever its bytes", async () => {
    const good = (await pack()).manifest.toString();
    const mutated = fc
      .tuple(fc.nat(good.length), fc.nat(8), fc.string({ maxLength: 4 }))
      .map(([at, drop, text]) => good.slice(0, at) + text + good.slice(at + drop));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), mutated), (text) => {
        try {
          unpackSignature(Buffer.from(text));
        } catch (error) {
          expect(error).toBeInstanceOf(BreakwaterError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
