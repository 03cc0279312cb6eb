import { RevocationError } from "./error";

/** Identifier octets of X.690 § 8.1.2 that OCSP responses and CRLs use. */
export const Tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
} as const;

/** `[number]` of a context, primitive or constructed. */
export const context = (number: number, form: "primitive" | "constructed"): number =>
  (form === "constructed" ? 0xa0 : 0x80) | number;

/**
 * A cursor over DER (X.690 § 10, § 11), as strict as Go's cryptobyte: definite, minimal lengths of at most four octets.
 * The schemas of @peculiar/asn1-schema are not used to read what a server sent: they take BER, leave out elements of a
 * SEQUENCE OF that they cannot read (a revoked certificate would vanish), and need many times the memory of a large CRL.
 * Nothing is copied: what it returns are views.
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

  get done(): boolean {
    return this.#at >= this.#end;
  }

  /** Whether the next element has this tag. */
  next(tag: number): boolean {
    return this.#at < this.#end && this.#bytes[this.#at] === tag;
  }

  /** Passes over the next element, whatever it is. */
  skip(): void {
    const tag = this.done ? 0 : (this.#bytes[this.#at] ?? 0);
    if ((tag & 0x1f) === 0x1f) throw malformed("a tag has more than one octet");
    this.#advance(tag);
  }

  /** Content octets of the next element. @throws RevocationError REVOCATION_DATA_MALFORMED */
  read(tag: number): Buffer {
    const start = this.#advance(tag);
    return this.#bytes.subarray(start, this.#at);
  }

  readOptional(tag: number): Buffer | undefined {
    return this.next(tag) ? this.read(tag) : undefined;
  }

  /** The whole next element, identifier and length octets included. */
  readElement(tag: number): Buffer {
    const from = this.#at;
    this.#advance(tag);
    return this.#bytes.subarray(from, this.#at);
  }

  enter(tag: number): DerReader {
    const start = this.#advance(tag);
    return new DerReader(this.#bytes, start, this.#at);
  }

  enterOptional(tag: number): DerReader | undefined {
    return this.next(tag) ? this.enter(tag) : undefined;
  }

  /** Content octets of an INTEGER or ENUMERATED, which are minimal: equal octets are equal numbers. */
  readInteger(tag: number = Tag.integer): Buffer {
    return requireMinimal(this.read(tag));
  }

  /** A BIT STRING that is whole octets. */
  readBits(): Buffer {
    const content = this.read(Tag.bitString);
    if (content[0] !== 0) throw malformed("a BIT STRING does not end with an octet");
    return content.subarray(1);
  }

  readBoolean(tag: number = Tag.boolean): boolean {
    const content = this.read(tag);
    if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) throw malformed("a BOOLEAN is none");
    return content[0] === 0xff;
  }

  readObjectIdentifier(): string {
    return objectIdentifier(this.read(Tag.objectIdentifier));
  }

  /** Goes behind the next element; returns where its content begins. */
  #advance(tag: number): number {
    const bytes = this.#bytes;
    if (!this.next(tag)) throw malformed(`an element of tag 0x${tag.toString(16)} is missing`);
    let start = this.#at + 2;
    let length = start > this.#end ? 0x80 : (bytes[start - 1] ?? 0x80);
    if (length >= 0x80) {
      const octets = length & 0x7f;
      if (octets === 0 || octets > 4 || start + octets > this.#end) throw malformed("a length is malformed");
      length = bytes.readUIntBE(start, octets);
      if (length < 0x80 || length < 2 ** (8 * (octets - 1))) throw malformed("a length is not minimal");
      start += octets;
    }
    if (start + length > this.#end) throw malformed("an element is cut off");
    this.#at = start + length;
    return start;
  }
}

export function requireMinimal(integer: Buffer): Buffer {
  const [first, second = 0] = integer;
  const padded = integer.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
  if (first === undefined || padded) throw malformed("an INTEGER is not minimal");
  return integer;
}

/** The value of an INTEGER's content octets. RFC 5280 § 5.2.3 bounds a CRL number to 20 octets. */
export function toBigInt(integer: Buffer): bigint {
  if (integer.length > 64) throw malformed("an INTEGER has more than 64 octets");
  return BigInt.asIntN(8 * integer.length, BigInt(`0x${integer.toString("hex")}`));
}

export function malformed(what: string): RevocationError {
  return new RevocationError("REVOCATION_DATA_MALFORMED", `${what}: the server's data must be DER`);
}

function objectIdentifier(content: Buffer): string {
  const arcs: number[] = [];
  let value = 0;
  let continued = false;
  for (const octet of content) {
    if (!continued && octet === 0x80) throw malformed("an OBJECT IDENTIFIER is not minimal");
    value = value * 128 + (octet & 0x7f);
    if (value > 0x7fffffff) throw malformed("an OBJECT IDENTIFIER is too large");
    continued = octet >= 0x80;
    if (!continued) {
      arcs.push(value);
      value = 0;
    }
  }
  const [first, ...rest] = arcs;
  if (first === undefined || continued) throw malformed("an OBJECT IDENTIFIER is cut off");
  const root = Math.min(Math.floor(first / 40), 2);
  return [root, first - 40 * root, ...rest].join(".");
}
