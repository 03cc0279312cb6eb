import { quoted } from "../quoted";
import { TrustPolicyError } from "./error";

/** Attribute type to value; each type once. */
export type DistinguishedName = ReadonlyMap<string, string>;

const MANDATORY = ["C", "ST", "O"];
const ESCAPABLE = ' "#+,;<=>\\';
/** In UTF-16 code units, far beyond any name. The reference has no limit. */
const LENGTH_MAX = 64 * 1024;
const LENGTH_SHOWN_MAX = 1024;

/**
 * Parses a distinguished name (RFC 4514) under the rules of trust-store-trust-policy.md § Trusted Identities
 * Constraints, with the same result as notation-go internal/pkix/pkix.go on go-ldap's parser: `S` means `ST`; C, ST and
 * O must be there; no type twice, no multi-valued relative distinguished name, no `=#`. Types are compared as written,
 * values exactly.
 * @throws TrustPolicyError DISTINGUISHED_NAME_INVALID
 */
export function parseDistinguishedName(text: string): DistinguishedName {
  if (text.length > LENGTH_MAX) throw invalid(text, `it has more than ${LENGTH_MAX} characters`);
  if (text.includes("=#")) throw invalid(text, 'values in hexadecimal ("=#") are not supported');
  const attributes = new Map<string, string>();
  if (text.trim() === "") throw missing(text, "C");
  for (const { type: written, value } of splitAttributes(text)) {
    const type = written === "S" ? "ST" : written;
    // An empty value does not count as present, neither here nor below: so reads notation-go.
    if (attributes.get(type)) throw invalid(text, `the attribute "${type}" occurs twice`);
    attributes.set(type, value);
  }
  const absent = MANDATORY.find((type) => !attributes.get(type));
  if (absent) throw missing(text, absent);
  return attributes;
}

/** Whether every attribute of `identity` is in `subject` with the same value. */
export function isSubset(identity: DistinguishedName, subject: DistinguishedName): boolean {
  return [...identity].every(([type, value]) => value === (subject.get(type) ?? ""));
}

interface Attribute {
  type: string;
  value: string;
}

function splitAttributes(text: string): Attribute[] {
  const attributes: Attribute[] = [];
  let type = "";
  let start = 0;
  for (let position = 0; position < text.length; position++) {
    const character = text[position] ?? "";
    if (character === "\\") {
      position++;
    } else if (character === "=" && type === "") {
      type = unescaped(text, text.slice(start, position));
      start = position + 1;
    } else if (",+;".includes(character)) {
      if (character === "+") throw invalid(text, "a multi-valued relative distinguished name is not supported");
      attributes.push(attribute(text, type, text.slice(start, position)));
      type = "";
      start = position + 1;
    }
  }
  attributes.push(attribute(text, type, text.slice(start)));
  return attributes;
}

function attribute(text: string, type: string, value: string): Attribute {
  if (type === "") throw invalid(text, "a part has no attribute type before its value");
  return { type, value: unescaped(text, value) };
}

/**
 * Edge spaces are dropped unless escaped; `\` precedes one of the special characters or the two digits of a byte of
 * UTF-8.
 */
function unescaped(text: string, part: string): string {
  const bytes: Buffer[] = [];
  const trimmed = trimSpaces(part);
  for (let position = 0; position < trimmed.length; position++) {
    const character = String.fromCodePoint(trimmed.codePointAt(position) ?? 0);
    if (character !== "\\") {
      bytes.push(Buffer.from(character));
      position += character.length - 1;
      continue;
    }
    const next = trimmed[position + 1];
    const pair = trimmed.slice(position + 1, position + 3);
    if (next !== undefined && ESCAPABLE.includes(next)) {
      bytes.push(Buffer.from(next));
      position += 1;
    } else if (/^[0-9A-Fa-f]{2}$/.test(pair)) {
      bytes.push(Buffer.from(pair, "hex"));
      position += 2;
    } else {
      throw invalid(text, 'a "\\" is followed neither by a special character nor by two hexadecimal digits');
    }
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(bytes));
  } catch {
    throw invalid(text, "an escaped value is not UTF-8");
  }
}

function trimSpaces(part: string): string {
  const trimmed = part.replace(/^ +/, "").replace(/ +$/, "");
  return trimmed.endsWith("\\") && part.endsWith(" ") ? `${trimmed} ` : trimmed;
}

function missing(text: string, type: string): TrustPolicyError {
  return invalid(text, `it has no "${type}"; C, ST (or S) and O must be there`);
}

function invalid(text: string, what: string): TrustPolicyError {
  const shown = text.length > LENGTH_SHOWN_MAX ? `${text.slice(0, LENGTH_SHOWN_MAX)}…` : text;
  return new TrustPolicyError(
    "DISTINGUISHED_NAME_INVALID",
    `the distinguished name ${quoted(shown)} is not valid: ${what}`,
  );
}
