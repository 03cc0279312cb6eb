import { isUtf8 } from "node:buffer";
import { quoted } from "../quoted";
import { ambiguityOf } from "./ambiguity";
import { JsonError } from "./error";
import { notJson } from "./tokens";

/**
 * The value of a JSON text that can be understood in one way only.
 *
 * Go's decoder, and so notation, takes the last of two equal keys, replaces what is not UTF-8, and reads an integer
 * that has a fraction into no integer. A document that two readers understand differently must not decide trust, so
 * here it is refused (a named difference; trust-store-trust-policy.md § Trust Policy Constraints).
 * @param source the text, or its UTF-8
 * @throws JsonError JSON_NOT_UTF8, JSON_SYNTAX, JSON_TOO_COMPLEX, JSON_DUPLICATE_KEY, JSON_NUMBER_AMBIGUOUS
 */
export function parseStrictJson(source: string | Buffer): unknown {
  const text = typeof source === "string" ? source : decodeUtf8(source);
  const ambiguity = ambiguityOf(text);
  const value = parse(text);
  if (ambiguity) throw ambiguity;
  return value;
}

/** Whether a JSON value is an object (not null, not an array). */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Refuses a member that differs from a known one in case alone: Go's decoder takes it for the known one, and a reader
 * that does not would judge another document.
 * @throws JsonError JSON_MISCASED_KEY
 */
export function requireExactNames(value: Record<string, unknown>, names: readonly string[]): void {
  for (const key of Object.keys(value)) {
    if (names.includes(key)) continue;
    const meant = names.find((name) => isSameName(key, name));
    if (meant === undefined) continue;
    throw new JsonError("JSON_MISCASED_KEY", `the key ${quoted(key)} must be written ${quoted(meant)}`);
  }
}

/** Whether Go's decoder takes a key for a name, which is ASCII: a key that is longer than it cannot be meant. */
export function isSameName(key: string, name: string): boolean {
  return key.length <= name.length && folded(key) === folded(name);
}

/** As Go folds case, which takes the long s for an s and the Kelvin sign for a k. */
function folded(name: string): string {
  return name.toUpperCase().toLowerCase();
}

function decodeUtf8(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  throw new JsonError("JSON_NOT_UTF8", "the text is not UTF-8: save or fetch it again");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw notJson(error);
  }
}
