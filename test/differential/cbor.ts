// CBOR (RFC 8949) as it is wanted, right or wrong: a writer of its own, for the same reason as that of DER.

/** A value; `Raw` is written as it is. */
export type CborValue =
  | number
  | bigint
  | string
  | boolean
  | null
  | undefined
  | Buffer
  | readonly CborValue[]
  | CborMap
  | Tagged
  | Raw
  | Float;

export class CborMap {
  readonly entries: [CborValue, CborValue][];
  constructor(entries: readonly (readonly [CborValue, CborValue])[]) {
    this.entries = entries.map(([key, value]) => [key, value]);
  }
}

export class Tagged {
  readonly tag: number;
  readonly value: CborValue;
  constructor(tag: number, value: CborValue) {
    this.tag = tag;
    this.value = value;
  }
}

export class Raw {
  readonly bytes: Buffer;
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

/** A double, also when it is a whole number. */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

export function encode(value: CborValue): Buffer {
  if (typeof value === "number" || typeof value === "bigint") return integer(BigInt(value));
  if (typeof value === "string") return Buffer.concat([head(3, BigInt(Buffer.byteLength(value))), Buffer.from(value)]);
  if (typeof value === "boolean") return Buffer.from([value ? 0xf5 : 0xf4]);
  if (value === null) return Buffer.from([0xf6]);
  if (value === undefined) return Buffer.from([0xf7]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, BigInt(value.length)), value]);
  if (value instanceof Raw) return value.bytes;
  if (value instanceof Tagged) return Buffer.concat([head(6, BigInt(value.tag)), encode(value.value)]);
  if (value instanceof Float) {
    const bytes = Buffer.alloc(9, 0xfb);
    bytes.writeDoubleBE(value.value, 1);
    return bytes;
  }
  if (value instanceof CborMap) {
    const pairs = value.entries.map(([key, member]) => Buffer.concat([encode(key), encode(member)]));
    return Buffer.concat([head(5, BigInt(pairs.length)), ...pairs]);
  }
  const list = value as readonly CborValue[];
  return Buffer.concat([head(4, BigInt(list.length)), ...list.map(encode)]);
}

function integer(value: bigint): Buffer {
  return value < 0n ? head(1, -1n - value) : head(0, value);
}

/** Major type and argument, in as many bytes as needed, or in as many as told. */
export function head(major: number, argument: bigint, width?: 1 | 2 | 4 | 8): Buffer {
  const bytes =
    width ?? (argument < 24n ? 0 : argument < 256n ? 1 : argument < 65_536n ? 2 : argument < 2n ** 32n ? 4 : 8);
  if (bytes === 0) return Buffer.from([(major << 5) | Number(argument)]);
  const encoded = Buffer.alloc(9);
  encoded[0] = (major << 5) | (23 + [1, 2, 4, 8].indexOf(bytes) + 1);
  const digits = Buffer.from(argument.toString(16).padStart(bytes * 2, "0"), "hex");
  digits.copy(encoded, 1);
  return encoded.subarray(0, 1 + bytes);
}
