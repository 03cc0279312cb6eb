import { component, orRefused, requireThat } from "./component.mjs";

const { openEnvelope } = component("notary/envelope/open");
const { readCbor } = component("notary/envelope/cbor");
const { readCoseHeader } = component("notary/envelope/coseHeader");
const { readCoseProtectedHeader } = component("notary/envelope/coseProtectedHeader");
const { parseProtectedHeader } = component("notary/envelope/protectedHeader");
const { nanosecondsBeyond, parseRfc3339 } = component("notary/envelope/rfc3339");
const { fromBase64, fromBase64Url } = component("notary/envelope/base64");
const { parsePayload } = component("notary/payload");
const { parseStrictJson } = component("notary/json/strictJson");
const { parseCertificates } = component("notary/certificates/pem");
const { parseCertificate } = component("notary/certificates/certificate");
const { requireSigningChain } = component("notary/certificates/chain");
const { lintChain } = component("notary/certificates/lint");
const { ExtensionType } = component("notary/certificates/extension");
const { parseDistinguishedName } = component("notary/trust/distinguishedName");
const { compileTrust } = component("notary/trust/declaration");
const { parseTrustPolicy } = component("notary/trust/policy");
const { unpackSignature } = component("notary/signing/manifest");
const { entriesOf, findExtension, parseCertificateList } = component("notary/revocation/certificateList");
const { crlStatus } = component("notary/revocation/crl");
const { requireCrl, requireDelta } = component("notary/revocation/crlRequirements");
const { distributionPointUris, requireScope } = component("notary/revocation/distributionPoint");
const { invalidityDate } = component("notary/revocation/invalidityDate");
const { ocspStatus } = component("notary/revocation/ocsp");
const { parseOcspResponse } = component("notary/revocation/ocspResponse");
const { requireOcspSignature, singleResponseFor } = component("notary/revocation/ocspSignature");
const { tokenOf } = component("notary/timestamp/response");
const { requireAttributes, signingCertificateOf, signingTimeOf } = component("notary/timestamp/signer");
const { requireTrustedTimestamp } = component("notary/timestamp/trustedTimestamp");
const { parseToken, verifyToken } = component("notary/timestamp/verifyToken");

const JWS = "application/jose+json";
const COSE = "application/cose";
/** Within the validity of the corpora's certificates and lists. */
const NOW = new Date("2026-06-01T12:00:00Z");
const INSTANT = BigInt(NOW.getTime()) * 1_000_000n;
const SHA256 = "2.16.840.1.101.3.4.2.1";

const noSource = { askOcsp: nothing, fetchCrl: nothing };
async function nothing() {
  throw new Error("nothing is asked for here");
}

/** @param {unknown[]} chain */
function judgeChain(chain) {
  for (const purpose of ["codeSigning", "timestamping"])
    for (const { code } of lintChain(chain, purpose, NOW)) requireThat(/^CERTIFICATE_/.test(code), `the code ${code}`);
  requireSigningChain(chain);
}

/** The status takes any error of the source for one that can happen; here the source has none. @param {any} found */
function requireNoCrash({ code, reason }) {
  requireThat(code !== "REVOCATION_SOURCE_FAILED", reason);
}

/** @param {any[]} extensions */
function readInvalidityDate(extensions) {
  const extension = findExtension(extensions, ExtensionType.invalidityDate);
  if (extension) invalidityDate(extension);
}

/** @param {Buffer} input @param {Record<string, Buffer>} context */
async function ocsp(input, context) {
  const [certificate, issuer] = [context.certificate, context.issuer].map(parseCertificate);
  const source = { ...noSource, askOcsp: async () => input };
  requireNoCrash(await ocspStatus({ certificate, issuer, source, now: NOW, signingTime: NOW }));
  const response = parseOcspResponse(input);
  for (const { extensions } of response.responses) readInvalidityDate(extensions);
  singleResponseFor(response, certificate, issuer);
  requireOcspSignature(response, issuer, NOW);
}

