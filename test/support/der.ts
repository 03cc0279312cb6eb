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

/**
 * The certificate with some elements replaced, signed by `issuer` with ECDSA and SHA-256 whatever it says; itself when
 * it is its own issuer.
 */
export function changed(
  certificate: TestCertificate,
  change: (tbs: ToBeSigned) => Partial<ToBeSigned> & { trailer?: Buffer; signatureAlgorithm?: Buffer },
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
  const { trailer = Buffer.alloc(0), signatureAlgorithm, ...changes } = change(tbs);
  const made = { ...tbs, ...changes };
  const body = der(0x30, ...Object.values(made), trailer);
  const signature = der(0x03, Buffer.of(0), sign("sha256", body, issuer.privateKey));
  return { ...certificate, der: der(0x30, body, signatureAlgorithm ?? made.signature, signature) };
}
