import { BreakwaterError } from "../errors";

export type IdentityErrorCode = "COMMON_NAME_INVALID" | "KEY_SPEC_UNSUPPORTED" | "LIFETIME_INVALID";

/** A signing identity cannot be made as asked. */
export class IdentityError extends BreakwaterError<IdentityErrorCode> {}
