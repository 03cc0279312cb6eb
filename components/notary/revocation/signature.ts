import type { Certificate } from "../certificates/certificate";
import { isSignatureValid } from "../certificates/signature";
import { readSignatureAlgorithm } from "../certificates/signatureAlgorithm";
import { DerReader } from "../der/reader";
import { Tag } from "../der/tag";
import { rightAligned } from "../der/values";
import { readingData } from "./error";

export interface SignedData {
  /** The DER that is signed. */
  readonly signed: Buffer;
  /** Content octets of the AlgorithmIdentifier. */
  readonly algorithm: Buffer;
  readonly signature: Buffer;
}

/** The parts of a CertificateList or BasicOCSPResponse up to its signature (RFC 5280 § 5.1, RFC 6960 § 4.2.1). */
export function readSignedData(der: DerReader): SignedData {
  return {
    signed: der.element(Tag.sequence),
    algorithm: der.content(Tag.sequence),
    signature: rightAligned(der.bitString()),
  };
}

/**
 * Whether the key of `signer` made the signature (RFC 5280 § 5.1.1.3, RFC 6960 § 4.2.1). An algorithm that Go's
 * crypto/x509 does not verify, or that is none of the key's, is no; SHA-1 is verified, MD5 is not.
 * @throws RevocationError REVOCATION_DATA_MALFORMED
 */
export function isSignedBy({ signed, algorithm, signature }: SignedData, signer: Certificate): boolean {
  const { scheme } = readingData(() => readSignatureAlgorithm(algorithm));
  return isSignatureValid(scheme, signed, signature, () => signer.publicKey);
}

/** Object identifier of its algorithm. @throws RevocationError REVOCATION_DATA_MALFORMED */
export function algorithmId({ algorithm }: SignedData): string {
  return readingData(() => new DerReader(algorithm).objectIdentifier());
}
