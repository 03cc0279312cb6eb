import { malformed } from "./error";

// Content octets of primitive types (X.690 § 8, § 11), as strict as Go's cryptobyte and encoding/asn1, which agree here.

/** @throws DerError */
export function booleanOf(content: Buffer): boolean {
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) malformed("a BOOLEAN is neither 00 nor FF");
  return content[0] === 0xff;
}

/** Refuses an INTEGER that is not minimal: equal octets are equal numbers. @throws DerError */
export function requireMinimal(integer: Buffer): Buffer {
  const [first, second = 0] = integer;
  if (first === undefined) malformed("an INTEGER is empty");
  if (integer.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)))
    malformed("an INTEGER is longer than need be");
  return integer;
}

/** The number of an INTEGER's content: two's complement. @throws DerError when it has more octets */
export function numberOf(integer: Buffer, octetsMax: number): bigint {
  if (integer.length > octetsMax) malformed(`an INTEGER has more than ${octetsMax} octets`);
  if (integer.length <= 6) return BigInt(integer.readIntBE(0, integer.length));
  return BigInt.asIntN(8 * integer.length, BigInt(`0x${integer.toString("hex")}`));
}

export interface BitString {
  octets: Buffer;
  unusedBits: number;
}

/** @throws DerError */
export function bitStringOf(content: Buffer): BitString {
  const unusedBits = content[0] ?? malformed("a BIT STRING is empty");
  const octets = content.subarray(1);
  const last = octets.at(-1);
  if (unusedBits > 7 || (last === undefined && unusedBits !== 0)) malformed("a BIT STRING counts too many unused bits");
  if (last !== undefined && (last & ((1 << unusedBits) - 1)) !== 0) malformed("unused bits of a BIT STRING are set");
  return { octets, unusedBits };
}

/** The octets of a BIT STRING as a number: shifted right by its unused bits. */
export function rightAligned({ octets, unusedBits }: BitString): Buffer {
  if (unusedBits === 0 || octets.length === 0) return octets;
  return Buffer.from(
    octets.map((octet, index) => ((octet >> unusedBits) | ((octets[index - 1] ?? 0) << (8 - unusedBits))) & 0xff),
  );
}

// The same few identifiers occur in every certificate.
const identifiers = new Map<string, string>();
const IDENTIFIERS_MAX = 256;
const IDENTIFIER_OCTETS_MAX = 32;

/** An OBJECT IDENTIFIER in dotted form. @throws DerError */
export function objectIdentifierOf(content: Buffer): string {
  if (content.length > IDENTIFIER_OCTETS_MAX) return dotted(content);
  const key = content.toString("latin1");
  const known = identifiers.get(key);
  if (known !== undefined) return known;
  const identifier = dotted(content);
  if (identifiers.size < IDENTIFIERS_MAX) identifiers.set(key, identifier);
  return identifier;
}

function dotted(content: Buffer): string {
  const [first = malformed("an OBJECT IDENTIFIER is empty"), ...others] = subidentifiers(content);
  const root = Math.min(Math.floor(first / 40), 2);
  return [root, first - root * 40, ...others].join(".");
}

function subidentifiers(content: Buffer): number[] {
  const numbers: number[] = [];
  let value = 0;
  let continued = false;
  for (const octet of content) {
    if (!continued && octet === 0x80) malformed("an OBJECT IDENTIFIER is longer than need be");
    value = value * 128 + (octet & 0x7f);
    if (value >= 2 ** 31) malformed("an OBJECT IDENTIFIER has a number of more than 31 bits");
    continued = octet >= 0x80;
    if (continued) continue;
    numbers.push(value);
    value = 0;
  }
  if (continued) malformed("an OBJECT IDENTIFIER is cut off");
  return numbers;
}
