import { createRequire } from "node:module";

// Every parser of what others send: bytes of registries, signers, authorities, policies and people.

const require = createRequire(import.meta.url);
/** The compiled component. @param {string} path */
const component = (path) => require(`../../bin/components/${path}.js`);

const { openEnvelope } = component("notary/envelope/open");
const { parseProtectedHeader } = component("notary/envelope/protectedHeader");
const { parsePayload } = component("notary/payload");
const { parseStrictJson } = component("notary/json/strictJson");
const { parseCertificates } = component("notary/certificates/pem");
const { parseCertificate } = component("notary/certificates/certificate");
const { requireSigningChain } = component("notary/certificates/chain");
const { parseDistinguishedName } = component("notary/trust/distinguishedName");
const { compileTrust } = component("notary/trust/declaration");
const { parseTrustPolicy } = component("notary/trust/policy");
const { unpackSignature } = component("notary/signing/manifest");
const { entriesOf, parseCertificateList } = component("notary/revocation/certificateList");
const { parseOcspResponse } = component("notary/revocation/ocspResponse");
const { requireOcspSignature } = component("notary/revocation/ocspSignature");
const { tokenOf } = component("notary/timestamp/response");
const { parseToken, verifyToken } = component("notary/timestamp/verifyToken");
const { BreakwaterError } = component("errors");
const { readDescriptor } = component("oci/descriptor");
const { parseJsonObject } = component("oci/json");
const { referrerDescriptor } = component("oci/referrerDescriptor");
const { readOwnSignatureManifest } = component("oci/signatureManifest");
const { parseChallenges } = component("oci/challenge");
const { parseReference } = component("oci/reference");

const JWS = "application/jose+json";
const COSE = "application/cose";
const IMAGE_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const DESCRIPTOR = { mediaType: IMAGE_MANIFEST, digest: `sha256:${"a".repeat(64)}`, size: 1 };
/** Midnight of 1 January 2026, in nanoseconds. */
const INSTANT = 1_767_225_600_000_000_000n;

/** What is parsed is also judged; that it is refused there is no news. @param {() => unknown} judge */
function judged(judge) {
  try {
    judge();
  } catch (error) {
    if (!(error instanceof BreakwaterError)) throw error;
  }
}

/**
 * @typedef {object} Target
 * @property {"json" | "cbor" | "der" | "text"} syntax
 * @property {(input: Buffer) => unknown} run returns, or throws an error of ours
 */

/** @type {Record<string, Target>} */
export const targets = {
  jws: { syntax: "json", run: (input) => openEnvelope(input, JWS) },
  "jws-protected-header": { syntax: "json", run: (input) => parseProtectedHeader(input) },
  cose: { syntax: "cbor", run: (input) => openEnvelope(input, COSE) },
  payload: { syntax: "json", run: (input) => parsePayload(input) },
  json: { syntax: "json", run: (input) => parseStrictJson(input) },
  certificate: { syntax: "der", run: (input) => requireSigningChain([parseCertificate(input)]) },
  pem: { syntax: "text", run: (input) => parseCertificates(input) },
  "distinguished-name": { syntax: "text", run: (input) => parseDistinguishedName(input.toString()) },
  "trust-policy": { syntax: "json", run: (input) => parseTrustPolicy(input.toString()) },
  trust: {
    syntax: "json",
    run: (input) => compileTrust(parseStrictJson(input)),
  },
  "signature-manifest": { syntax: "json", run: (input) => unpackSignature(input) },
  "oci-signature-manifest": {
    syntax: "json",
    run: (input) => readOwnSignatureManifest(input, DESCRIPTOR.digest),
  },
  "referrer-descriptor": { syntax: "json", run: (input) => referrerDescriptor(input, DESCRIPTOR) },
  "oci-json": { syntax: "json", run: (input) => parseJsonObject(input, "an index", "REFERRERS_INVALID") },
  ocsp: {
    syntax: "der",
    run: (input) => {
      const response = parseOcspResponse(input);
      for (const certificate of response.certificates ?? [])
        judged(() => requireOcspSignature(response, parseCertificate(certificate), new Date()));
    },
  },
  crl: { syntax: "der", run: (input) => entriesOf(parseCertificateList(input), Buffer.of(1)) },
  "timestamp-token": {
    syntax: "der",
    run: (input) => {
      const token = parseToken(input);
      judged(() => verifyToken(token, [], INSTANT));
    },
  },
  "timestamp-response": {
    syntax: "der",
    run: (input) => judged(() => tokenOf(input, { nonce: Buffer.of(1), messageImprint: {} })),
  },
  descriptor: { syntax: "json", run: (input) => readDescriptor(parseStrictJson(input), "a list") },
  reference: { syntax: "text", run: (input) => parseReference(input.toString()) },
  challenge: { syntax: "text", run: (input) => parseChallenges(input.toString()) },
};
