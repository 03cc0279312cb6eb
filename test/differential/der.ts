// DER as it is wanted, right or wrong: a writer of its own, so that no error of a library hides one of the code under test.

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  enumerated: 0x0a,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  t61String: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

export function tlv(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const digits = Buffer.from(length.toString(16).padStart(length > 0xffff ? 6 : length > 0xff ? 4 : 2, "0"), "hex");
  return Buffer.concat([Buffer.from([0x80 | digits.length]), digits]);
}

export const sequence = (...content: readonly Uint8Array[]) => tlv(TAG.sequence, ...content);
export const set = (...content: readonly Uint8Array[]) => tlv(TAG.set, ...content);
/** A SET OF in the order that DER wants. */
export const setOf = (...content: readonly Buffer[]) => tlv(TAG.set, ...[...content].sort(Buffer.compare));
export const octets = (...content: readonly Uint8Array[]) => tlv(TAG.octetString, ...content);
export const bitString = (content: Uint8Array, unused = 0) => tlv(TAG.bitString, Buffer.from([unused]), content);
export const boolean = (value: boolean) => tlv(TAG.boolean, Buffer.from([value ? 0xff : 0]));
export const nothing = tlv(TAG.null);
/** A context-specific, constructed element. */
export const context = (number: number, ...content: readonly Uint8Array[]) => tlv(0xa0 | number, ...content);
/** A context-specific, primitive element. */
export const contextPrimitive = (number: number, ...content: readonly Uint8Array[]) => tlv(0x80 | number, ...content);

/** A whole number, or the magnitude of a positive one. */
export function integer(value: number | Uint8Array, tag: number = TAG.integer): Buffer {
  if (typeof value !== "number") {
    const first = value[0] ?? 0;
    return tlv(tag, first & 0x80 || value.length === 0 ? Buffer.from([0]) : Buffer.alloc(0), value);
  }
  if (value < 0) return tlv(tag, Buffer.from([value & 0xff]));
  const digits = value.toString(16);
  return integer(Buffer.from(digits.length % 2 ? `0${digits}` : digits, "hex"), tag);
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const arcs = [first * 40 + second, ...rest].flatMap((arc) => {
    const bytes = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) bytes.unshift((left & 0x7f) | 0x80);
    return bytes;
  });
  return tlv(0x06, Buffer.from(arcs));
}

export const text = (value: string, tag: number = TAG.utf8String) =>
  tlv(tag, tag === TAG.bmpString ? Buffer.from(value, "utf16le").swap16() : Buffer.from(value, encodingOf(tag)));

function encodingOf(tag: number): "utf8" | "latin1" {
  return tag === TAG.utf8String ? "utf8" : "latin1";
}

/** UTCTime up to 2049, GeneralizedTime from then on and where it is asked for (RFC 5280 § 4.1.2.5). */
export function time(value: Date, generalized = value.getUTCFullYear() > 2049): Buffer {
  const digits = value.toISOString().replace(/[-:T]/g, "").slice(0, 14);
  return generalized
    ? tlv(TAG.generalizedTime, Buffer.from(`${digits}Z`))
    : tlv(TAG.utcTime, Buffer.from(`${digits.slice(2)}Z`));
}

/** Content of the element at the start of these bytes. */
export function contentOf(element: Uint8Array): Buffer {
  const bytes = Buffer.from(element);
  const first = bytes[1] ?? 0;
  const header = first < 0x80 ? 2 : 2 + (first & 0x7f);
  return bytes.subarray(header);
}
