import type { EnvelopeContent } from "../envelope/content";
import type { RevocationSource } from "../revocation/revocationSource";
import type { Statement } from "../trust/declaration";
import type { Failure } from "./verdict";

/**
 * trust-store-trust-policy.md § Steps "Validate Authentic Timestamp", § Timestamp Countersignature Verification
 * details; notation-go verifyTimestamp.
 * Time stamps are not verified yet: where the statement asks for it, the validation fails. Where it does not, a time
 * stamp in the envelope
 * is not looked at, and every certificate must be valid now.
 */
export async function checkAuthenticTimestamp(
  content: EnvelopeContent,
  statement: Statement,
  now: Date,
  _revocation: RevocationSource,
): Promise<Failure | undefined> {
  if (asksForTimestamp(content, statement, now)) {
    return {
      code: "TIMESTAMP_UNSUPPORTED",
      message: `the trust policy statement ${JSON.stringify(statement.declared.name)} names a tsa trust store, and time stamps cannot be verified: remove it`,
    };
  }
  for (const { subject, notBefore, notAfter } of content.certificateChain) {
    if (now < notBefore) {
      return {
        code: "CERTIFICATE_NOT_YET_VALID",
        message: `the certificate ${JSON.stringify(subject)} is valid only from ${notBefore.toISOString()}`,
      };
    }
    if (now > notAfter) {
      return {
        code: "CERTIFICATE_EXPIRED",
        message: `the certificate ${JSON.stringify(subject)} expired at ${notAfter.toISOString()}: sign again with a valid one`,
      };
    }
  }
  return undefined;
}

function asksForTimestamp(
  { certificateChain }: EnvelopeContent,
  { declared, hasTsaStore }: Statement,
  now: Date,
): boolean {
  if (!hasTsaStore) return false;
  if (declared.signatureVerification.verifyTimestamp !== "afterCertExpiry") return true;
  return certificateChain.some(({ notAfter }) => now > notAfter);
}
