import type { EnvelopeContent } from "../envelope/content";
import type { Failure } from "./verdict";

/**
 * trust-store-trust-policy.md § Certificate Revocation Evaluation. A certificate that names neither an OCSP responder
 * nor a CRL is not revokable, which
 * passes; so is a root (notation-core-go revocation/revocation.go). What names one would have to be asked, which is
 * not done yet: unknown is a failure.
 */
export function checkRevocation({ certificateChain }: EnvelopeContent): Failure | undefined {
  const revokable = certificateChain.slice(0, -1).find(({ revocation }) => revocation.ocsp || revocation.crl);
  if (!revokable) return undefined;
  return {
    code: "REVOCATION_UNSUPPORTED",
    message: `the certificate ${JSON.stringify(revokable.subject)} names ${revokable.revocation.ocsp ? "an OCSP responder" : "a CRL"}, which cannot be asked, so its revocation status is unknown: override revocation in the trust policy, or use a certificate without`,
  };
}
