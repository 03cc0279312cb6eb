import type { CertificateErrorCode } from "../certificates/error";
import type { EnvelopeErrorCode } from "../envelope/error";
import type { JsonErrorCode } from "../json/error";
import type { SigningErrorCode } from "../signing/error";
import type { TimestampErrorCode } from "../timestamp/error";
import type { ValidationAction, ValidationType, VerificationLevelName } from "../trust/document";
import type { TrustPolicyErrorCode } from "../trust/error";

/** Why something was not verified: the code of what a parser refused, or one of verification's own
 * (trust-store-trust-policy.md § Signature Verification). */
export type VerdictCode =
  | EnvelopeErrorCode
  | CertificateErrorCode
  | JsonErrorCode
  | SigningErrorCode
  | TrustPolicyErrorCode
  | TimestampErrorCode
  | "NO_APPLICABLE_TRUST_POLICY"
  | "NO_SIGNATURE"
  | "NO_SIGNATURE_VERIFIED"
  | "MAX_SIGNATURES_REACHED"
  | "SIGNATURE_RETRIEVAL_FAILED"
  | "SIGNATURE_SUBJECT_MISMATCH"
  | "VERIFICATION_PLUGIN_UNSUPPORTED"
  | "CRITICAL_ATTRIBUTE_UNKNOWN"
  | "NO_TRUSTED_CERTIFICATE"
  | "CERTIFICATE_CHAIN_NOT_TRUSTED"
  | "SIGNER_IDENTITY_NOT_TRUSTED"
  | "SIGNATURE_EXPIRED"
  | "CERTIFICATE_NOT_YET_VALID"
  | "CERTIFICATE_EXPIRED"
  | "TIMESTAMP_MISSING"
  | "CERTIFICATE_REVOKED"
  | "REVOCATION_UNKNOWN"
  | "ARTIFACT_MISMATCH"
  | "USER_METADATA_MISMATCH"
  | "VERIFICATION_INCONCLUSIVE";

/** A reason for a failure: a stable code and a sentence for people. */
export interface Failure {
  code: VerdictCode;
  message: string;
}

/**
 * One validation of one signature: what notation-go records as a ValidationResult (and, beyond it, a validation that
 * the policy skips). A signature may be verified with failures: those whose action is `log`.
 */
export interface Outcome {
  validation: ValidationType;
  action: ValidationAction;
  result: "passed" | "failed" | "skipped";
  code?: VerdictCode;
  message?: string;
}

/** The signing certificate. */
export interface SignerIdentity {
  subject: string;
  issuer: string;
  /** SHA-256 of its DER, lower-case hex. */
  thumbprint: string;
}

export interface SignatureVerdict {
  /** Digest of the signature manifest; of the envelope when it is not packed yet. */
  digest: string;
  /** `null` unless the signature has integrity: what an altered envelope says of its signer means nothing. */
  signer: SignerIdentity | null;
  verdict: "verified" | "failed";
  /** In the order of evaluation, up to the first enforced failure. */
  outcomes: Outcome[];
  /** What failed it: an enforced validation, or a check that no level can relax. */
  code?: VerdictCode;
  message?: string;
}

/** Plain JSON. */
export interface ArtifactVerdict {
  digest: string;
  verdict: "verified" | "failed" | "skipped";
  /** Whether the signer is trusted in fact: authenticity is enforced, and it passed. Never true unless verified. */
  enforced: boolean;
  /**
   * Name and level of the applicable trust policy statement; `null` without one. The level is as declared, before
   * overrides.
   */
  statement: string | null;
  level: VerificationLevelName | null;
  /** Those that were evaluated, the verified one last. */
  signatures: SignatureVerdict[];
  code?: VerdictCode;
  message?: string;
}
