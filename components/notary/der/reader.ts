import { malformed } from "./error";
import { Tag } from "./tag";
import { type BitString, bitStringOf, booleanOf, numberOf, objectIdentifierOf, requireMinimal } from "./values";

/** RFC 5280 § 5.2.3 bounds a CRL's number to 20 octets. */
const BIG_INTEGER_OCTETS_MAX = 64;

/**
 * Reads DER as Go's crypto/x509 reads it (golang.org/x/crypto/cryptobyte): what that takes and refuses decides which
 * certificates, CRLs and OCSP responses notation takes (signature-specification.md § Certificate Requirements,
 * trust-store-trust-policy.md § Certificate Revocation Evaluation). Libraries take BER, leave out elements of a
 * SEQUENCE OF that they cannot read (a revoked certificate would vanish), and need many times the memory of a large CRL.
 *
 * Every method reads the next element and throws DerError when it is another one or malformed; what follows the elements
 * that are read is left alone. Nothing is copied: what is returned are views.
 */
export class DerReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  get isEmpty(): boolean {
    return this.#at >= this.#end;
  }

  nextIs(tag: number): boolean {
    return !this.isEmpty && this.#bytes[this.#at] === tag;
  }

  /** The next element of whatever type: its tag, its content octets, and itself with tag and length. */
  any(): { tag: number; content: Buffer; element: Buffer } {
    const from = this.#at;
    const start = this.#advance();
    return {
      tag: this.#bytes[from] ?? 0,
      content: this.#bytes.subarray(start, this.#at),
      element: this.#bytes.subarray(from, this.#at),
    };
  }

  content(tag: number): Buffer {
    const start = this.#advance(tag);
    return this.#bytes.subarray(start, this.#at);
  }

  /** With tag and length. */
  element(tag: number): Buffer {
    const from = this.#at;
    this.#advance(tag);
    return this.#bytes.subarray(from, this.#at);
  }

  read(tag: number): DerReader {
    const start = this.#advance(tag);
    return new DerReader(this.#bytes, start, this.#at);
  }

  sequence(): DerReader {
    return this.read(Tag.sequence);
  }

  /** The element, if the next one has this tag. */
  optional(tag: number): DerReader | undefined {
    return this.nextIs(tag) ? this.read(tag) : undefined;
  }

  /** What `read` makes of the elements, one or more at a time, up to the end. */
  readAll<Value>(read: (list: DerReader) => Value): Value[] {
    const values: Value[] = [];
    while (!this.isEmpty) values.push(read(this));
    return values;
  }

  /** Content octets of an INTEGER or ENUMERATED: two's complement, of minimal length. */
  integer(tag: number = Tag.integer): Buffer {
    return requireMinimal(this.content(tag));
  }

  /** An INTEGER or ENUMERATED of at most 64 bits. */
  int64(tag: number = Tag.integer): bigint {
    return numberOf(this.integer(tag), 8);
  }

  /** An INTEGER of at most 64 octets. */
  bigInteger(): bigint {
    return numberOf(this.integer(), BIG_INTEGER_OCTETS_MAX);
  }

  boolean(tag: number = Tag.boolean): boolean {
    return booleanOf(this.content(tag));
  }

  /** In dotted form. */
  objectIdentifier(): string {
    return objectIdentifierOf(this.content(Tag.objectIdentifier));
  }

  bitString(): BitString {
    return bitStringOf(this.content(Tag.bitString));
  }

  /** Goes behind the next element, which must have the tag if one is given; returns where its content begins. */
  #advance(expected?: number): number {
    const bytes = this.#bytes;
    const tag = this.isEmpty ? malformed("an element is missing") : (bytes[this.#at] ?? 0);
    if (expected !== undefined && tag !== expected)
      malformed(`tag 0x${tag.toString(16)} is found in place of 0x${expected.toString(16)}`);
    // Tags of more than one octet occur nowhere in X.509.
    if ((tag & 0x1f) === 0x1f) malformed("a tag has more than one octet");
    let start = this.#at + 2;
    if (start > this.#end) malformed("a length is missing");
    let length = bytes[start - 1] ?? 0;
    if (length >= 0x80) {
      const octets = length & 0x7f;
      if (octets === 0 || octets > 4) malformed("a length is indefinite or huge");
      if (start + octets > this.#end) malformed("a length is cut off");
      length = bytes.readUIntBE(start, octets);
      if (length < 0x80 || length < 2 ** (8 * (octets - 1))) malformed("a length is longer than need be");
      start += octets;
    }
    if (length > this.#end - start) malformed("an element is cut off");
    this.#at = start + length;
    return start;
  }
}
