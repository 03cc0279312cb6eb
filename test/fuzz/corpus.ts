import { generateTestIdentity } from "../../components/identity/generateTest";
import { KEY_SPECS, type KeySpec } from "../../components/notary/certificates/keySpec";
import { localSigner } from "../../components/notary/signing/localSigner";
import { packSignature } from "../../components/notary/signing/manifest";
import { signArtifact } from "../../components/notary/signing/signArtifact";
import * as make from "../support/certificates";
import { makeCrl } from "../support/crl";
import { makeOcspResponse } from "../support/ocsp";
import { TSA_EXTENSIONS } from "../support/tsa";
import { makeResponse, makeToken } from "../support/tsaToken";

// Valid inputs by target of targets.mjs: what is near them gets past the first check.

const ARTIFACT = {
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  digest: `sha256:${"a".repeat(64)}`,
  size: 1024,
  annotations: { "org.example": "a" },
};
const clock = () => new Date();
const text = (...texts: string[]) => texts.map((value) => Buffer.from(value));
const json = (...values: unknown[]) => text(...values.map((value) => JSON.stringify(value)));

async function envelopes(format: "jws" | "cose", keySpecs: readonly KeySpec[] = ["EC-256", "RSA-2048"]) {
  return Promise.all(
    keySpecs.map(async (keySpec) => {
      const identity = await generateTestIdentity({ commonName: "signer", keySpec, lifetimeSeconds: 86_400, clock });
      const { privateKey, certificate: certificateChain } = identity;
      const signer = localSigner({ privateKey, certificateChain });
      const signed = await signArtifact({
        descriptor: ARTIFACT,
        signer,
        clock,
        format,
        expirySeconds: 3600,
        userMetadata: { build: "1" },
      });
      return { ...signed, certificateChain: signer.certificateChain };
    }),
  );
}

const bytesOf = (signed: Awaited<ReturnType<typeof envelopes>>) => signed.map(({ envelope }) => envelope);

async function protectedHeaders() {
  return bytesOf(await envelopes("jws")).map((envelope) =>
    Buffer.from((JSON.parse(envelope.toString()) as { protected: string }).protected, "base64url"),
  );
}

async function manifests() {
  return (await envelopes("jws")).flatMap(({ envelope, envelopeMediaType, certificateChain, signingTime: created }) =>
    (["artifactType", "legacy"] as const).map(
      (form) =>
        packSignature({ envelope, envelopeMediaType, subject: ARTIFACT, certificateChain, created, form }).manifest,
    ),
  );
}

const POLICIES = [
  {
    version: "1.0",
    trustPolicies: [
      {
        name: "images",
        registryScopes: ["registry.test/a", "registry.test:5000/b/c"],
        signatureVerification: { level: "strict", override: { revocation: "skip" }, verifyTimestamp: "always" },
        trustStores: ["ca:a", "signingAuthority:b", "tsa:c"],
        trustedIdentities: ["x509.subject: C=US, ST=WA, O=wabbit-networks.io, CN=a\\,b"],
      },
      { name: "skipped", registryScopes: ["registry.test/skipped"], signatureVerification: { level: "skip" } },
      {
        name: "all",
        registryScopes: ["*"],
        signatureVerification: { level: "audit" },
        trustStores: ["ca:a"],
        trustedIdentities: ["*"],
      },
    ],
  },
];

async function trusts() {
  const root = await make.goodRoot();
  const stores = { "ca:a": [root.pem], "signingAuthority:b": [root.pem], "tsa:c": [root.pem] };
  return json(...POLICIES.map((policy) => ({ policy, stores })));
}

async function selfSigned() {
  return Promise.all(KEY_SPECS.map(async (keySpec) => (await make.selfSignedLeaf({ keySpec })).der));
}

async function pems() {
  const root = await make.goodRoot();
  return text((await make.goodLeaf(root)).chainPem, root.pem);
}

const THIS_UPDATE = new Date("2026-01-01T00:00:00Z");
const NEXT_UPDATE = new Date("2027-01-01T00:00:00Z");

async function ocspResponses() {
  const issuer = await make.goodRoot();
  const certificate = await make.goodLeaf(issuer);
  const responder = await make.makeCertificate({
    issuer,
    extensions: [make.keyUsage(make.digitalSignature), make.extendedKeyUsage(make.ExtendedKeyUsage.ocspSigning)],
  });
  const common = { certificate, issuer, thisUpdate: THIS_UPDATE, nextUpdate: NEXT_UPDATE };
  return (["good", "revoked", "unknown"] as const).flatMap((status) => [
    makeOcspResponse({ ...common, status }),
    makeOcspResponse({ ...common, status, signer: responder, certificates: [responder.der] }),
  ]);
}

async function crls() {
  const issuer = await make.goodRoot();
  const entries = [{ certificate: await make.goodLeaf(issuer) }];
  const common = { issuer, thisUpdate: THIS_UPDATE, nextUpdate: NEXT_UPDATE };
  return [makeCrl(common), makeCrl({ ...common, entries, repeat: 3 })];
}

async function tokens() {
  const root = await make.goodRoot();
  return Promise.all(
    (["EC-256", "RSA-2048"] as const).map(async (keySpec) => {
      const leaf = await make.makeCertificate({ issuer: root, keySpec, extensions: TSA_EXTENSIONS() });
      const certificates = [leaf.der, root.der];
      return makeToken({ leaf, certificates, message: Buffer.from("notation"), genTime: "20260601120000Z" });
    }),
  );
}

export const CORPORA: Record<string, () => Promise<Buffer[]>> = {
  jws: async () => bytesOf(await envelopes("jws")),
  "jws-protected-header": protectedHeaders,
  cose: async () => bytesOf(await envelopes("cose")),
  payload: async () => json({ targetArtifact: ARTIFACT }),
  json: async () => json({ targetArtifact: ARTIFACT }, [1.5, null, true, "é"]),
  certificate: selfSigned,
  pem: pems,
  "distinguished-name": async () =>
    text("C=US, ST=WA, O=a", "CN=a\\,b\\20c,OU=x,O=a,ST=WA,C=US", "S=WA;C=US;O=\\C3\\A9"),
  "trust-policy": async () => json(...POLICIES),
  trust: trusts,
  "signature-manifest": manifests,
  "oci-signature-manifest": manifests,
  "referrer-descriptor": manifests,
  "oci-json": manifests,
  ocsp: ocspResponses,
  crl: crls,
  "timestamp-token": tokens,
  "timestamp-response": async () => (await tokens()).map((token) => makeResponse(token)),
  descriptor: async () =>
    json(ARTIFACT, { ...ARTIFACT, artifactType: "a/b", platform: { os: "linux", architecture: "a" } }),
  reference: async () =>
    text(`registry.test:5000/a/b-c_d.e:v1@sha256:${"a".repeat(64)}`, "[::1]:5000/a", "127.0.0.1/a:x"),
  challenge: async () =>
    text('Bearer realm="https://a.test/t",service="s",scope="repository:a:pull", Basic realm="\\"b"'),
};
