import { tlv } from "./der";
import type { Random } from "./random";

/** An element of DER: with elements inside, or with content. */
export interface Element {
  tag: number;
  children?: Element[];
  content: Buffer;
}

/** What stands in the place of an element: none, one or several, as bytes. */
type Change = (element: Element, random: Random) => Buffer;

const CONSTRUCTED = 0x20;

/**
 * DER with one element changed, removed or doubled, and every length above it right: what a parser's outer layers take, so that
 * the change reaches the inner ones.
 */
export function mutateDer(der: Buffer, random: Random): Buffer {
  const root = parse(der);
  if (!root) return der;
  const all = [...walk(root)];
  const chosen = random.pick(all);
  const change = random.pick(CHANGES);
  return write(root, (element) => (element === chosen ? change(element, random) : undefined));
}

/** The one element of these bytes; undefined unless they are DER as far as lengths go. */
export function parse(der: Buffer): Element | undefined {
  const [first, ...rest] = parseAll(der) ?? [];
  return rest.length === 0 ? first : undefined;
}

function parseAll(der: Buffer): Element[] | undefined {
  const elements: Element[] = [];
  for (let position = 0; position < der.length; ) {
    const tag = der[position] ?? 0;
    const short = der[position + 1] ?? 0;
    const digits = short < 0x80 ? 0 : short & 0x7f;
    if (digits > 4 || position + 2 + digits > der.length || (tag & 0x1f) === 0x1f) return undefined;
    const length = digits === 0 ? short : der.readUIntBE(position + 2, digits);
    const start = position + 2 + digits;
    if (short === 0x80 || start + length > der.length) return undefined;
    const content = der.subarray(start, start + length);
    const children = tag & CONSTRUCTED ? parseAll(content) : tag === 0x04 ? inOctets(content) : undefined;
    elements.push({ tag, content, ...(children && { children }) });
    position = start + length;
  }
  return elements;
}

/** Extensions and CMS hide DER in octet strings. */
function inOctets(content: Buffer): Element[] | undefined {
  const inside =
    content.length > 2 && [0x30, 0x04, 0x03, 0x0a].includes(content[0] ?? 0) ? parseAll(content) : undefined;
  return inside?.length === 1 ? inside : undefined;
}

function* walk(element: Element): Generator<Element> {
  yield element;
  for (const child of element.children ?? []) yield* walk(child);
}

function write(element: Element, replace: (element: Element) => Buffer | undefined): Buffer {
  return (
    replace(element) ??
    tlv(element.tag, ...(element.children?.map((child) => write(child, replace)) ?? [element.content]))
  );
}

export const plain = (element: Element) => write(element, () => undefined);
const contentOf = (element: Element) =>
  Buffer.concat(element.children?.map((child) => plain(child)) ?? [element.content]);
/** A length in more bytes than needed. */
const longLength = (element: Element) => {
  const content = contentOf(element);
  return Buffer.concat([
    Buffer.from([element.tag, 0x83, content.length >> 16, (content.length >> 8) & 0xff, content.length & 0xff]),
    content,
  ]);
};

const CHANGES: readonly Change[] = [
  () => Buffer.alloc(0),
  (element) => Buffer.concat([plain(element), plain(element)]),
  (element, random) =>
    Buffer.concat([plain(element), random.pick([Buffer.from([5, 0]), Buffer.from([0x30, 0]), Buffer.from([0x80, 0])])]),
  (element, random) =>
    tlv(
      random.pick([
        1, 2, 3, 4, 5, 6, 0x0a, 0x0c, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1e, 0x30, 0x31, 0x80, 0x82, 0x86, 0xa0, 0xa1,
        0xa3,
      ]),
      contentOf(element),
    ),
  (element) => tlv(element.tag ^ CONSTRUCTED, contentOf(element)),
  (element) => tlv(element.tag),
  (element) => longLength(element),
  (element) => tlv(element.tag, Buffer.alloc(1), contentOf(element)),
  (element) => tlv(element.tag, contentOf(element), Buffer.alloc(1)),
  (element) => tlv(element.tag, contentOf(element).subarray(0, -1)),
  (element) => tlv(element.tag, contentOf(element).subarray(1)),
  (element, random) => tlv(element.tag, random.bytes(contentOf(element).length)),
  (element) => Buffer.concat([Buffer.from([element.tag, 0x80]), contentOf(element), Buffer.alloc(2)]),
  flipOne,
  flipOne,
  flipOne,
  (element) =>
    tlv(
      element.tag,
      ...[...(element.children ?? [])].reverse().map(plain),
      ...(element.children ? [] : [element.content]),
    ),
  (element, random) =>
    tlv(
      element.tag,
      random.pick([
        Buffer.from([0xff]),
        Buffer.from([0x01]),
        Buffer.from([0x80]),
        Buffer.from([0x00, 0x01]),
        Buffer.from([0xff, 0xff]),
      ]),
    ),
];

function flipOne(element: Element, random: Random): Buffer {
  const content = Buffer.from(contentOf(element));
  if (content.length === 0) return plain(element);
  const at = random.below(content.length);
  content[at] = (content[at] ?? 0) ^ (1 << random.below(8));
  return tlv(element.tag, content);
}
