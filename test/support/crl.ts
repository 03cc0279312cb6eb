import "reflect-metadata";
import { sign } from "node:crypto";
import { X509Certificate } from "@peculiar/x509";
import type { TestCertificate } from "./certificates";

/** One element of DER: identifier octet, length, contents. */
export function tlv(tag: number, ...contents: Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const significant = length.subarray(length.findIndex((octet) => octet !== 0));
  return Buffer.concat([Buffer.of(tag, 0x80 | significant.length), significant, content]);
}

export const sequence = (...contents: Uint8Array[]) => tlv(0x30, ...contents);
export const octets = (content: Uint8Array) => tlv(0x04, content);
export const bits = (content: Uint8Array) => tlv(0x03, Buffer.of(0), content);
export const enumerated = (value: number) => tlv(0x0a, Buffer.of(value));
export const boolean = (tag = 0x01) => tlv(tag, Buffer.of(0xff));
export const text = (tag: number, value: string) => tlv(tag, Buffer.from(value));

/** An INTEGER from 0 to 2^31 - 1. */
export function integer(value: number): Buffer {
  const hex = value.toString(16);
  const content = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  return tlv(0x02, ...((content[0] ?? 0) < 0x80 ? [] : [Buffer.of(0)]), content);
}

export function generalizedTime(time: Date): Buffer {
  return text(0x18, `${time.toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z`);
}

export function oid(id: string): Buffer {
  const [first = 0, second = 0, ...rest] = id.split(".").map(Number);
  const arcs = [first * 40 + second, ...rest].map((arc) => {
    const octetsOf = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      octetsOf.unshift(0x80 | (left & 0x7f));
    return Buffer.from(octetsOf);
  });
  return tlv(0x06, ...arcs);
}

export function extension(id: string, value: Uint8Array, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [boolean()] : []), octets(value));
}

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
        ...(urls.length > 0 ? [tlv(0xa0, tlv(0xa0, ...urls.map((url) => text(0x86, url))))] : []),
        ...flags.map((flag) => boolean(0x80 | flag)),
      ),
      true,
    ),
};

export function distributionPoints(...urls: string[]): Buffer {
  return sequence(...urls.map((url) => sequence(tlv(0xa0, tlv(0xa0, text(0x86, url))))));
}

/** AlgorithmIdentifiers of what `signed` makes, by the signer's kind of key. */
export const ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));

/** SEQUENCE { what is signed, algorithm, signature … }; the key must be one of EC. */
export function signedSequence(tbs: Buffer, signer: TestCertificate, ...more: Buffer[]): Buffer {
  return sequence(tbs, ECDSA_SHA256, bits(sign("sha256", tbs, signer.privateKey)), ...more);
}

export const serialOf = ({ der }: TestCertificate) => Buffer.from(new X509Certificate(der).serialNumber, "hex");
export const subjectOf = ({ der }: TestCertificate) =>
  Buffer.from(new X509Certificate(der).subjectName.toArrayBuffer());

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
    ...(extensions.length > 0 ? [tlv(0xa0, sequence(...extensions))] : []),
  );
  return signedSequence(tbs, issuer);
}

function crlEntry({ certificate, date, extensions = [] }: CrlEntry, thisUpdate: Date): Buffer {
  return sequence(
    tlv(0x02, serialOf(certificate)),
    generalizedTime(date ?? thisUpdate),
    ...(extensions.length > 0 ? [sequence(...extensions)] : []),
  );
}
