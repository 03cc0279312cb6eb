import { type KeyObject, constants, verify } from "node:crypto";
import { DerReader, Tag } from "./der";

interface Algorithm {
  readonly key: "rsa" | "ec" | "ed25519";
  /** Node's name; absent when the algorithm has its own. */
  readonly hash?: string;
  readonly pss?: true;
}

// SHA-1 is verified on OCSP responses and CRLs, as Go's Certificate.CheckSignature does; MD5 is not.
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  "1.2.840.113549.1.1.5": { key: "rsa", hash: "sha1" },
  "1.2.840.113549.1.1.11": { key: "rsa", hash: "sha256" },
  "1.2.840.113549.1.1.12": { key: "rsa", hash: "sha384" },
  "1.2.840.113549.1.1.13": { key: "rsa", hash: "sha512" },
  "1.2.840.10045.4.1": { key: "ec", hash: "sha1" },
  "1.2.840.10045.4.3.2": { key: "ec", hash: "sha256" },
  "1.2.840.10045.4.3.3": { key: "ec", hash: "sha384" },
  "1.2.840.10045.4.3.4": { key: "ec", hash: "sha512" },
  "1.3.101.112": { key: "ed25519" },
};

const RSASSA_PSS = "1.2.840.113549.1.1.10";
const MGF1 = "1.2.840.113549.1.1.8";
const PSS_HASHES: Readonly<Record<string, { hash: string; saltLength: number }>> = {
  "2.16.840.1.101.3.4.2.1": { hash: "sha256", saltLength: 32 },
  "2.16.840.1.101.3.4.2.2": { hash: "sha384", saltLength: 48 },
  "2.16.840.1.101.3.4.2.3": { hash: "sha512", saltLength: 64 },
};

export interface SignedData {
  /** The DER that is signed. */
  readonly signed: Buffer;
  /** Content octets of the AlgorithmIdentifier. */
  readonly algorithm: Buffer;
  readonly signature: Buffer;
}

/**
 * Whether `key` made the signature (RFC 5280 § 5.1.1.3, RFC 6960 § 4.2.1). An algorithm that Go's crypto/x509 does not
 * verify, or that is none of the key's, is no.
 */
export function isSignedBy({ signed, algorithm, signature }: SignedData, key: KeyObject): boolean {
  const known = algorithmOf(algorithm);
  if (!known || key.asymmetricKeyType !== known.key) return false;
  const padding = known.pss && {
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  };
  try {
    return verify(known.hash, signed, { key, ...padding }, signature);
  } catch {
    return false; // a key too short for the hash, a curve that the platform has not
  }
}

/** Object identifier of an AlgorithmIdentifier. @throws RevocationError REVOCATION_DATA_MALFORMED */
export function algorithmId(algorithm: Buffer): string {
  return new DerReader(algorithm).readObjectIdentifier();
}

function algorithmOf(der: Buffer): Algorithm | undefined {
  const reader = new DerReader(der);
  const id = reader.readObjectIdentifier();
  if (id === RSASSA_PSS) return pssAlgorithm(reader);
  const known = ALGORITHMS[id];
  // RFC 8410 § 3: parameters must be absent.
  return known?.key === "ed25519" && !reader.done ? undefined : known;
}

/** RFC 4055 § 3.1: one hash for the message and the mask, a salt of its length. */
function pssAlgorithm(reader: DerReader): Algorithm | undefined {
  const parameters = reader.enterOptional(Tag.sequence);
  const hashId = parameters?.enterOptional(0xa0)?.enter(Tag.sequence).readObjectIdentifier();
  const mask = parameters?.enterOptional(0xa1)?.enter(Tag.sequence);
  const known = hashId === undefined ? undefined : PSS_HASHES[hashId];
  if (!parameters || !mask || !known || mask.readObjectIdentifier() !== MGF1) return undefined;
  if (mask.enter(Tag.sequence).readObjectIdentifier() !== hashId) return undefined;
  const salt = parameters.enterOptional(0xa2)?.readInteger();
  const trailer = parameters.enterOptional(0xa3)?.readInteger();
  const fits = salt?.length === 1 && salt[0] === known.saltLength && (!trailer || trailer.equals(Buffer.of(1)));
  return fits ? { key: "rsa", hash: known.hash, pss: true } : undefined;
}
