import { hash, type KeyObject } from "node:crypto";
import { messageOf } from "../../errors";
import { malformed } from "../der/error";
import { DerReader } from "../der/reader";
import { Tag } from "../der/tag";
import { CRYPTOBYTE, readDate } from "../der/time";
import { rightAligned } from "../der/values";
import { quoted } from "../quoted";
import { BoundedMap } from "./bounded";
import { CertificateError } from "./error";
import { type CertificateExtensions, extensionsByType, requireReadableExtensions } from "./extensions";
import { type KeySpec, keySpecOf } from "./keySpec";
import { readName } from "./name";
import { readPublicKey } from "./publicKey";
import { isSignatureValid } from "./signature";
import { readSignatureAlgorithm } from "./signatureAlgorithm";
import { subjectString } from "./subject";
import { readUsedExtensions, type UsedExtensions } from "./usedExtensions";

/**
 * An X.509 certificate (RFC 5280), parsed once: what the rules of the Notary Project look at
 * (signature-specification.md § Certificate Requirements) and what revocation and time stamps need.
 */
export interface Certificate extends UsedExtensions {
  /** DER. */
  readonly raw: Buffer;
  /** SHA-256 of the DER, lower-case hex. */
  readonly thumbprint: string;
  readonly version: 1 | 2 | 3;
  /** Content octets of the INTEGER, as they stand in the DER. */
  readonly serialNumber: Buffer;
  /** Subject and issuer, in the string form of RFC 4514 that Go prints. */
  readonly subject: string;
  readonly issuer: string;
  /** DER of the two names: equality of names is equality of bytes. */
  readonly subjectDer: Buffer;
  readonly issuerDer: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** @throws CertificateError CERTIFICATE_KEY_UNSUPPORTED for a key of an algorithm that Node does not know */
  readonly publicKey: KeyObject;
  /** Undefined for a key that signs nothing in the Notary Project. */
  readonly keySpec: KeySpec | undefined;
  /** Content of the BIT STRING subjectPublicKey without its first octet (the count of unused bits). */
  readonly publicKeyBits: Buffer;
  /** Name and hash of the algorithm its issuer signed it with, as in "ECDSA/SHA-384". */
  readonly signatureAlgorithm: string;
  /** All extensions by object identifier; `value` is the DER inside the OCTET STRING. */
  readonly extensions: CertificateExtensions;
  /** Object identifiers of critical extensions that Go's crypto/x509 does not know; notation looks at them in a TSA's chain only. */
  readonly unhandledCriticalExtensions: readonly string[];
  /** Whether the key of `issuer` made its signature; says nothing of names, constraints or the strength of the hash. */
  isSignedWith(issuer: Certificate): boolean;
}

// Parsing costs more than any check that follows, and the certificates of a chain come again with every signature.
const parsed = new BoundedMap<string, Certificate>(1024);
/** Whether a certificate is signed with another one's key, by both thumbprints: true or false for ever. */
const signed = new BoundedMap<string, boolean>(4096);
/** A certificate of the largest keys has some 4 KiB. */
const BYTES_MAX = 64 * 1024;

/**
 * Takes what Go's crypto/x509 takes.
 * @throws CertificateError CERTIFICATE_MALFORMED
 */
export function parseCertificate(der: Uint8Array): Certificate {
  const { certificate, length } = parseFirst(Buffer.from(der.buffer, der.byteOffset, der.byteLength));
  if (length !== der.length) throw unparsable("data follow it");
  return certificate;
}

/** Certificates in DER, one after the other. @throws CertificateError CERTIFICATE_MALFORMED */
export function parseConcatenatedCertificates(der: Uint8Array): Certificate[] {
  const bytes = Buffer.from(der.buffer, der.byteOffset, der.byteLength);
  const certificates: Certificate[] = [];
  for (let position = 0; position < bytes.length; ) {
    const { certificate, length } = parseFirst(bytes.subarray(position));
    certificates.push(certificate);
    position += length;
  }
  return certificates;
}

