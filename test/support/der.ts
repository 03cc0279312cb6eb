import { DerReader } from "../../components/notary/der/reader";

// DER exactly as told, by an encoder that shares nothing with what is tested.

/** An element: identifier octet, length, contents. */
export function der(tag: number, ...contents: Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const significant = length.subarray(length.findIndex((octet) => octet !== 0));
  return Buffer.concat([Buffer.of(tag, 0x80 | significant.length), significant, content]);
}

export const hex = (octets: string): Buffer => Buffer.from(octets.replace(/\s/g, ""), "hex");
export const ascii = (characters: string) => Buffer.from(characters, "latin1");

export const sequence = (...members: Uint8Array[]) => der(0x30, ...members);
export const set = (...members: Uint8Array[]) => der(0x31, ...members);
export const octets = (content: Uint8Array) => der(0x04, content);
export const bits = (content: Uint8Array) => der(0x03, Buffer.of(0), content);
export const enumerated = (value: number) => der(0x0a, Buffer.of(value));
export const boolean = (tag = 0x01) => der(tag, Buffer.of(0xff));
export const text = (tag: number, value: string) => der(tag, Buffer.from(value));
/** A UTCTime, unless the tag is another one. */
export const time = (value: string, tag = 0x17) => der(tag, ascii(value));

export function generalizedTime(date: Date): Buffer {
  return time(`${date.toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z`, 0x18);
}

/** An INTEGER from 0 to 2^31 - 1, or of these content octets. */
export function integer(value: number | Uint8Array): Buffer {
  if (typeof value !== "number") return der(0x02, value);
  const digits = value.toString(16);
  const content = hex(digits.padStart(digits.length + (digits.length % 2), "0"));
  return der(0x02, ...((content[0] ?? 0) < 0x80 ? [] : [Buffer.of(0)]), content);
}

/** An OBJECT IDENTIFIER, from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der(0x06, ...[first * 40 + second, ...rest].map(base128));
}

function base128(value: number): Buffer {
  const groups = [value & 0x7f];
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128))
    groups.unshift(0x80 | (left & 0x7f));
  return Buffer.from(groups);
}

export function extension(type: string, value: Uint8Array, critical = false): Buffer {
  return sequence(oid(type), ...(critical ? [boolean()] : []), octets(value));
}

/** The elements inside a constructed one. */
export function membersOf(element: Buffer): Buffer[] {
  return new DerReader(new DerReader(element).any().content).readAll((members) => members.any().element);
}

/** Content octets. */
export const contentOf = (element: Buffer) => new DerReader(element).any().content;
