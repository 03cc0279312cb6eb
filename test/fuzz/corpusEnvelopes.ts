import { decode, encode, Tag } from "cbor2";
import { generateTestIdentity } from "../../components/identity/generateTest";
import type { KeySpec } from "../../components/notary/certificates/keySpec";
import { localSigner } from "../../components/notary/signing/localSigner";
import { packSignature } from "../../components/notary/signing/manifest";
import { signArtifact } from "../../components/notary/signing/signArtifact";
import * as make from "../support/certificates";
import type { Corpus } from "./corpus";
import { ARTIFACT, json, text } from "./inputs";

// Signatures, and what decides about them.

const KEY_SPECS: readonly KeySpec[] = ["EC-256", "RSA-2048"];
const clock = () => new Date();
const EXTENDED = [
  { key: "org.example.text", critical: false, value: "é" },
  { key: "org.example.number", critical: true, value: -7 },
  { key: "org.example.flag", critical: false, value: true },
];

async function signed(format: "jws" | "cose") {
  const made = KEY_SPECS.flatMap((keySpec) => [false, true].map((extended) => ({ keySpec, extended })));
  return Promise.all(
    made.map(async ({ keySpec, extended }) => {
      const identity = await generateTestIdentity({ commonName: "signer", keySpec, lifetimeSeconds: 86_400, clock });
      const { privateKey, certificate: certificateChain } = identity;
      const signer = localSigner({ privateKey, certificateChain });
      const envelope = await signArtifact({
        descriptor: ARTIFACT,
        signer,
        clock,
        format,
        expirySeconds: 3600,
        userMetadata: { build: "1" },
        ...(extended && { extendedAttributes: EXTENDED }),
      });
      return { ...envelope, certificateChain: signer.certificateChain };
    }),
  );
}

const envelopesOf = async (format: "jws" | "cose") => (await signed(format)).map(({ envelope }) => envelope);

async function jwsProtectedHeaders(): Promise<Corpus> {
  const headers = (await envelopesOf("jws")).map((envelope) =>
    Buffer.from((JSON.parse(envelope.toString()) as { protected: string }).protected, "base64url"),
  );
  return { valid: [...headers, ...headers.slice(0, 1).map(bySigningAuthority)] };
}

/** The header of the other signing scheme. */
function bySigningAuthority(header: Buffer): Buffer {
  const { "io.cncf.notary.signingTime": signingTime, ...rest } = JSON.parse(header.toString()) as Record<
    string,
    string
  >;
  const scheme = "io.cncf.notary.signingScheme";
  const time = "io.cncf.notary.authenticSigningTime";
  const crit = [scheme, time, "io.cncf.notary.expiry"];
  return Buffer.from(JSON.stringify({ ...rest, [scheme]: "notary.x509.signingAuthority", [time]: signingTime, crit }));
}

type Parts = [
  protectedHeader: Uint8Array,
  unprotected: Map<unknown, unknown>,
  payload: Uint8Array,
  signature: Uint8Array,
];
const cbor = (value: unknown) => Buffer.from(encode(value, { cde: true }));
const decodedMap = (bytes: Uint8Array) => decode<Map<unknown, unknown>>(bytes, { preferMap: true });
const MAP = new Map<unknown, unknown>([
  [1, "a"],
  [-2, [1.5, null]],
  ["b", new Map([[new Uint8Array([1]), false]])],
]);

/** Also with a map among the parameters that are not signed, and a time stamp. */
async function coseEnvelopes(): Promise<Corpus> {
  const envelopes = await envelopesOf("cose");
  const richer = envelopes.map((envelope) => {
    const [header, unprotected, payload, signature] = decode<Tag>(Uint8Array.from(envelope), { preferMap: true })
      .contents as Parts;
    const more = new Map([...unprotected, ["org.example.map", MAP]]);
    more.set("io.cncf.notary.timestampSignature", new Uint8Array([0x30, 0x00]));
    return cbor(new Tag(18, [header, more, payload, signature]));
  });
  return { valid: [...envelopes, ...richer] };
}

/** Also with values that JSON has not. */
async function coseProtectedHeaders(): Promise<Corpus> {
  const headers = (await envelopesOf("cose")).map((envelope) => (decode<Tag>(envelope).contents as Parts)[0]);
  const richer = headers.map((header) =>
    cbor(
      new Map([
        ...decodedMap(header),
        ["org.example.map", MAP],
        ["org.example.date", new Tag(0, "2026-06-01T12:00:00Z")],
        ["org.example.epoch", new Tag(1, 1_780_315_200.5)],
        ["org.example.big", new Tag(2, new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9]))],
        [-70_000, new Tag(42, "x")],
      ]),
    ),
  );
  return { valid: [...headers, ...richer].map((header) => Buffer.from(header)) };
}

async function manifests(): Promise<Corpus> {
  const valid = (await signed("jws")).flatMap(
    ({ envelope, envelopeMediaType, certificateChain, signingTime: created }) =>
      (["artifactType", "legacy"] as const).map(
        (form) =>
          packSignature({ envelope, envelopeMediaType, subject: ARTIFACT, certificateChain, created, form }).manifest,
      ),
  );
  return { valid };
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

async function trusts(): Promise<Corpus> {
  const root = await make.goodRoot();
  const stores = { "ca:a": [root.pem], "signingAuthority:b": [root.pem], "tsa:c": [root.pem] };
  return { valid: json(...POLICIES.map((policy) => ({ policy, stores }))) };
}

export const ENVELOPES: Record<string, () => Promise<Corpus>> = {
  jws: async () => ({ valid: await envelopesOf("jws") }),
  "jws-protected-header": jwsProtectedHeaders,
  cose: coseEnvelopes,
  "cose-protected-header": coseProtectedHeaders,
  payload: async () => ({ valid: json({ targetArtifact: ARTIFACT }) }),
  json: async () => ({ valid: json({ targetArtifact: ARTIFACT }, [1.5, null, true, "é"]) }),
  rfc3339: async () => ({
    valid: text("2026-06-01T12:00:00Z", "0001-02-28T23:59:59.123456789+05:30", "2024-02-29T00:00:00-23:59"),
  }),
  base64: async () => ({ valid: text("", "AAA=", "+/+/", "AA==") }),
  base64url: async () => ({ valid: text("", "AAA", "-_-_", "AA") }),
  "distinguished-name": async () => ({
    valid: text("C=US, ST=WA, O=a", "CN=a\\,b\\20c,OU=x,O=a,ST=WA,C=US", "S=WA;C=US;O=\\C3\\A9"),
  }),
  "trust-policy": async () => ({ valid: json(...POLICIES) }),
  trust: trusts,
  "signature-manifest": manifests,
  "oci-signature-manifest": manifests,
  "referrer-descriptor": manifests,
  "oci-json": manifests,
};
