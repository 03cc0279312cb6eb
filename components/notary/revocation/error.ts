import { BreakwaterError, messageOf } from "../../errors";
import { translatingDerError } from "../der/error";

export type RevocationErrorCode =
  | "REVOCATION_CHAIN_INVALID"
  | "REVOCATION_ADDRESS_UNSUPPORTED"
  | "REVOCATION_ADDRESSES_TOO_MANY"
  | "REVOCATION_SOURCE_FAILED"
  | "REVOCATION_DATA_MALFORMED"
  | "OCSP_ADDRESS_MALFORMED"
  | "OCSP_UNSUCCESSFUL"
  | "OCSP_OTHER_CERTIFICATE"
  | "OCSP_SIGNATURE_INVALID"
  | "OCSP_RESPONDER_UNAUTHORIZED"
  | "OCSP_RESPONDER_REVOCATION"
  | "OCSP_CRITICAL_EXTENSION"
  | "OCSP_EXPIRED"
  | "OCSP_STATUS_UNKNOWN"
  | "CRL_ISSUER_UNAUTHORIZED"
  | "CRL_SIGNATURE_INVALID"
  | "CRL_EXPIRED"
  | "CRL_CRITICAL_EXTENSION"
  | "CRL_OTHER_SCOPE"
  | "CRL_DELTA_INVALID"
  | "CRL_DELTA_UNSUPPORTED";

/**
 * Why a revocation status stays unknown: "revocation unavailable" of trust-store-trust-policy.md § Certificate
 * Revocation Evaluation.
 */
export class RevocationError extends BreakwaterError<RevocationErrorCode> {}

/** What `read` makes of what a server sent. @throws RevocationError REVOCATION_DATA_MALFORMED in place of a DerError */
export function readingData<Value>(read: () => Value): Value {
  return translatingDerError(
    read,
    (error) =>
      new RevocationError(
        "REVOCATION_DATA_MALFORMED",
        `the server's data cannot be read (${messageOf(error)}): ask its operator`,
        { cause: error },
      ),
  );
}
