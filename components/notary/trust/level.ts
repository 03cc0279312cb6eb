import type { SignatureVerification, ValidationAction, ValidationType, VerificationLevelName } from "./document";

/** What is done about a failure of each validation. */
export type Enforcement = Readonly<Record<ValidationType, ValidationAction>>;

/**
 * trust-store-trust-policy.md § Signature Verification details, the table (its prose of `permissive` omits authentic
 * time stamps).
 */
export const LEVELS: Readonly<Record<VerificationLevelName, Enforcement>> = {
  strict: {
    integrity: "enforce",
    authenticity: "enforce",
    authenticTimestamp: "enforce",
    expiry: "enforce",
    revocation: "enforce",
  },
  permissive: {
    integrity: "enforce",
    authenticity: "enforce",
    authenticTimestamp: "log",
    expiry: "log",
    revocation: "log",
  },
  audit: { integrity: "enforce", authenticity: "log", authenticTimestamp: "log", expiry: "log", revocation: "log" },
  skip: { integrity: "skip", authenticity: "skip", authenticTimestamp: "skip", expiry: "skip", revocation: "skip" },
};

/** § Custom Verification Level: the actions that a statement may override, and with what. */
export const OVERRIDES: Readonly<Record<ValidationType, readonly ValidationAction[]>> = {
  integrity: [],
  authenticity: ["enforce", "log"],
  authenticTimestamp: ["enforce", "log"],
  expiry: ["enforce", "log"],
  revocation: ["enforce", "log", "skip"],
};

export const VALIDATION_ACTIONS: readonly ValidationAction[] = ["enforce", "log", "skip"];

/** The level's actions, overridden as a valid statement says. */
export function enforcementOf({ level, override }: SignatureVerification): Enforcement {
  return { ...LEVELS[level], ...override };
}
