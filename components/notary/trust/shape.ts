import { isJsonObject } from "../json/strictJson";
import { quoted } from "../quoted";
import { TrustPolicyError, type TrustPolicyErrorCode } from "./error";
import { suggestion } from "./suggestion";

// Types and names of a document's members. A member that is not known could be a rule that somebody relies on: it is
// refused, where Go ignores it. trust-store-trust-policy.md § Trust Policy Properties.

export type JsonObject = Record<string, unknown>;

export function requireObject(value: unknown, where: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw wrongType(where, "an object");
}

/** Refuses members whose name is not known, case included. */
export function requireKnownFields(object: JsonObject, known: readonly string[], where: string): void {
  const unknown = Object.keys(object).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new TrustPolicyError(
    "POLICY_UNKNOWN_FIELD",
    `${where} has the unknown field ${quoted(unknown)}${suggestion(unknown, known)}`,
  );
}

/** A string that must be there and not be empty; null is as good as absent, here and below: Go writes it for it. */
export function requireText(value: unknown, where: string, missing: TrustPolicyErrorCode): string {
  if (value === undefined || value === null || value === "")
    throw new TrustPolicyError(missing, `${where} is missing or empty: give it`);
  if (typeof value !== "string") throw wrongType(where, "a string");
  return value;
}

/** A list of strings; an absent one is empty. */
export function requireStrings(value: unknown, where: string): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every((member) => typeof member === "string")) return value as string[];
  throw wrongType(where, "a list of strings");
}

export function wrongType(where: string, expected: string): TrustPolicyError {
  return new TrustPolicyError("POLICY_WRONG_TYPE", `${where} must be ${expected}`);
}
