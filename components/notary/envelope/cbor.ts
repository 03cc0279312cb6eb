import { isUtf8 } from "node:buffer";
import { EnvelopeError } from "./error";

// The structure of CBOR (RFC 8949) as COSE envelopes need it (signature-envelope-cose.md § Signature Envelope): items
// with their bytes, so that what was signed is never encoded anew, and bounds that are checked before anything is
// built. What an item means is read from it by a CBOR library.

/** Major types, RFC 8949 § 3.1. */
export const MAJOR = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 } as const;

/** A data item. */
export interface CborItem {
  readonly major: number;
  /** The head's argument: a value, a length, a count, a tag number; of a float its bits. */
  readonly argument: bigint;
  /** The second half of the initial byte: how the argument is written. */
  readonly info: number;
  /** All of it. */
  readonly raw: Buffer;
  /** Of byte and text strings. */
  readonly content: Buffer;
  /** Elements of an array; keys and values of a map, in turn; the content of a tag. */
  readonly items: readonly CborItem[];
}

/** fxamacker/cbor's defaults, which go-cose and so notation-core-go use. */
const DEPTH_MAX = 32;
const COUNT_MAX = 131_072n;
/** Ours: the items of one header or message together. */
const ITEMS_MAX = 65_536;
/** The tag of self-described CBOR, RFC 8949 § 3.4.6. */
const SELF_DESCRIBED = 55_799n;

interface Reader {
  readonly bytes: Buffer;
  readonly tags: "allowed" | "forbidden";
  offset: number;
  items: number;
}

const NONE = Buffer.alloc(0);

/**
 * The one item that these bytes are: well-formed (RFC 8949 § 5.3.1), of definite lengths, texts in UTF-8, nothing
 * after it, 32 levels deep at most.
 * @throws EnvelopeError ENVELOPE_MALFORMED
 */
export function readCbor(bytes: Buffer, tags: "allowed" | "forbidden"): CborItem {
  const reader: Reader = { bytes, tags, offset: 0, items: 0 };
  const item = readItem(reader, 0, false);
  if (reader.offset !== bytes.length) throw malformedCbor("data follow the item");
  return item;
}

function readItem(reader: Reader, depth: number, inTag: boolean): CborItem {
  if (++reader.items > ITEMS_MAX) throw malformedCbor(`it has more than ${ITEMS_MAX} items`);
  const start = reader.offset;
  const { major, info, argument } = readHead(reader);
  const content = major === MAJOR.bytes || major === MAJOR.text ? readContent(reader, argument) : NONE;
  if (major === MAJOR.text && !isUtf8(content)) throw malformedCbor("a text is not UTF-8");
  // As fxamacker/cbor, which drops this tag unless it is directly in another one.
  const isMark = major === MAJOR.tag && argument === SELF_DESCRIBED && !inTag;
  const items =
    major === MAJOR.tag ? [readTagged(reader, depth, !isMark)] : readElements(reader, major, argument, depth);
  const [marked] = items;
  if (isMark && marked) return marked;
  return { major, argument, info, raw: reader.bytes.subarray(start, reader.offset), content, items };
}

function readHead(reader: Reader): Pick<CborItem, "major" | "argument" | "info"> {
  const [initial] = take(reader, 1);
  const major = (initial ?? 0) >> 5;
  const info = (initial ?? 0) & 31;
  if (info > 27) throw malformedCbor("an item has an indefinite length, or a reserved form");
  if (info < 24) return { major, info, argument: BigInt(info) };
  const written = take(reader, 1 << (info - 24));
  const argument = written.length === 8 ? written.readBigUInt64BE() : BigInt(written.readUIntBE(0, written.length));
  if (major === MAJOR.simple && info === 24 && argument < 32n)
    throw malformedCbor("a simple value has a reserved form");
  return { major, info, argument };
}

function readContent(reader: Reader, length: bigint): Buffer {
  if (length > BigInt(reader.bytes.length)) throw malformedCbor("it ends too early");
  return take(reader, Number(length));
}

function readTagged(reader: Reader, depth: number, inTag: boolean): CborItem {
  if (reader.tags === "forbidden") throw malformedCbor("it has a tag where none may be");
  // As fxamacker/cbor counts: a tag is no level, but for one directly in another.
  const nested = (reader.bytes[reader.offset] ?? 0) >> 5 === MAJOR.tag;
  return readItem(reader, deeper(depth, nested ? 1 : 0), inTag);
}

function readElements(reader: Reader, major: number, argument: bigint, depth: number): CborItem[] {
  if (major !== MAJOR.array && major !== MAJOR.map) return [];
  const inner = deeper(depth, 1);
  if (argument > COUNT_MAX) throw malformedCbor(`an array or a map has more than ${COUNT_MAX} elements`);
  const count = Number(argument) * (major === MAJOR.map ? 2 : 1);
  const items: CborItem[] = [];
  while (items.length < count) items.push(readItem(reader, inner, false));
  return items;
}

function deeper(depth: number, levels: number): number {
  if (depth + levels > DEPTH_MAX) throw malformedCbor(`it nests deeper than ${DEPTH_MAX}`);
  return depth + levels;
}

function take(reader: Reader, length: number): Buffer {
  const end = reader.offset + length;
  if (end > reader.bytes.length) throw malformedCbor("it ends too early");
  const taken = reader.bytes.subarray(reader.offset, end);
  reader.offset = end;
  return taken;
}

export function malformedCbor(what: string): EnvelopeError {
  return new EnvelopeError("ENVELOPE_MALFORMED", `the COSE envelope is not valid CBOR: ${what}; sign again`);
}
