/**
 * JSON as Go's `encoding/json` writes a map: keys sorted by their bytes, `<`, `>`, `&`, U+2028 and U+2029 escaped.
 * notation signs this form, so equal content gives equal payloads (signature-specification.md § Payload).
 */
export function canonicalJson(value: unknown): string {
  return serialized(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** By hand, as a JavaScript object puts keys that look like numbers first, whatever order they are added in. */
function serialized(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((element) => serialized(element ?? null)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  entries.sort(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
  return `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${serialized(member)}`).join(",")}}`;
}
