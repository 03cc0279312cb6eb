import { BreakwaterError } from "../../errors";

export type SigningErrorCode =
  | "SIGNING_KEY_MALFORMED"
  | "SIGNING_KEY_UNSUPPORTED"
  | "SIGNING_KEY_DOES_NOT_MATCH_CERTIFICATE"
  | "SIGNING_TIME_INVALID"
  | "SIGNING_EXPIRY_INVALID"
  | "SIGNING_EXTENDED_ATTRIBUTE_INVALID"
  | "SIGNING_USER_METADATA_RESERVED"
  | "SIGNING_USER_METADATA_DUPLICATE"
  | "SIGNATURE_MANIFEST_MALFORMED"
  | "SIGNATURE_MANIFEST_TOO_LARGE"
  | "SIGNATURE_MANIFEST_NOT_A_SIGNATURE";

/** A signature cannot be made or packed as asked, or a manifest is not one of a signature (signature-specification.md § Signature Envelope). */
export class SigningError extends BreakwaterError<SigningErrorCode> {}
