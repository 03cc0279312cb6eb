import { BreakwaterError } from "../../errors";

export type VerificationErrorCode = "VERIFICATION_MAX_SIGNATURES_INVALID" | "VERIFICATION_TIME_INVALID";

/** Verification was called in a way that cannot give a verdict (trust-store-trust-policy.md § Signature Verification). */
export class VerificationError extends BreakwaterError<VerificationErrorCode> {}
