import { sign } from "node:crypto";
import { DerReader } from "../../components/notary/certificates/der";
import type { TestCertificate } from "./certificates";

// Certificates that no library makes: taken apart, changed and signed again.

/** An element in DER. */
export function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const length = content.length;
  const octets = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...octets]), content]);
}

export const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ""), "hex");

/** The elements of a version 3 certificate's TBSCertificate, in its order. */
export interface ToBeSigned {
  version: Buffer;
  serialNumber: Buffer;
  signature: Buffer;
  issuer: Buffer;
  validity: Buffer;
  subject: Buffer;
  subjectPublicKeyInfo: Buffer;
  extensions: Buffer;
}

export interface CertificateChange extends Partial<ToBeSigned> {
  /** After the extensions. */
  trailer?: Buffer;
  /** The AlgorithmIdentifier outside. */
  signatureAlgorithm?: Buffer;
  /** Of the encoded TBSCertificate. */
  sign?: (toBeSigned: Buffer) => Buffer;
}

/**
 * The certificate with some elements replaced, signed by `issuer` with SHA-256 and its kind of key, whatever it says,
 * unless the change signs otherwise; itself when it is its own issuer.
 */
export function changed(
  certificate: TestCertificate,
  change: (tbs: ToBeSigned) => CertificateChange,
  issuer: TestCertificate = certificate,
): TestCertificate {
  const parts = new DerReader(new DerReader(certificate.der).sequence().element(0x30)).sequence();
  const next = () => parts.any().element;
  const tbs: ToBeSigned = {
    version: next(),
    serialNumber: next(),
    signature: next(),
    issuer: next(),
    validity: next(),
    subject: next(),
    subjectPublicKeyInfo: next(),
    extensions: next(),
  };
  const { trailer = Buffer.alloc(0), signatureAlgorithm, sign: signed, ...changes } = change(tbs);
  const made = { ...tbs, ...changes };
  const body = der(0x30, ...Object.values(made), trailer);
  const octets = signed?.(body) ?? sign("sha256", body, issuer.privateKey);
  const signature = der(0x03, Buffer.of(0), octets);
  return { ...certificate, der: der(0x30, body, signatureAlgorithm ?? made.signature, signature) };
}

// Parts of a TBSCertificate.

export const OID = {
  cn: hex("0603550403"),
  keyUsage: hex("0603551d0f"),
  basicConstraints: hex("0603551d13"),
  ecPublicKey: hex("06072a8648ce3d0201"),
  p256: hex("06082a8648ce3d030107"),
  rsa: hex("06092a864886f70d010101"),
};
export const ascii = (text: string) => Buffer.from(text, "latin1");
export const name = (tag: number, value: Buffer, type = OID.cn) =>
  der(0x30, der(0x31, der(0x30, type, der(tag, value))));
export const time = (text: string, tag = 0x17) => der(tag, ascii(text));
export const validity = (from: Buffer, to = time("300101000000Z")) => ({ validity: der(0x30, from, to) });
export const oid = (dotted: string) => {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const octets = (value: number): number[] =>
    value < 128 ? [value] : [...octets(value >> 7).map((o) => o | 0x80), value & 0x7f];
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(octets)]));
};
const TRUE = hex("0101ff");
export const extension = (type: string, value: Buffer, critical = false) =>
  der(0x30, oid(type), ...(critical ? [TRUE] : []), der(0x04, value));
export const extensions = (...list: Buffer[]) => ({ extensions: der(0xa3, der(0x30, KEY_USAGE, ...list)) });
const KEY_USAGE = extension("2.5.29.15", hex("03020780"), true);
export const spki = (algorithm: Buffer[], bits: Buffer) => ({
  subjectPublicKeyInfo: der(0x30, der(0x30, ...algorithm), der(0x03, bits)),
});

export type Change = (tbs: ToBeSigned) => CertificateChange;
export const constant =
  (change: CertificateChange): Change =>
  () =>
    change;
