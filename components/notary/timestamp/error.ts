import { BreakwaterError } from "../../errors";

export type TimestampErrorCode =
  /** The time stamping authority cannot be reached, or does not answer as one. */
  | "TIMESTAMP_SERVER_FAILED"
  /** It answers, and refuses. */
  | "TIMESTAMP_REFUSED"
  /** Its token is not the answer to this request: another nonce or message imprint, or no certificate. */
  | "TIMESTAMP_RESPONSE_MISMATCH"
  | "TIMESTAMP_MALFORMED"
  | "TIMESTAMP_IMPRINT_MISMATCH"
  /** No signer of the token leads to a trusted root, or its signature does not hold. */
  | "TIMESTAMP_NOT_TRUSTED"
  /** The chain of the authority violates § Certificate Requirements. */
  | "TIMESTAMP_CERTIFICATE_INVALID"
  | "TIMESTAMP_OUTSIDE_CERTIFICATE_VALIDITY"
  | "TIMESTAMP_CERTIFICATE_REVOKED"
  | "TIMESTAMP_REVOCATION_UNKNOWN";

/**
 * A time stamp countersignature that cannot be had, or is not to be trusted: trust-store-trust-policy.md § Steps
 * "Validate Authentic Timestamp", signing-and-verification-workflow.md § Signing Steps.
 */
export class TimestampError extends BreakwaterError<TimestampErrorCode> {}
