/** What crosses the wire between the engine and a handler: plain JSON. */

/** What the engine sends in a preview for a value that is not known yet, whatever its type. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The input under which the engine hands over the provider's own text; no business of a handler. */
const PROVIDER = "__provider";

export type Wire = Record<string, unknown>;

/** True when `value` is, or contains, a value that the preview does not know yet. */
export function isUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(isUnknown);
  if (value !== null && typeof value === "object") return Object.values(value).some(isUnknown);
  return false;
}

/** `value` as JSON text with sorted keys: the engine does not keep the order of nested keys. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : part,
  );
}

/** Equal as JSON; an absent property equals an undefined one. */
export function sameJson(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/** `value` without the provider's text. */
export function withoutProvider(value: Wire): Wire {
  const { [PROVIDER]: _text, ...rest } = value;
  return rest;
}

/** Plain JSON, as the engine stores it: properties that are undefined are left out. */
export function toWire(value: object): Wire {
  return JSON.parse(JSON.stringify(value)) as Wire;
}
