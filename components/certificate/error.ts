import { BreakwaterError } from "../errors";

export type CertificateErrorCode =
  | "ACME_SERVER_UNREACHABLE"
  | "ACME_ACCOUNT_REFUSED"
  | "ACME_ORDER_REFUSED"
  | "ACME_ORDER_INVALID"
  | "ACME_CHALLENGE_REJECTED"
  | "CHALLENGE_PORT_IN_USE"
  | "CERTIFICATE_CHAIN_INVALID";

/** A TLS certificate could not be had, or what the ACME server delivered is not one. */
export class CertificateError extends BreakwaterError<CertificateErrorCode> {}
