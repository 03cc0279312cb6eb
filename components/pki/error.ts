import { BreakwaterError } from "../errors";

export type PkiErrorCode =
  | "PKI_ADDRESS_REFUSED"
  | "PKI_SERVER_UNREACHABLE"
  | "PKI_SERVER_UNTRUSTED"
  | "PKI_CONNECTION_LOST"
  | "PKI_TIMEOUT"
  | "PKI_REDIRECTS_TOO_MANY"
  | "PKI_RESPONSE_STATUS"
  | "PKI_RESPONSE_TYPE"
  | "PKI_RESPONSE_TOO_LARGE";

/** An OCSP responder, a CRL server or a time stamping authority that could not be asked over HTTP. */
export class PkiError extends BreakwaterError<PkiErrorCode> {}
