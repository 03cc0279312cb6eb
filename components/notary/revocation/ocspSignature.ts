import { createHash } from "node:crypto";
import { messageOf } from "../../errors";
import { type Certificate, parseCertificate } from "../certificates/certificate";
import { hashOf, SHA1_IDENTIFIER } from "../certificates/hash";
import { ExtendedKeyUsage } from "../certificates/usage";
import { quoted } from "../quoted";
import { RevocationError } from "./error";
import type { OcspResponse, SingleResponse } from "./ocspResponse";
import { algorithmId, isSignedBy } from "./signature";

/** PKCS #1 and ECDSA: golang.org/x/crypto/ocsp knows neither RSASSA-PSS nor Ed25519. */
const ALGORITHM_IDS = /^(1\.2\.840\.113549\.1\.1\.(5|11|12|13)|1\.2\.840\.10045\.4\.(1|3\.[234]))$/;

/**
 * Checks who signed a response: the issuer of the certificate asked about, or a responder to whom that issuer delegated
 * it (trust-store-trust-policy.md § Revocation Checking with OCSP, step 1; RFC 6960 § 4.2.2.2). As in
 * golang.org/x/crypto/ocsp, a certificate that comes along is the first and must be signed by the issuer's key: an
 * intermediate issuer that sends its own certificate is refused.
 *
 * Stricter than the reference implementation, which takes any certificate of the issuer for a responder, so that a
 * revoked signer could answer for itself: the certificate must have the extended key usage OCSPSigning (RFC 6960
 * § 4.2.2.2) and be valid now (the specification: "valid and trusted").
 * @returns the delegated responder, undefined when the issuer itself signed
 * @throws RevocationError OCSP_SIGNATURE_INVALID, OCSP_RESPONDER_UNAUTHORIZED
 */
export function requireOcspSignature(response: OcspResponse, issuer: Certificate, now: Date): Certificate | undefined {
  const [attached] = response.certificates;
  const signer = attached ? responderOf(attached) : issuer;
  if (!ALGORITHM_IDS.test(algorithmId(response)) || !isSignedBy(response, signer)) {
    throw new RevocationError(
      "OCSP_SIGNATURE_INVALID",
      `the OCSP response is not signed by ${quoted(signer.subject)}: it may have been tampered with`,
    );
  }
  if (!attached) return undefined;
  if (!signer.isSignedWith(issuer)) throw unauthorized(signer, `is not issued by ${quoted(issuer.subject)}`);
  if (signer.thumbprint === issuer.thumbprint) return undefined;
  if (!signer.extendedKeyUsage?.includes(ExtendedKeyUsage.ocspSigning)) {
    throw unauthorized(signer, "has no extended key usage OCSPSigning");
  }
  if (now < signer.notBefore || now > signer.notAfter) {
    throw unauthorized(signer, `is valid from ${signer.notBefore.toISOString()} to ${signer.notAfter.toISOString()}`);
  }
  return signer;
}

/**
 * The answer about one certificate. Stricter than the reference implementation, which compares serial numbers alone:
 * the issuer must be the same, too (RFC 6960 § 3.2, item 1).
 * @throws RevocationError OCSP_OTHER_CERTIFICATE, OCSP_CRITICAL_EXTENSION
 */
export function singleResponseFor(
  { responses }: OcspResponse,
  certificate: Certificate,
  issuer: Certificate,
): SingleResponse {
  const found = responses.find(({ serialNumber }) => serialNumber.equals(certificate.serialNumber));
  if (!found || !isIssuer(found, issuer)) {
    throw new RevocationError("OCSP_OTHER_CERTIFICATE", "the OCSP response is about another certificate");
  }
  if (found.extensions.some(({ critical }) => critical)) {
    throw new RevocationError("OCSP_CRITICAL_EXTENSION", "the OCSP response has an unknown critical extension");
  }
  return found;
}

function isIssuer({ hashAlgorithm, issuerNameHash, issuerKeyHash }: SingleResponse, issuer: Certificate): boolean {
  const hash = hashAlgorithm === SHA1_IDENTIFIER ? "sha1" : hashOf(hashAlgorithm);
  if (hash === undefined) return false;
  const digestOf = (data: Buffer) => createHash(hash).update(data).digest();
  return digestOf(issuer.subjectDer).equals(issuerNameHash) && digestOf(issuer.publicKeyBits).equals(issuerKeyHash);
}

function responderOf(der: Buffer): Certificate {
  try {
    return parseCertificate(der);
  } catch (error) {
    throw new RevocationError("OCSP_RESPONDER_UNAUTHORIZED", `of the responder, ${messageOf(error)}`, { cause: error });
  }
}

function unauthorized(responder: Certificate, what: string): RevocationError {
  return new RevocationError(
    "OCSP_RESPONDER_UNAUTHORIZED",
    `the responder ${quoted(responder.subject)} may not answer: its certificate ${what}`,
  );
}
