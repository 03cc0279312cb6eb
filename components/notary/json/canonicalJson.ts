/**
 * JSON as Go's `encoding/json` writes a map: keys sorted by their bytes, `<`, `>`, `&`, U+2028 and U+2029 escaped.
 * notation signs this form, so
 * equal content gives equal payloads (signature-specification.md § Payload).
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value)).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  entries.sort(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}
