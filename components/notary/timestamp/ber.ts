import { encodeLength } from "../der/encode";
import { malformed } from "./malformed";

// The reference takes a token (signature-specification.md § Unsigned Attributes) in BER of definite lengths, and writes
// the lengths anew before it reads it as DER: tspclient-go internal/encoding/asn1/ber.

/** Bounds far beyond any token, which has some hundred values. The reference has none. */
const DEPTH_MAX = 64;
const VALUES_MAX = 50_000;

/** The same value with every length in its shortest form. @throws TimestampError TIMESTAMP_MALFORMED */
export function withShortestLengths(ber: Buffer): Buffer {
  const { identifier, contents, end } = headerAt(ber, 0);
  if (end !== ber.length) throw malformed("bytes follow it");
  return Buffer.concat(rewritten(identifier, contents, { values: 0 }, 0));
}

/** In pieces, so that nesting does not multiply the copying. */
function rewritten(identifier: Buffer, contents: Buffer, count: { values: number }, depth: number): Buffer[] {
  count.values += 1;
  if (depth > DEPTH_MAX || count.values > VALUES_MAX) throw malformed("it is nested too deep, or has too many values");
  const constructed = ((identifier[0] ?? 0) & 0x20) !== 0;
  if (!constructed) return [identifier, encodeLength(contents.length), contents];
  const members: Buffer[] = [];
  for (let offset = 0; offset < contents.length; ) {
    const member = headerAt(contents, offset);
    for (const piece of rewritten(member.identifier, member.contents, count, depth + 1)) members.push(piece);
    offset = member.end;
  }
  const length = members.reduce((sum, piece) => sum + piece.length, 0);
  return [identifier, encodeLength(length), ...members];
}

function headerAt(bytes: Buffer, start: number): { identifier: Buffer; contents: Buffer; end: number } {
  let offset = start + 1;
  if (((bytes[start] ?? 0) & 0x1f) === 0x1f) {
    while (((bytes[offset] ?? 0) & 0x80) !== 0) offset += 1;
    offset += 1;
  }
  const identifier = bytes.subarray(start, offset);
  const first = bytes[offset];
  if (first === undefined) throw malformed("it is cut off");
  offset += 1;
  let length = first;
  if (first >= 0x80) {
    const octets = first & 0x7f;
    if (octets === 0 || octets > 4) throw malformed("a length is indefinite or too large");
    // As the reference: a long length is never the end of the data.
    if (offset + octets >= bytes.length) throw malformed("it is cut off");
    length = bytes.readUIntBE(offset, octets);
    offset += octets;
  }
  if (length > bytes.length - offset) throw malformed("it is cut off");
  return { identifier, contents: bytes.subarray(offset, offset + length), end: offset + length };
}
