import type { Certificate } from "./certificate";
import { KeyUsageFlags } from "./usage";

// Who issued whom, as Go's crypto/x509 judges it: signature-specification.md § Other requirements.

/** Whether the algorithm is one that chains may use; those that are not verified at all have no hash in their name. */
export function isStrong(certificate: Certificate): boolean {
  return /\/SHA-(256|384|512)$|^Ed25519$/.test(certificate.signatureAlgorithm);
}

/**
 * Whether the certificate signed itself, whatever else its extensions say (a self-signed leaf is no CA). SHA-1 is
 * taken here, as by Go's CheckSignature: it is the certificate that is trusted, not its signature.
 */
export function isSelfSigned(certificate: Certificate): boolean {
  return certificate.isSignedWith(certificate);
}

/**
 * Whether `issuer`, as a CA, issued `certificate`: constraints, signature, names (Go's CheckSignatureFrom, then the
 * names).
 */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  return isStrong(certificate) && whyNotIssued(certificate, issuer) === undefined;
}

/** What speaks against it, whatever hash the signature uses; undefined when nothing does. */
export function whyNotIssued(certificate: Certificate, issuer: Certificate): string | undefined {
  // Version 1 has no extensions to say it.
  const isCa = issuer.basicConstraints ? issuer.basicConstraints.ca : issuer.version !== 3;
  if (!isCa) return "is no CA";
  const bits = issuer.keyUsage?.bits ?? 0;
  if (bits !== 0 && !(bits & KeyUsageFlags.keyCertSign)) return "may not sign certificates (keyCertSign)";
  if (!certificate.issuerDer.equals(issuer.subjectDer)) return `has another name than its issuer`;
  if (!certificate.isSignedWith(issuer)) return "has another key than the one that signed it";
  return undefined;
}
