import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { BreakwaterError } from "../../components/errors";
import { CertificateError } from "../../components/notary/certificates/error";
import { JsonError } from "../../components/notary/json/error";
import { SigningError, type SigningErrorCode } from "../../components/notary/signing/error";
import { localSigner } from "../../components/notary/signing/localSigner";
import {
  digestOf,
  packSignature,
  THUMBPRINT_ANNOTATION,
  unpackSignature,
} from "../../components/notary/signing/manifest";
import { type SignArtifactArgs, signArtifact } from "../../components/notary/signing/signArtifact";
import * as make from "../support/certificates";
import { ARTIFACT } from "./envelopes";
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
  const flawed: [string, SigningErrorCode, (good: Manifest) => unknown][] = [
    [
      "is no image manifest",
      "SIGNATURE_MANIFEST_MALFORMED",
      (good) => ({ ...good, mediaType: "application/vnd.oci.image.index.v1+json" }),
    ],
    ["has schema version 1", "SIGNATURE_MANIFEST_MALFORMED", (good) => ({ ...good, schemaVersion: 1 })],
    ["has no layer", "SIGNATURE_MANIFEST_MALFORMED", (good) => ({ ...good, layers: [] })],
    [
      "has two layers",
      "SIGNATURE_MANIFEST_MALFORMED",
      (good) => ({ ...good, layers: [...good.layers, ...good.layers] }),
    ],
    [
      "has a layer of another type",
      "SIGNATURE_MANIFEST_MALFORMED",
      (good) => ({ ...good, layers: [{ ...(good.layers[0] as object), mediaType: "text/plain" }] }),
    ],
    ["has no subject", "SIGNATURE_MANIFEST_MALFORMED", ({ subject: _, ...good }) => good],
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
  it.each(flawed)("is refused when it %s", async (_, code, change) => {
    const good = JSON.parse((await pack()).manifest.toString()) as Manifest;
    await expectCode(() => unpackSignature(Buffer.from(JSON.stringify(change(good)))), SigningError, code);
  });

  it("is refused when it has a key twice or is too large", async () => {
    await expectCode(() => unpackSignature(Buffer.from('{"a":1,"a":1}')), JsonError, "JSON_DUPLICATE_KEY");
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
