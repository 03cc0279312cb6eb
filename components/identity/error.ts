import { BreakwaterError } from "../errors";

export type IdentityErrorCode =
  | "COMMON_NAME_INVALID"
  | "KEY_SPEC_UNSUPPORTED"
  | "LIFETIME_INVALID"
  | "IDENTITY_KEY_MISSING"
  | "IDENTITY_KEY_EXPOSED"
  | "IDENTITY_KEY_MISMATCH"
  | "IDENTITY_KEY_UNUSABLE";

/** A signing identity cannot be made, or used, as asked. */
export class IdentityError extends BreakwaterError<IdentityErrorCode> {}
