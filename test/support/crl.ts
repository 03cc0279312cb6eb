import "reflect-metadata";
import { sign } from "node:crypto";
import { X509Certificate } from "@peculiar/x509";
import type { TestCertificate } from "./certificates";
import { bits, boolean, der, enumerated, extension, generalizedTime, integer, oid, sequence, text } from "./der";

export const EXTENSION = {
  number: (number: number) => extension("2.5.29.20", integer(number)),
  deltaIndicator: (base: number, critical = true) => extension("2.5.29.27", integer(base), critical),
  freshest: (...urls: string[]) => extension("2.5.29.46", distributionPoints(...urls)),
  invalidityDate: (date: Date) => extension("2.5.29.24", generalizedTime(date)),
  reason: (code: number) => extension("2.5.29.21", enumerated(code)),
  /** `flags`: numbers of the BOOLEANs in IssuingDistributionPoint that are true. */
  issuingDistributionPoint: (urls: string[], ...flags: number[]) =>
    extension(
      "2.5.29.28",
      sequence(
        ...(urls.length > 0 ? [der(0xa0, der(0xa0, ...urls.map((url) => text(0x86, url))))] : []),
        ...flags.map((flag) => boolean(0x80 | flag)),
      ),
      true,
    ),
};

export function distributionPoints(...urls: string[]): Buffer {
  return sequence(...urls.map((url) => sequence(der(0xa0, der(0xa0, text(0x86, url))))));
}

/** AlgorithmIdentifiers of what `signed` makes, by the signer's kind of key. */
export const ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));

/** SEQUENCE { what is signed, algorithm, signature … }; the key must be one of EC. */
export function signedSequence(tbs: Buffer, signer: TestCertificate, ...more: Buffer[]): Buffer {
  return sequence(tbs, ECDSA_SHA256, bits(sign("sha256", tbs, signer.privateKey)), ...more);
}

export const serialOf = (certificate: TestCertificate) =>
  Buffer.from(new X509Certificate(certificate.der).serialNumber, "hex");
export const subjectOf = (certificate: TestCertificate) =>
  Buffer.from(new X509Certificate(certificate.der).subjectName.toArrayBuffer());

export interface CrlEntry {
  certificate: TestCertificate;
  date?: Date;
  /** DER of extensions. */
  extensions?: Buffer[];
}

export interface CrlOptions {
  /** Signs; must have a key on P-256. */
  issuer: TestCertificate;
  /** Name in the CRL when it is another one's. */
  issuerName?: Buffer;
  thisUpdate: Date;
  nextUpdate?: Date | undefined;
  entries?: CrlEntry[];
  /** How often each of them is there. */
  repeat?: number;
  extensions?: Buffer[];
  version?: number;
}

/** A CertificateList exactly as told. */
export function makeCrl(options: CrlOptions): Buffer {
  const { issuer, thisUpdate, nextUpdate, entries = [], extensions = [EXTENSION.number(1)], version = 1 } = options;
  const listed = entries.flatMap((entry) => Array(options.repeat ?? 1).fill(crlEntry(entry, thisUpdate)) as Buffer[]);
  const tbs = sequence(
    integer(version),
    ECDSA_SHA256,
    options.issuerName ?? subjectOf(issuer),
    generalizedTime(thisUpdate),
    ...(nextUpdate ? [generalizedTime(nextUpdate)] : []),
    ...(listed.length > 0 ? [sequence(Buffer.concat(listed))] : []),
    ...(extensions.length > 0 ? [der(0xa0, sequence(...extensions))] : []),
  );
  return signedSequence(tbs, issuer);
}

function crlEntry({ certificate, date, extensions = [] }: CrlEntry, thisUpdate: Date): Buffer {
  return sequence(
    integer(serialOf(certificate)),
    generalizedTime(date ?? thisUpdate),
    ...(extensions.length > 0 ? [sequence(...extensions)] : []),
  );
}
