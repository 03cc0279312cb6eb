import { sign } from "node:crypto";
import type { TestCertificate } from "./certificates";
import { bits, der, extension, hex, membersOf, sequence, set, time } from "./der";

// Certificates that no library makes: taken apart, changed and signed again.

const TO_BE_SIGNED = [
  "version",
  "serialNumber",
  "signature",
  "issuer",
  "validity",
  "subject",
  "subjectPublicKeyInfo",
  "extensions",
] as const;

/** The elements of a version 3 certificate's TBSCertificate, in its order. */
export type ToBeSigned = Record<(typeof TO_BE_SIGNED)[number], Buffer>;

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
  const [whole = Buffer.alloc(0)] = membersOf(certificate.der);
  const members = membersOf(whole).map((element, index) => [TO_BE_SIGNED[index], element]);
  const tbs = Object.fromEntries(members) as ToBeSigned;
  const { trailer = Buffer.alloc(0), signatureAlgorithm, sign: signed, ...changes } = change(tbs);
  const made = { ...tbs, ...changes };
  const body = sequence(...Object.values(made), trailer);
  const signature = bits(signed?.(body) ?? sign("sha256", body, issuer.privateKey));
  return { ...certificate, der: sequence(body, signatureAlgorithm ?? made.signature, signature) };
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
export const name = (tag: number, value: Buffer, type = OID.cn) => sequence(set(sequence(type, der(tag, value))));
export const validity = (from: Buffer, to = time("300101000000Z")) => ({ validity: sequence(from, to) });
export const extensions = (...list: Buffer[]) => ({ extensions: der(0xa3, sequence(KEY_USAGE, ...list)) });
const KEY_USAGE = extension("2.5.29.15", hex("03020780"), true);
export const spki = (algorithm: Buffer[], bitString: Buffer) => ({
  subjectPublicKeyInfo: sequence(sequence(...algorithm), der(0x03, bitString)),
});

export type Change = (tbs: ToBeSigned) => CertificateChange;
export const constant =
  (change: CertificateChange): Change =>
  () =>
    change;
