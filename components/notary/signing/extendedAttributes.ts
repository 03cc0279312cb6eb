import type { ExtendedAttribute } from "../envelope/content";
import { COSE_LABEL } from "../envelope/coseHeader";
import { HEADER } from "../envelope/header";
import { quoted } from "../quoted";
import { SigningError } from "./error";

export type EnvelopeFormat = "jws" | "cose";

const OWN_NAMES: ReadonlySet<string | number> = new Set([...Object.values(HEADER), ...Object.values(COSE_LABEL)]);

/**
 * Refuses what a signer may not set by signature-specification.md § Signed Attributes > Extended attributes: a name of
 * the standard attributes, a name twice, a value that the two formats would not write alike.
 * @throws SigningError SIGNING_EXTENDED_ATTRIBUTE_INVALID
 */
export function requireWritable(attributes: readonly ExtendedAttribute[], format: EnvelopeFormat): void {
  const seen = new Set<string | number>();
  for (const { key, value } of attributes) {
    if (OWN_NAMES.has(key)) throw invalid(key, "is a standard one");
    if (seen.has(key)) throw invalid(key, "is given twice");
    if (typeof key === "number" && (format === "jws" || !Number.isSafeInteger(key)))
      throw invalid(key, "has a number for a name, which is for COSE alone and must be an integer");
    if (typeof value !== "string" && typeof value !== "boolean" && !Number.isSafeInteger(value))
      throw invalid(key, "is neither a text, nor an integer, nor true or false");
    seen.add(key);
  }
}

function invalid(key: string | number, what: string): SigningError {
  return new SigningError(
    "SIGNING_EXTENDED_ATTRIBUTE_INVALID",
    `the extended attribute ${quoted(key)} ${what}: change it`,
  );
}
