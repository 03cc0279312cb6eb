import { createPublicKey, type KeyObject } from "node:crypto";
import { malformed } from "../der/error";
import { DerReader } from "../der/reader";
import { rightAligned } from "../der/values";

export interface SubjectPublicKey {
  /** Undefined when Node cannot read it. */
  readonly key: KeyObject | undefined;
  /** Content of the BIT STRING without its count of unused bits. */
  readonly bits: Buffer;
}

// Object identifiers of RFC 3279 and RFC 8410.
const RSA = "1.2.840.113549.1.1.1";
const EC = "1.2.840.10045.2.1";
const DSA = "1.2.840.10040.4.1";
const ED25519 = "1.3.101.112";
const CURVES: Readonly<Record<string, { name: string; octets: number } | undefined>> = {
  "1.3.132.0.33": { name: "P-224", octets: 28 },
  "1.2.840.10045.3.1.7": { name: "P-256", octets: 32 },
  "1.3.132.0.34": { name: "P-384", octets: 48 },
  "1.3.132.0.35": { name: "P-521", octets: 66 },
};

/**
 * A SubjectPublicKeyInfo (RFC 5280 § 4.1.2.7) as Go reads it: which keys may sign is another matter
 * (signature-specification.md § Algorithm Selection). A key of an algorithm that Go does not know may be anything.
 * @param element with tag and length
 * @throws DerError, or what Node throws for a point that is not on its curve
 */
export function readPublicKey(element: Buffer): SubjectPublicKey {
  const info = new DerReader(element).sequence();
  const algorithm = info.sequence();
  const identifier = algorithm.objectIdentifier();
  const parameters = algorithm.isEmpty ? undefined : algorithm.any().element;
  const bits = rightAligned(info.bitString());
  return { key: keyOf(identifier, parameters, bits, element), bits };
}

function keyOf(
  identifier: string,
  parameters: Buffer | undefined,
  bits: Buffer,
  element: Buffer,
): KeyObject | undefined {
  if (identifier === RSA) return rsa(parameters, bits);
  if (identifier === EC) return ec(parameters, bits, element);
  if (identifier === ED25519) {
    if (parameters || bits.length !== 32) malformed("an Ed25519 key has parameters or another size");
    return jwk({ kty: "OKP", crv: "Ed25519", x: base64url(bits) });
  }
  if (identifier === DSA) requireDsa(parameters, bits);
  try {
    return createPublicKey({ key: element, format: "der", type: "spki" });
  } catch {
    return undefined;
  }
}

function rsa(parameters: Buffer | undefined, bits: Buffer): KeyObject {
  if (parameters?.toString("hex") !== "0500") malformed("an RSA key is without its NULL parameters");
  const key = new DerReader(bits).sequence();
  const modulus = positive(key);
  const exponent = key.int64();
  if (exponent <= 0n) malformed("an RSA exponent is not positive");
  return jwk({ kty: "RSA", n: base64url(modulus), e: base64url(Buffer.from(evenHex(exponent), "hex")) });
}

function ec(parameters: Buffer | undefined, bits: Buffer, element: Buffer): KeyObject {
  if (!parameters) malformed("an EC key has no named curve");
  const curve = CURVES[new DerReader(parameters).objectIdentifier()] ?? malformed("an EC key has an unsupported curve");
  if (bits[0] !== 4 || bits.length !== 1 + 2 * curve.octets) malformed("an EC key is no uncompressed point");
  // JWK knows no P-224.
  if (curve.name === "P-224") return createPublicKey({ key: element, format: "der", type: "spki" });
  const x = base64url(bits.subarray(1, 1 + curve.octets));
  const y = base64url(bits.subarray(1 + curve.octets));
  return jwk({ kty: "EC", crv: curve.name, x, y });
}

function requireDsa(parameters: Buffer | undefined, bits: Buffer): void {
  positive(new DerReader(bits));
  const numbers = new DerReader(parameters ?? malformed("a DSA key has no parameters")).sequence();
  for (let count = 0; count < 3; count++) positive(numbers);
}

function positive(der: DerReader): Buffer {
  const number = der.integer();
  if ((number[0] ?? 0) >= 0x80 || number.equals(Buffer.of(0))) malformed("a number of a key is not positive");
  return number;
}

/** Go verifies nothing with an RSA key of less than 1024 bits, an even modulus, or an exponent even or beyond 31 bits. */
export function isUsableRsaKey(key: KeyObject): boolean {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  const modulus = Buffer.from(key.export({ format: "jwk" }).n ?? "", "base64url");
  return (
    modulusLength >= 1024 &&
    ((modulus.at(-1) ?? 0) & 1) === 1 &&
    (publicExponent & 1n) === 1n &&
    publicExponent > 1n &&
    publicExponent < 2n ** 31n
  );
}

const jwk = (key: Record<string, string>) => createPublicKey({ key, format: "jwk" });
const base64url = (bytes: Buffer) => bytes.toString("base64url");

function evenHex(value: bigint): string {
  const hex = value.toString(16);
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}