function parseFirst(bytes: Buffer): { certificate: Certificate; length: number } {
  try {
    const element = new DerReader(bytes).element(Tag.sequence);
    if (element.length > BYTES_MAX) malformed(`it has more than ${BYTES_MAX} bytes`);
    const thumbprint = hash("sha256", element, "hex");
    return {
      certificate: parsed.get(thumbprint, () => read(Buffer.from(element), thumbprint)),
      length: element.length,
    };
  } catch (error) {
    throw unparsable(messageOf(error), error);
  }
}

function unparsable(what: string, cause?: unknown): CertificateError {
  return new CertificateError(
    "CERTIFICATE_MALFORMED",
    `a certificate cannot be parsed (${what}): give an X.509 certificate in DER or PEM`,
    { cause },
  );
}

function read(raw: Buffer, thumbprint: string): Certificate {
  const outer = new DerReader(raw).sequence();
  const toBeSigned = outer.element(Tag.sequence);
  const tbs = new DerReader(toBeSigned).sequence();
  const version = readVersion(tbs);
  const serialNumber = tbs.integer();
  if ((serialNumber[0] ?? 0) >= 0x80) malformed("the serial number is negative");
  const algorithmOctets = tbs.content(Tag.sequence);
  if (!outer.content(Tag.sequence).equals(algorithmOctets)) malformed("two different signature algorithms are named");
  const algorithm = readSignatureAlgorithm(algorithmOctets);
  const issuerDer = tbs.element(Tag.sequence);
  const issuer = subjectString(readName(issuerDer));
  const validity = tbs.sequence();
  const [notBefore, notAfter] = [readDate(validity, CRYPTOBYTE), readDate(validity, CRYPTOBYTE)];
  const subjectDer = tbs.element(Tag.sequence);
  const subject = subjectString(readName(subjectDer));
  const publicKey = readPublicKey(tbs.element(Tag.sequence));
  // The unique identifiers, which nothing uses.
  if (version > 1) for (const number of [1, 2]) tbs.optional(Tag.implicit(number));
  const list = version === 3 ? tbs.optional(Tag.explicit(3)) : undefined;
  const extensions: CertificateExtensions = list ? extensionsByType(list.sequence()) : new Map();
  const unhandledCriticalExtensions = requireReadableExtensions(extensions);
  const signature = rightAligned(outer.bitString());
  return {
    raw,
    thumbprint,
    version,
    serialNumber,
    subject,
    issuer,
    subjectDer,
    issuerDer,
    notBefore,
    notAfter,
    get publicKey() {
      return publicKey.key ?? unsupportedKey(subject);
    },
    keySpec: publicKey.key && keySpecOf(publicKey.key),
    publicKeyBits: publicKey.bits,
    signatureAlgorithm: algorithm.name,
    extensions,
    unhandledCriticalExtensions,
    ...readUsedExtensions(extensions),
    isSignedWith: (issuer) =>
      signed.get(`${thumbprint} ${issuer.thumbprint}`, () =>
        isSignatureValid(algorithm.scheme, toBeSigned, signature, () => issuer.publicKey),
      ),
  };
}

function unsupportedKey(subject: string): never {
  throw new CertificateError(
    "CERTIFICATE_KEY_UNSUPPORTED",
    `the certificate ${quoted(subject)} has a key of an unknown algorithm: have it issued for RSA or EC`,
  );
}

function readVersion(tbs: DerReader): 1 | 2 | 3 {
  const explicit = tbs.optional(Tag.explicit(0));
  if (!explicit) return 1;
  const version = explicit.int64() + 1n;
  if (!explicit.isEmpty) malformed("data follow the version");
  if (version === 1n) return 1;
  if (version === 2n) return 2;
  return version === 3n ? 3 : malformed("the version is none of 1, 2 and 3");
}
