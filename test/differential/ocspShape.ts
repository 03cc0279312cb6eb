import type { Case } from "./case";
import { certificatesOf, isWellFormed, tokenOf } from "./facts";
import { type Element, parse } from "./mutateDer";

/** Whether an OCSP response is no DER as far as lengths go, or has other elements than those of RFC 6960 § 4.2.1. */
export function hasOddOcspResponse({ network }: Case): boolean {
  const responses = Object.entries(network).filter(([address]) => /^\w+:\/\/ocsp/i.test(address));
  return responses.some(([, { body }]) => isOdd(Buffer.from(body, "base64")));
}

function isOdd(der: Buffer): boolean {
  const response = parse(der);
  const octets = response?.children?.[1]?.children?.[0]?.children?.[1];
  if (!isWellFormed(der) || !response || octets?.tag !== 0x04) return true;
  const basic = parse(octets.content);
  return !isWellFormed(octets.content) || !basic || !RESPONSE(response) || !BASIC(basic);
}

type Shape = (element: Element) => boolean;
/** A member of these tags and this shape, which may be missing or not. */
interface Member {
  tags: readonly number[];
  shape: Shape;
  optional: boolean;
}

const anything: Shape = () => true;
const one = (tag: number, shape: Shape = anything): Member => ({ tags: [tag], shape, optional: false });
const optional = (tag: number, shape: Shape): Member => ({ tags: [tag], shape, optional: true });
/** One of several, each with a shape of its own. */
const choice = (...shapes: readonly (readonly [tag: number, shape: Shape])[]): Member => ({
  tags: shapes.map(([tag]) => tag),
  shape: (element) => shapes.some(([tag, shape]) => tag === element.tag && shape(element)),
  optional: false,
});

/** These members, in this order, and no others. */
const members =
  (...expected: readonly Member[]): Shape =>
  ({ children }) => {
    const rest = [...(children ?? [])];
    const fits = expected.every(({ tags, shape, optional: mayBeMissing }) => {
      const [next] = rest;
      if (!next || !tags.includes(next.tag)) return mayBeMissing;
      rest.shift();
      return shape(next);
    });
    return fits && rest.length === 0;
  };
const listOf =
  (shape: Shape): Shape =>
  ({ children }) =>
    children?.every(shape) === true;

const TIME = 0x18;
const algorithm: Shape = ({ children }) => [1, 2].includes(children?.length ?? 0);
const STRINGS = [0x0c, 0x12, 0x13, 0x14, 0x16, 0x1e];
const attribute = members(one(0x06), choice(...STRINGS.map((tag) => [tag, anything] as const)));
const extensions = members(one(0x30));

const SINGLE = members(
  one(0x30, members(one(0x30, algorithm), one(0x04), one(0x04), one(0x02))),
  choice([0x80, anything], [0x82, anything], [0xa1, members(one(TIME), optional(0xa0, members(one(0x0a))))]),
  one(TIME),
  optional(0xa0, members(one(TIME))),
  optional(0xa1, extensions),
);
const DATA = members(
  optional(0xa0, members(one(0x02))),
  choice([0xa1, members(one(0x30, listOf(listOf(attribute))))], [0xa2, members(one(0x04))]),
  one(TIME),
  one(0x30, listOf(SINGLE)),
  optional(0xa1, extensions),
);
const RESPONSE = members(one(0x0a), one(0xa0, members(one(0x30, members(one(0x06), one(0x04))))));
const BASIC = members(one(0x30, DATA), one(0x30, algorithm), one(0x03), optional(0xa0, members(one(0x30))));

/** id-ad-ocsp, and the tag of a URI. */
const OCSP_ACCESS = Buffer.from([0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x86]);

/** Whether a certificate of the signer or of the token names an OCSP responder by what Go takes for no URL. */
export function hasForeignOcspAddress(question: Case): boolean {
  const certificates = certificatesOf(question).map((certificate) =>
    typeof certificate === "string" ? Buffer.from(certificate, "base64") : Buffer.from(certificate as Uint8Array),
  );
  return [...certificates, tokenOf(question) ?? Buffer.alloc(0)].some((der) => {
    for (let at = der.indexOf(OCSP_ACCESS); at >= 0; at = der.indexOf(OCSP_ACCESS, at + 1)) {
      const start = at + OCSP_ACCESS.length + 1;
      const address = der.toString("latin1", start, start + (der[start - 1] ?? 0));
      // A first segment with a colon that ends no scheme, what may stand in no URL, or in no host.
      if (
        /^(?![a-z][a-z0-9+.-]*:)[^/]*:|\p{Cc}|%(?![0-9a-f]{2})|^[a-z][a-z0-9+.-]*:\/\/[^/?#]*[ {}|\\^`]/iu.test(address)
      )
        return true;
    }
    return false;
  });
}
