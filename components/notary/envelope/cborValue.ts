import { decode } from "cbor2";
import { type CborItem, MAJOR, malformedCbor } from "./cbor";
import { parseRfc3339 } from "./rfc3339";

// Values in the headers of a COSE envelope (signature-envelope-cose.md § Protected Header): what is well-formed CBOR and
// still no valid value.

/** RFC 8949 § 3.4. */
export const TAG = { dateTime: 0n, epoch: 1n, bignum: 2n, negativeBignum: 3n } as const;
const INT64_MAX = 2n ** 63n - 1n;

/**
 * Refuses what fxamacker/cbor refuses when it decodes an item of which it expects nothing in particular: integers
 * above 2^63 - 1, the tags 0 to 3 with content of another type, a key twice in a map, a key that Go cannot hash.
 * Stricter than it in two ways, each in what no signer writes: a time with tag 0 is read as strictly as in JWS, and a
 * map's key has no tag.
 * @throws EnvelopeError ENVELOPE_MALFORMED
 */
export function requireValidValue(item: CborItem): void {
  if (item.major === MAJOR.unsigned && item.argument > INT64_MAX) throw malformedCbor("an integer is too large");
  if (item.major === MAJOR.tag) requireValidTag(item);
  if (item.major === MAJOR.map) requireDistinctKeys(item.items.filter((_, index) => index % 2 === 0));
  for (const inner of item.items) requireValidValue(inner);
}

/** An integer's value; undefined for other items, and outside the safe integers of JavaScript. */
export function integerOf({ major, argument }: CborItem): number | undefined {
  if (major !== MAJOR.unsigned && major !== MAJOR.negative) return undefined;
  const value = Number(major === MAJOR.unsigned ? argument : -1n - argument);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** The text of a text string; undefined for other items. */
export function textOf({ major, content }: CborItem): string | undefined {
  return major === MAJOR.text ? content.toString("utf8") : undefined;
}

/** Any value, as cbor2 decodes it; tags of no type of JavaScript's stay cbor2's `Tag`. */
export function decodedValue({ raw }: CborItem): unknown {
  try {
    return decode(raw, { ignoreGlobalTags: true });
  } catch {
    throw malformedCbor("a value cannot be decoded");
  }
}

function requireValidTag({ argument, items: [content] }: CborItem): void {
  if (!content) throw malformedCbor("a tag has no content");
  const isInteger = content.major === MAJOR.unsigned || content.major === MAJOR.negative;
  const isFloat = content.major === MAJOR.simple && content.info > 24;
  if (argument === TAG.dateTime && parseRfc3339(textOf(content) ?? "") === undefined)
    throw malformedCbor("a time with tag 0 is no RFC 3339 time");
  if (argument === TAG.epoch && !isFloat && !(isInteger && content.argument <= INT64_MAX))
    throw malformedCbor("a time with tag 1 is no number");
  if ((argument === TAG.bignum || argument === TAG.negativeBignum) && content.major !== MAJOR.bytes)
    throw malformedCbor("a big number is not a byte string");
}

function requireDistinctKeys(keys: readonly CborItem[]): void {
  const identities = keys.map(identityOf).filter((identity) => identity !== undefined);
  if (new Set(identities).size !== identities.length) throw malformedCbor("a map has a key twice");
}

/** Equal for keys that Go takes for equal; undefined for NaN, which equals nothing. */
function identityOf(key: CborItem): string | undefined {
  switch (key.major) {
    case MAJOR.unsigned:
      return `+${key.argument}`;
    case MAJOR.negative:
      if (key.argument > INT64_MAX) throw malformedCbor("a map's key is too small an integer");
      return `-${key.argument}`;
    case MAJOR.bytes:
      return `b${key.content.toString("latin1")}`;
    case MAJOR.text:
      return `t${key.content.toString("latin1")}`;
    case MAJOR.simple: {
      if (key.info <= 24) return `s${key.argument === 23n ? 22n : key.argument}`; // Go has null for undefined, too.
      const float = Number(decodedValue(key));
      return Number.isNaN(float) ? undefined : `f${float === 0 ? 0 : float}`;
    }
    default:
      throw malformedCbor("a map's key is an array, a map or a tag");
  }
}
