import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { Descriptor } from "../../components/notary/descriptor";
import { JWS_MEDIA_TYPE } from "../../components/notary/envelope/content";
import { CONTENT_DEFECTS, type SignatureRepository } from "../../components/notary/signatureRepository";
import { digestOf, packSignature } from "../../components/notary/signing/manifest";
import { compileTrust, type Trust } from "../../components/notary/trust/declaration";
import type { VerdictCode } from "../../components/notary/verification/verdict";
import { verifyArtifact } from "../../components/notary/verification/verifyArtifact";
import { OciError } from "../../components/oci/error";
import * as make from "../support/certificates";
import { unreachable } from "../support/revocation";
import { ARTIFACT, signJws } from "./envelopes";
import { expectCode } from "./expectCode";

// What is wrong with one signature, before a good one: what stops the evaluation of the artifact, as notation-go's, and
// what fails that signature alone.

const SCOPE = "registry.test/net-monitor";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const DEFECT_IN = { manifest: "fetchManifest", envelope: "fetchEnvelope" } as const;
let trust: Trust;
let envelope: Buffer;
let manifest: Buffer;
beforeAll(async () => {
  const root = await make.goodRoot();
  const leaf = await make.goodLeaf(root);
  envelope = Buffer.from(JSON.stringify(signJws(leaf, { chain: [leaf, root] })));
  const certificateChain = [leaf.der, root.der];
  const subject = ARTIFACT;
  ({ manifest } = packSignature({
    ...{ envelope, envelopeMediaType: JWS_MEDIA_TYPE, subject, certificateChain, created: make.NOW },
  }));
  const statement = { name: "images", registryScopes: [SCOPE], signatureVerification: { level: "strict" as const } };
  trust = compileTrust({
    policy: { version: "1.0", trustPolicies: [{ ...statement, trustStores: ["ca:a"], trustedIdentities: ["*"] }] },
    stores: { "ca:a": [root.pem] },
  });
});

const listedAs = (bytes: Buffer, mediaType = MANIFEST): Descriptor => ({
  ...{ mediaType, digest: digestOf(bytes), size: bytes.length },
});

/** A registry with one signature of these bytes, and behind it the good one. */
async function verify(first: Buffer, changes: Partial<SignatureRepository> = {}, mediaType = MANIFEST) {
  const signatures: SignatureRepository = {
    scope: SCOPE,
    listSignatures: async () => [listedAs(first, mediaType), listedAs(manifest)],
    fetchManifest: async ({ digest }) => (digest === digestOf(first) ? first : manifest),
    fetchEnvelope: async () => envelope,
    pushSignature: async () => undefined,
    ...changes,
  };
  const args = { artifact: ARTIFACT, scope: SCOPE, trust, clock: make.now, revocation: unreachable };
  return verifyArtifact({ ...args, signatures });
}

const changed = (from: string | RegExp, to: string) => {
  const text = manifest.toString().replace(from, to);
  expect(text).not.toBe(manifest.toString());
  return Buffer.from(text);
};
const stopped = (code: VerdictCode = "SIGNATURE_RETRIEVAL_FAILED") => ({
  verdict: "failed",
  enforced: false,
  code,
  signatures: [{ signer: null, verdict: "failed", outcomes: [], code }],
});

describe("a signature that notation-go cannot retrieve stops the evaluation, though a good one is behind it", () => {
  const manifests: [string, () => Buffer][] = [
    ["is no JSON", () => Buffer.from("{")],
    ["is a list", () => Buffer.from("[]")],
    ["has nothing", () => Buffer.from('{"schemaVersion":2}')],
    ["has a number for annotation", () => changed('"annotations":{', '"annotations":{"x":1,')],
    ["has two layers", () => changed(/"layers":\[(.*?)\]/, '"layers":[$1,$1]')],
    ["has a layer without digest", () => changed(/("layers":\[\{"mediaType":"[^"]*"),"digest":"[^"]*"/, "$1")],
    ["has a text for the size of its config", () => changed('"size":2}', '"size":"2"}')],
    ["has a key twice", () => changed('"layers":', '"layers":[],"layers":')],
    ["has a key in another case", () => changed('"layers":', '"Layers":')],
    ["has a size with an exponent", () => changed('"size":2}', '"size":2e0}')],
  ];
  it.each(manifests)("when its manifest %s", async (_, make) => {
    expect(await verify(make())).toMatchObject(stopped());
  });

  it("when it is listed as another thing than a manifest of an image or artifact", async () => {
    expect(await verify(manifest, {}, "application/vnd.oci.image.index.v1+json")).toMatchObject(stopped());
  });

  it.each(CONTENT_DEFECTS.flatMap((code) => [["manifest", code] as const, ["envelope", code] as const]))(
    "when the repository says of its %s: %s",
    async (content, code) => {
      const fetch = () => Promise.reject(new OciError(code, "it is damaged"));
      expect(await verify(manifest, { [DEFECT_IN[content]]: fetch })).toMatchObject(stopped());
    },
  );
});

describe("a signature that notation-go would go on to judge is a failed one, and a good one behind it verifies", () => {
  const cases: [string, VerdictCode, () => Buffer][] = [
    ["another subject", "SIGNATURE_SUBJECT_MISMATCH", () => changed(/("subject":.*"digest":"sha256:)..../, "$10000")],
    ["no subject", "SIGNATURE_MANIFEST_NOT_A_SIGNATURE", () => changed(/"subject":\{[^}]*\},/, "")],
    [
      "the types of no signature",
      "SIGNATURE_MANIFEST_NOT_A_SIGNATURE",
      () => changed('"artifactType":"application/vnd.cncf', '"artifactType":"application/vnd.acme'),
    ],
    ["schema version 1", "SIGNATURE_MANIFEST_NOT_A_SIGNATURE", () => changed('"schemaVersion":2', '"schemaVersion":1')],
    ["an envelope of an unknown format", "ENVELOPE_TYPE_UNSUPPORTED", () => changed(JWS_MEDIA_TYPE, "text/plain")],
    ["an envelope of the other format", "ENVELOPE_MALFORMED", () => changed(JWS_MEDIA_TYPE, "application/cose")],
  ];
  it.each(cases)("when it has %s", async (_, code, make) => {
    const verdict = await verify(make());
    expect(verdict).toMatchObject({
      verdict: "verified",
      enforced: true,
      signatures: [{ verdict: "failed", code }, { verdict: "verified" }],
    });
    const outcomes = code.startsWith("ENVELOPE_") ? [{ validation: "integrity", result: "failed", code }] : [];
    expect(verdict.signatures[0]?.outcomes).toMatchObject(outcomes);
  });
});

describe("a registry", () => {
  it("that does not answer gives no verdict", async () => {
    const fetch = () => Promise.reject(new OciError("REGISTRY_UNREACHABLE", "it does not answer"));
    for (const method of Object.values(DEFECT_IN))
      await expectCode(() => verify(manifest, { [method]: fetch }), OciError, "REGISTRY_UNREACHABLE");
  });

  it("may name an envelope by SHA-512", async () => {
    const digest = `sha512:${createHash("sha512").update(envelope).digest("hex")}`;
    const asked: Descriptor[] = [];
    const fetchEnvelope = async (descriptor: Descriptor) => {
      asked.push(descriptor);
      return envelope;
    };
    const first = changed(digestOf(envelope), digest);
    const verdict = await verify(first, { fetchEnvelope });
    expect(verdict.signatures).toMatchObject([{ digest: digestOf(first), verdict: "verified" }]);
    expect(asked).toEqual([{ mediaType: JWS_MEDIA_TYPE, digest, size: envelope.length }]);
  });
});
