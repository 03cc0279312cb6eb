import { BreakwaterError } from "../errors";

export type TrustDirectoryErrorCode =
  | "TRUST_POLICY_FILE_MISSING"
  | "TRUST_POLICY_FILES_DIFFER"
  | "TRUST_FILE_UNREADABLE"
  | "TRUST_FILE_NOT_REGULAR"
  | "TRUST_FILE_TOO_LARGE"
  | "TRUST_FILE_EXTENSION_UNSUPPORTED"
  | "TRUST_FILE_CERTIFICATE_INVALID"
  | "TRUST_STORE_FOLDER_INVALID";

/** A folder does not hold a trust policy and trust stores in notation's layout. */
export class TrustDirectoryError extends BreakwaterError<TrustDirectoryErrorCode> {}