/** @param {Buffer} input @param {Record<string, Buffer>} context */
async function crl(input, context) {
  const [certificate, issuer] = [context.certificate, context.issuer].map(parseCertificate);
  const fetchCrl = async (/** @type {string} */ url) => (url.endsWith("delta") ? context.delta : input);
  requireNoCrash(
    await crlStatus({ certificate, issuer, source: { ...noSource, fetchCrl }, now: NOW, signingTime: NOW }),
  );
  const list = parseCertificateList(input);
  for (const { extensions } of await entriesOf(list, certificate.serialNumber)) readInvalidityDate(extensions);
  const freshest = findExtension(list.extensions, ExtensionType.freshestCrl);
  if (freshest) distributionPointUris(freshest.value);
  requireScope(list.extensions, certificate);
  const isDelta = findExtension(list.extensions, ExtensionType.deltaCrlIndicator) !== undefined;
  if (isDelta) requireDelta(list, parseCertificateList(context.base));
  requireCrl(list, issuer, NOW, isDelta ? "delta" : "base");
}

/** @param {Buffer} input @param {Record<string, Buffer>} context */
async function timestampToken(input, context) {
  const roots = [parseCertificate(context.root)];
  const token = parseToken(input);
  for (const signer of token.signedData.signerInfos) {
    signingTimeOf(signer);
    signingCertificateOf(signer, token.signedData.certificates);
  }
  verifyToken(token, roots, INSTANT);
  for (const signer of token.signedData.signerInfos) requireAttributes(signer, token.signedData);
  const judged = { token: input, signature: context.message, certificateChain: roots, roots, now: NOW, at: NOW };
  await requireTrustedTimestamp({ ...judged, revocation: noSource });
}

/** @type {Record<string, import("./targets.mjs").Target>} */
export const notaryTargets = {
  jws: { syntax: "json", run: (input) => openEnvelope(input, JWS) },
  "jws-protected-header": { syntax: "json", run: (input) => parseProtectedHeader(input) },
  cose: { syntax: "cbor", run: (input) => openEnvelope(input, COSE) },
  "cose-protected-header": {
    syntax: "cbor",
    run: (input) => readCoseProtectedHeader(readCoseHeader(readCbor(input, "allowed"), "protected")),
  },
  payload: { syntax: "json", run: (input) => parsePayload(input) },
  json: { syntax: "json", run: (input) => parseStrictJson(input) },
  rfc3339: {
    syntax: "text",
    run: (input) => {
      const time = orRefused(parseRfc3339(input.toString()));
      const beyond = nanosecondsBeyond(input.toString());
      requireThat(!Number.isNaN(time.getTime()) && beyond >= 0 && beyond < 1_000_000, "a time is none");
    },
  },
  base64: {
    syntax: "text",
    run: (input) => {
      const text = input.toString();
      requireThat(orRefused(fromBase64(text)).toString("base64") === text, "two texts for one value");
    },
  },
  base64url: {
    syntax: "text",
    run: (input) => {
      const text = input.toString();
      requireThat(orRefused(fromBase64Url(text)).toString("base64url") === text, "two texts for one value");
    },
  },
  certificate: { syntax: "der", run: (input) => judgeChain([parseCertificate(input)]) },
  "certificate-authority": {
    syntax: "der",
    run: (input, { leaf }) => judgeChain([parseCertificate(leaf), parseCertificate(input)]),
  },
  pem: { syntax: "text", run: (input) => parseCertificates(input) },
  "distinguished-name": { syntax: "text", run: (input) => parseDistinguishedName(input.toString()) },
  "trust-policy": { syntax: "json", run: (input) => parseTrustPolicy(input.toString()) },
  trust: { syntax: "json", run: (input) => compileTrust(parseStrictJson(input)) },
  "signature-manifest": { syntax: "json", run: (input) => unpackSignature(input) },
  ocsp: { syntax: "der", run: ocsp },
  crl: { syntax: "der", run: crl },
  "timestamp-token": { syntax: "der", run: timestampToken },
  "timestamp-response": {
    syntax: "der",
    run: (input, { nonce, imprint }) => {
      const messageImprint = { hashAlgorithm: SHA256, parameters: Buffer.of(5, 0), hashedMessage: imprint };
      return tokenOf(input, { nonce, messageImprint });
    },
  },
};
