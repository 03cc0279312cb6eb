import { createHash } from "node:crypto";
import type { Certificate } from "../certificates/certificate";
import { hashOf } from "../certificates/hash";
import { isSignatureValid } from "../certificates/signature";
import { encodeDer } from "../der/encode";
import { DerReader } from "../der/reader";
import { Tag } from "../der/tag";
import { ENCODING_ASN1, readTime } from "../der/time";
import { signerScheme } from "./algorithms";
import { TimestampError } from "./error";
import { type Instant, instantOfDer } from "./instant";
import { readingDer } from "./malformed";
import type { Attribute, SignedData, SignerInfo } from "./signedData";

// One signer of a token: trust-store-trust-policy.md § Steps "Validate Authentic Timestamp", as tspclient-go token.go
// and internal/cms/signed.go verify it (RFC 5652 § 5.4, § 5.6; RFC 5035; RFC 5816).

const ATTRIBUTE = {
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingTime: "1.2.840.113549.1.9.5",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
} as const;

/**
 * The certificate that the signed attribute signingCertificateV2 names, by its hash. The reference does not look at the
 * older signingCertificate, whose hash is SHA-1.
 * @throws TimestampError TIMESTAMP_NOT_TRUSTED, TIMESTAMP_MALFORMED
 */
export function signingCertificateOf(signer: SignerInfo, certificates: readonly Certificate[]): Certificate {
  const value = attributeOf(signer, ATTRIBUTE.signingCertificateV2);
  return readingDer(() => {
    const [identifier] = readCertificateIdentifiers(new DerReader(value).sequence());
    if (!identifier) throw notTrusted("its signer names no certificate");
    const { hashAlgorithm, certificateHash } = identifier;
    const { issuer, serialNumber } = identifier.issuerSerial ?? signer;
    const certificate = certificates.find(
      (candidate) =>
        issuer !== undefined && candidate.issuerDer.equals(issuer) && candidate.serialNumber.equals(serialNumber),
    );
    if (!certificate) throw notTrusted("the certificate of its signer is not in it");
    const hash = hashAlgorithm === undefined ? "sha256" : hashOf(hashAlgorithm);
    if (!hash) throw notTrusted(`it names the signer's certificate by ${hashAlgorithm}, which is not supported`);
    if (!createHash(hash).update(certificate.raw).digest().equals(certificateHash)) {
      throw notTrusted("its signer names another certificate than the one in it");
    }
    return certificate;
  });
}

interface CertificateIdentifier {
  hashAlgorithm: string | undefined;
  certificateHash: Buffer;
  issuerSerial: { issuer: Buffer | undefined; serialNumber: Buffer } | undefined;
}

/** RFC 5035 § 3, § 4: the first one is the signer's. */
function readCertificateIdentifiers(signingCertificate: DerReader): CertificateIdentifier[] {
  return signingCertificate.sequence().readAll((list) => {
    const identifier = list.sequence();
    return {
      hashAlgorithm: identifier.optional(Tag.sequence)?.objectIdentifier(),
      certificateHash: identifier.content(Tag.octetString),
      issuerSerial: readIssuerSerial(identifier.optional(Tag.sequence)),
    };
  });
}

/** The issuer's directoryName, absent when it has none, and the serial number. */
function readIssuerSerial(reader: DerReader | undefined): CertificateIdentifier["issuerSerial"] {
  if (!reader) return undefined;
  const name = reader.sequence().optional(Tag.explicit(4));
  return { issuer: name?.isEmpty === false ? name.any().element : undefined, serialNumber: reader.integer() };
}

/** @throws TimestampError TIMESTAMP_NOT_TRUSTED */
export function requireSignature(signer: SignerInfo, certificate: Certificate): void {
  const scheme = signerScheme(signer.digestAlgorithm, signer.signatureAlgorithm);
  if (!scheme) throw notTrusted(`it is signed with ${signer.signatureAlgorithm}, which is not supported`);
  const signed = signedBytes(signer.signedAttributes);
  if (!isSignatureValid(scheme, signed, signer.signature, () => certificate.publicKey)) {
    throw notTrusted("the signature of its authority does not hold");
  }
}

/** DER of the set of the attributes (RFC 5652 § 5.4), which a token may hold in another order. */
function signedBytes(attributes: readonly Attribute[]): Buffer {
  return encodeDer(Tag.set, ...attributes.map(({ raw }) => raw).sort(Buffer.compare));
}

/**
 * The attributes say what is signed, and the hash of it.
 * @throws TimestampError TIMESTAMP_NOT_TRUSTED, TIMESTAMP_MALFORMED
 */
export function requireAttributes(signer: SignerInfo, { contentType, content }: SignedData): void {
  readingDer(() => {
    const type = new DerReader(attributeOf(signer, ATTRIBUTE.contentType)).objectIdentifier();
    if (type !== contentType) throw notTrusted("its signer signed content of another type");
    const digest = new DerReader(attributeOf(signer, ATTRIBUTE.messageDigest)).content(Tag.octetString);
    const hash = hashOf(signer.digestAlgorithm);
    if (!hash) throw notTrusted(`it hashes with ${signer.digestAlgorithm}, which is not supported`);
    if (!createHash(hash).update(content).digest().equals(digest)) throw notTrusted("its signer signed other content");
  });
}

/** The time that the signer states, which a token need not. @throws TimestampError TIMESTAMP_MALFORMED */
export function signingTimeOf({ signedAttributes }: SignerInfo): Instant | undefined {
  const attribute = signedAttributes.find(({ type }) => type === ATTRIBUTE.signingTime);
  if (!attribute) return undefined;
  return readingDer(() => instantOfDer(readTime(new DerReader(attribute.values), ENCODING_ASN1)));
}

/** The values of the first attribute of a type. */
function attributeOf({ signedAttributes }: SignerInfo, type: string): Buffer {
  const attribute = signedAttributes.find((candidate) => candidate.type === type);
  if (!attribute) throw notTrusted(`its signer does not sign the attribute ${type}`);
  return attribute.values;
}

export function notTrusted(why: string): TimestampError {
  return new TimestampError(
    "TIMESTAMP_NOT_TRUSTED",
    `the time stamp is not to be trusted: ${why}; have it made by another time stamping authority`,
  );
}
