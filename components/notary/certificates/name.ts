import { malformed } from "../der/error";
import { DerReader } from "../der/reader";
import { Tag } from "../der/tag";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** One attribute of a name: its type as an object identifier. */
export interface NameAttribute {
  readonly type: string;
  readonly value: string;
}

/**
 * The attributes of a Name (RFC 5280 § 4.1.2.4) in its order, as Go reads them: names are what trusted identities are
 * matched against (trust-store-trust-policy.md § Trusted Identities Constraints).
 * @param element with tag and length
 * @throws DerError
 */
export function readName(element: Buffer): NameAttribute[] {
  const names = new DerReader(element).sequence().readAll((name) => name.read(Tag.set).readAll(readAttribute));
  return names.flat();
}

function readAttribute(relative: DerReader): NameAttribute {
  const attribute = relative.sequence();
  const type = attribute.objectIdentifier();
  const { tag, content } = attribute.any();
  return { type, value: textOf(tag, content) };
}

function textOf(tag: number, content: Buffer): string {
  switch (tag) {
    case Tag.utf8String:
      return utf8(content);
    case Tag.printableString:
      return restricted(content, /^[A-Za-z0-9 '()+,\-./:=?*&]*$/, "PrintableString");
    case Tag.ia5String:
      return restricted(content, /^[\0-\x7f]*$/, "IA5String");
    case Tag.numericString:
      return restricted(content, /^[0-9 ]*$/, "NumericString");
    case Tag.t61String:
      return content.toString("latin1");
    case Tag.bmpString:
      return bmp(content);
    default:
      return malformed(`a name has a value of the unsupported type 0x${tag.toString(16)}`);
  }
}

function restricted(content: Buffer, characters: RegExp, type: string): string {
  const text = content.toString("latin1");
  return characters.test(text) ? text : malformed(`a ${type} has other characters than it may`);
}

function utf8(content: Buffer): string {
  try {
    return UTF8.decode(content);
  } catch {
    return malformed("an UTF8String is not UTF-8");
  }
}

/** UCS-2, big endian; a zero at its end is dropped. */
function bmp(content: Buffer): string {
  if (content.length % 2 !== 0) malformed("a BMPString has an odd number of octets");
  const units = Array.from({ length: content.length / 2 }, (_, index) => content.readUInt16BE(index * 2));
  if (units.at(-1) === 0) units.pop();
  const isNoCharacter = (unit: number) =>
    unit === 0xfffe || unit === 0xffff || (unit >= 0xfdd0 && unit <= 0xfdef) || (unit >= 0xd800 && unit <= 0xdfff);
  if (units.some(isNoCharacter)) malformed("a BMPString has a number that is no character");
  return units.map((unit) => String.fromCharCode(unit)).join("");
}
