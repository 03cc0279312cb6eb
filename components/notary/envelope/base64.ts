// The two alphabets of base64 in a JWS envelope (signature-envelope-jws.md § Signature Envelope, § Unprotected Headers):
// one text for one value, so that no bit of what was signed can vary. Judged on the text alone, which can be long.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const OTHER = { base64: /[^A-Za-z0-9+/]/, base64url: /[^A-Za-z0-9_-]/ };
const ALPHABET = { base64: `${DIGITS}+/`, base64url: `${DIGITS}-_` };

/** The bytes of base64 with padding (RFC 4648 § 4); undefined for any other text, and for one with stray bits. */
export function fromBase64(text: string): Buffer | undefined {
  const digits = text.endsWith("==") ? text.slice(0, -2) : text.endsWith("=") ? text.slice(0, -1) : text;
  return text.length % 4 === 0 ? decoded(digits, "base64") : undefined;
}

/** The bytes of base64url without padding (RFC 7515 § 2); undefined for any other text, and for one with stray bits. */
export function fromBase64Url(text: string): Buffer | undefined {
  return decoded(text, "base64url");
}

function decoded(digits: string, encoding: keyof typeof ALPHABET): Buffer | undefined {
  if (OTHER[encoding].test(digits)) return undefined;
  const last = ALPHABET[encoding].indexOf(digits.at(-1) ?? "A");
  // Two digits have four bits more than a byte, three have two bits more than two bytes; one digit makes none.
  const strayBits = [0, undefined, 0b1111, 0b11][digits.length % 4];
  return strayBits === undefined || (last & strayBits) !== 0 ? undefined : Buffer.from(digits, encoding);
}
