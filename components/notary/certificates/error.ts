import { BreakwaterError } from "../../errors";

export type CertificateErrorCode =
  | "CERTIFICATE_MALFORMED"
  | "CERTIFICATE_CHAIN_EMPTY"
  | "CERTIFICATE_CHAIN_NOT_ISSUED_BY_NEXT"
  | "CERTIFICATE_CHAIN_ROOT_NOT_SELF_SIGNED"
  | "CERTIFICATE_CHAIN_EXTRA_SELF_SIGNED"
  | "CERTIFICATE_SIGNATURE_ALGORITHM_UNSUPPORTED"
  | "CERTIFICATE_NOT_VALID_AT_SIGNING_TIME"
  | "CERTIFICATE_BASIC_CONSTRAINTS"
  | "CERTIFICATE_PATH_LENGTH"
  | "CERTIFICATE_KEY_USAGE"
  | "CERTIFICATE_EXTENDED_KEY_USAGE"
  | "CERTIFICATE_KEY_UNSUPPORTED";

/** A certificate or chain that cannot be parsed, or violates signature-specification.md § Certificate Requirements. */
export class CertificateError extends BreakwaterError<CertificateErrorCode> {}
