import type { Certificate } from "../notary/certificates/certificate";
import { isSelfSigned } from "../notary/certificates/chain";

/** A certificate, by what a reviewer can compare. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** E.g. `RSA-3072`, `EC-256`. */
  readonly key: string;
  /** ISO 8601. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** SHA-256 of the DER, lower-case hex. */
  readonly thumbprint: string;
}

/** What an anchor vouches for: a root or an intermediate for all that it issues to, a leaf for itself alone. */
export type AnchorRole = "root" | "intermediate" | "leaf";

export function certificateFacts(certificate: Certificate): CertificateFacts {
  const { subject, issuer, notBefore, notAfter, thumbprint } = certificate;
  return {
    subject,
    issuer,
    key: keyOf(certificate),
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
    thumbprint,
  };
}

/** A leaf is what may not issue: trust stores take it only when it signed itself (trust-store-trust-policy.md § Trust Store). */
export function anchorRole(certificate: Certificate): AnchorRole {
  if (!certificate.basicConstraints?.ca) return "leaf";
  return isSelfSigned(certificate) ? "root" : "intermediate";
}

/** E.g. `RSA-3072`; a key that signs nothing in the Notary Project by its type alone. */
function keyOf(certificate: Certificate): string {
  if (certificate.keySpec) return certificate.keySpec;
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
    const size = asymmetricKeyDetails?.modulusLength ?? asymmetricKeyDetails?.namedCurve;
    return [asymmetricKeyType?.toUpperCase() ?? "unknown", size].filter((part) => part !== undefined).join("-");
  } catch {
    return "unknown";
  }
}
