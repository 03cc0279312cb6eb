import { BreakwaterError } from "../../errors";

export type EnvelopeErrorCode =
  | "ENVELOPE_TYPE_UNSUPPORTED"
  | "ENVELOPE_TOO_LARGE"
  | "ENVELOPE_MALFORMED"
  | "ENVELOPE_PROTECTED_HEADER_INVALID"
  | "ENVELOPE_CRITICAL_HEADER_INVALID"
  | "ENVELOPE_CERTIFICATE_CHAIN_INVALID"
  | "ENVELOPE_ALGORITHM_UNSUPPORTED"
  | "ENVELOPE_ALGORITHM_MISMATCH"
  | "ENVELOPE_SIGNATURE_INVALID"
  | "ENVELOPE_EXPIRY_NOT_AFTER_SIGNING_TIME"
  | "ENVELOPE_CONTENT_TYPE_UNSUPPORTED"
  | "ENVELOPE_PAYLOAD_MALFORMED";

/**
 * A signature envelope that is not one, or whose signature does not hold: signature-specification.md § Signature
 * Envelope.
 */
export class EnvelopeError extends BreakwaterError<EnvelopeErrorCode> {}

/** signature-envelope-jws.md § Protected Headers, signature-envelope-cose.md § Protected Header. */
export function protectedHeaderInvalid(what: string): EnvelopeError {
  return new EnvelopeError(
    "ENVELOPE_PROTECTED_HEADER_INVALID",
    `the envelope's protected header is not valid: ${what}; sign again`,
  );
}

export function criticalHeaderInvalid(what: string): EnvelopeError {
  return new EnvelopeError(
    "ENVELOPE_CRITICAL_HEADER_INVALID",
    `the envelope's protected header is not valid: ${what}; sign again`,
  );
}
