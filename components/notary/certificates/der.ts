import { DerError } from "./error";

/** Identifier octets (X.690 § 8.1.2). */
export const Tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
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
  /** `[number]` of a primitive type, implicitly tagged. */
  implicit: (number: number) => 0x80 | number,
  /** `[number]` around an element. */
  explicit: (number: number) => 0xa0 | number,
} as const;

/**
 * Reads DER as Go's crypto/x509 reads it (golang.org/x/crypto/cryptobyte): what that takes and refuses decides which
 * certificates notation takes (signature-specification.md § Certificate Requirements), and libraries for BER take
 * more. Every method reads the next element and throws DerError when it is another one or malformed; what follows the
 * elements that are read is left alone.
 */
export class DerReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isEmpty(): boolean {
    return this.#position === this.#bytes.length;
  }

  /** Number of octets read so far. */
  get position(): number {
    return this.#position;
  }

  nextIs(tag: number): boolean {
    return this.#bytes[this.#position] === tag;
  }

  /** The next element of whatever type: its tag, its content octets, and itself with tag and length. */
  any(): { tag: number; content: Buffer; element: Buffer } {
    const start = this.#position;
    const tag = this.#bytes[start] ?? malformed("an element is missing");
    // Tags of more than one octet occur nowhere in X.509.
    if ((tag & 0x1f) === 0x1f) malformed("a tag has more than one octet");
    const first = this.#bytes[start + 1] ?? malformed("a length is missing");
    const count = first < 0x80 ? 0 : first & 0x7f;
    const header = start + 2 + count;
    if (first >= 0x80 && (count === 0 || count > 4)) malformed("a length is indefinite or huge");
    if (header > this.#bytes.length) malformed("a length is cut off");
    const length = count === 0 ? first : this.#bytes.readUIntBE(start + 2, count);
    if (count > 0 && (length < 0x80 || this.#bytes[start + 2] === 0)) malformed("a length is longer than need be");
    if (length > this.#bytes.length - header) malformed("an element is cut off");
    this.#position = header + length;
    return {
      tag,
      content: this.#bytes.subarray(header, this.#position),
      element: this.#bytes.subarray(start, this.#position),
    };
  }

  content(tag: number): Buffer {
    const { tag: found, content } = this.any();
    if (found !== tag) malformed(`tag 0x${found.toString(16)} is found in place of 0x${tag.toString(16)}`);
    return content;
  }

  /** With tag and length. */
  element(tag: number): Buffer {
    const start = this.#position;
    this.content(tag);
    return this.#bytes.subarray(start, this.#position);
  }

  read(tag: number): DerReader {
    return new DerReader(this.content(tag));
  }

  sequence(): DerReader {
    return this.read(Tag.sequence);
  }

  /** The element, if the next one has this tag. */
  optional(tag: number): DerReader | undefined {
    return this.nextIs(tag) ? this.read(tag) : undefined;
  }

  /** Content octets of an INTEGER: two's complement, of minimal length. */
  integer(tag: number = Tag.integer): Buffer {
    const content = this.content(tag);
    const [first, second = 0] = content;
    if (first === undefined) malformed("an INTEGER is empty");
    if (content.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)))
      malformed("an INTEGER is longer than need be");
    return content;
  }

  /** An INTEGER of at most 64 bits. */
  int64(tag: number = Tag.integer): bigint {
    const content = this.integer(tag);
    if (content.length > 8) malformed("an INTEGER has more than 64 bits");
    return BigInt.asIntN(content.length * 8, BigInt(`0x${content.toString("hex")}`));
  }

  boolean(): boolean {
    const content = this.content(Tag.boolean);
    if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) malformed("a BOOLEAN is neither 00 nor FF");
    return content[0] === 0xff;
  }

  /** In dotted form. */
  objectIdentifier(): string {
    const content = this.content(Tag.objectIdentifier);
    const known = identifiers.get(content.toString("latin1"));
    if (known !== undefined) return known;
    const [first = malformed("an OBJECT IDENTIFIER is empty"), ...others] = subidentifiers(content);
    const root = Math.min(Math.floor(first / 40), 2);
    const dotted = [root, first - root * 40, ...others].join(".");
    if (identifiers.size < IDENTIFIERS_MAX) identifiers.set(content.toString("latin1"), dotted);
    return dotted;
  }

  /** The octets of a BIT STRING, shifted right by its unused bits. */
  bitString(): { octets: Buffer; unusedBits: number } {
    const content = this.content(Tag.bitString);
    const unusedBits = content[0] ?? malformed("a BIT STRING is empty");
    const octets = content.subarray(1);
    const last = octets.at(-1);
    if (unusedBits > 7 || (last === undefined && unusedBits !== 0))
      malformed("a BIT STRING counts too many unused bits");
    if (last !== undefined && (last & ((1 << unusedBits) - 1)) !== 0) malformed("unused bits of a BIT STRING are set");
    return { octets, unusedBits };
  }
}

/** The octets of a BIT STRING as a number: without its unused bits. */
export function rightAligned({ octets, unusedBits }: { octets: Buffer; unusedBits: number }): Buffer {
  if (unusedBits === 0 || octets.length === 0) return octets;
  return Buffer.from(
    octets.map((octet, index) => ((octet >> unusedBits) | ((octets[index - 1] ?? 0) << (8 - unusedBits))) & 0xff),
  );
}

export function malformed(what: string): never {
  throw new DerError("DER_MALFORMED", `no valid DER: ${what}`);
}

// The same few identifiers occur in every certificate.
const identifiers = new Map<string, string>();
const IDENTIFIERS_MAX = 256;

function subidentifiers(content: Buffer): number[] {
  const numbers: number[] = [];
  let value = 0;
  let octets = 0;
  for (const octet of content) {
    if (octets === 0 && octet === 0x80) malformed("an OBJECT IDENTIFIER is longer than need be");
    if (octets === 5 || value >= 2 ** 24) malformed("an OBJECT IDENTIFIER has a number of more than 31 bits");
    value = value * 128 + (octet & 0x7f);
    octets++;
    if (octet >= 0x80) continue;
    numbers.push(value);
    [value, octets] = [0, 0];
  }
  if (octets > 0) malformed("an OBJECT IDENTIFIER is cut off");
  return numbers;
}
