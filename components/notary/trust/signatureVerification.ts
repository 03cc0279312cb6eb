import { quoted } from "../quoted";
import type {
  SignatureVerification,
  ValidationAction,
  ValidationType,
  VerificationLevelName,
  VerifyTimestamp,
} from "./document";
import { TrustPolicyError } from "./error";
import { LEVELS, OVERRIDES, VALIDATION_ACTIONS } from "./level";
import { requireKnownFields, requireObject, requireText } from "./shape";
import { suggestion } from "./suggestion";

const FIELDS = ["level", "override", "verifyTimestamp"];
const LEVEL_NAMES = Object.keys(LEVELS) as VerificationLevelName[];
const VALIDATIONS = Object.keys(OVERRIDES) as ValidationType[];
const VERIFY_TIMESTAMP: readonly VerifyTimestamp[] = ["always", "afterCertExpiry"];

/**
 * trust-store-trust-policy.md § Signature Verification details, § Custom Verification Level. @throws TrustPolicyError
 */
export function parseSignatureVerification(value: unknown, statement: string): SignatureVerification {
  const where = `${statement}: signatureVerification`;
  if (value === undefined || value === null)
    throw new TrustPolicyError("LEVEL_MISSING", `${where} is missing: give it with a level`);
  const object = requireObject(value, where);
  requireKnownFields(object, FIELDS, where);
  const level = parseLevel(object.level, where);
  const override = parseOverride(object.override, level, where);
  const verifyTimestamp = parseVerifyTimestamp(object.verifyTimestamp, where);
  return { level, ...(override && { override }), ...(verifyTimestamp && { verifyTimestamp }) };
}

function parseLevel(value: unknown, where: string): VerificationLevelName {
  const text = requireText(value, `${where}.level`, "LEVEL_MISSING");
  const level = LEVEL_NAMES.find((name) => name === text);
  if (level) return level;
  throw new TrustPolicyError(
    "LEVEL_UNKNOWN",
    `${where}.level ${quoted(text)} is unknown${suggestion(text, LEVEL_NAMES)}`,
  );
}

function parseOverride(value: unknown, level: VerificationLevelName, where: string): SignatureVerification["override"] {
  if (value === undefined || value === null) return undefined;
  const entries = Object.entries(requireObject(value, `${where}.override`));
  if (level === "skip" && entries.length > 0) {
    throw new TrustPolicyError(
      "SKIP_WITH_OVERRIDE",
      `${where}: the level skip cannot be overridden; choose another level or remove override`,
    );
  }
  return Object.fromEntries(entries.map(([key, action]) => parseOverrideEntry(key, action, `${where}.override`)));
}

function parseOverrideEntry(key: string, value: unknown, where: string): [ValidationType, ValidationAction] {
  const validation = VALIDATIONS.find((name) => name === key);
  if (!validation) {
    throw new TrustPolicyError(
      "OVERRIDE_VALIDATION_UNKNOWN",
      `${where} names the unknown validation ${quoted(key)}${suggestion(key, VALIDATIONS)}`,
    );
  }
  const action = VALIDATION_ACTIONS.find((name) => name === value);
  if (!action) {
    throw new TrustPolicyError(
      "OVERRIDE_ACTION_UNKNOWN",
      `${where}.${key} ${quoted(value)} is no action${suggestion(value, VALIDATION_ACTIONS)}`,
    );
  }
  if (validation === "integrity")
    throw new TrustPolicyError("OVERRIDE_OF_INTEGRITY", `${where}: integrity cannot be overridden; remove it`);
  if (!OVERRIDES[validation].includes(action)) {
    throw new TrustPolicyError(
      "OVERRIDE_SKIP_NOT_ALLOWED",
      `${where}: ${validation} cannot be skipped; use enforce or log`,
    );
  }
  return [validation, action];
}

function parseVerifyTimestamp(value: unknown, where: string): VerifyTimestamp | undefined {
  // Go reads an empty text as absent; so does this.
  if (value === undefined || value === null || value === "") return undefined;
  const option = VERIFY_TIMESTAMP.find((name) => name === value);
  if (option) return option;
  throw new TrustPolicyError(
    "VERIFY_TIMESTAMP_UNKNOWN",
    `${where}.verifyTimestamp ${quoted(value)} is unknown${suggestion(value, VERIFY_TIMESTAMP)}`,
  );
}
