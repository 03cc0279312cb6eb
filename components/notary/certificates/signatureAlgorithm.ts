import { constants, type KeyObject, verify } from "node:crypto";
import { DerReader, malformed, Tag } from "./der";
import { DerError } from "./error";
import { isUsableRsaKey } from "./publicKey";

/** What an issuer signs certificates with. */
export interface CertificateSignatureAlgorithm {
  /** As in "ECDSA/SHA-384"; an object identifier when it is none that Go's crypto/x509 knows. */
  readonly name: string;
  /** Absent: signatures of this algorithm are never verified. */
  readonly verified?: {
    /** Node's type of the key. */
    readonly keyType: "rsa" | "ec" | "ed25519";
    /** Node's name of the hash; none for Ed25519. */
    readonly hash: string | null;
    readonly pss?: true;
  };
}

const RSA_PSS = "1.2.840.113549.1.1.10";
const MGF1 = "1.2.840.113549.1.1.8";
const ED25519 = "1.3.101.112";
const NULL = "0500";

const rsa = (hash: string, node: string): CertificateSignatureAlgorithm => ({
  name: `RSASSA-PKCS1-v1_5/${hash}`,
  verified: { keyType: "rsa", hash: node },
});
const ecdsa = (hash: string, node: string): CertificateSignatureAlgorithm => ({
  name: `ECDSA/${hash}`,
  verified: { keyType: "ec", hash: node },
});

// By object identifier: RFC 3279, RFC 4055, RFC 5758, RFC 8410. SHA-1 is known here and judged by the rules of chains.
const ALGORITHMS: Readonly<Record<string, CertificateSignatureAlgorithm | undefined>> = {
  "1.2.840.113549.1.1.4": { name: "RSASSA-PKCS1-v1_5/MD5" },
  "1.2.840.113549.1.1.5": rsa("SHA-1", "sha1"),
  "1.3.14.3.2.29": rsa("SHA-1", "sha1"),
  "1.2.840.113549.1.1.11": rsa("SHA-256", "sha256"),
  "1.2.840.113549.1.1.12": rsa("SHA-384", "sha384"),
  "1.2.840.113549.1.1.13": rsa("SHA-512", "sha512"),
  "1.2.840.10045.4.1": ecdsa("SHA-1", "sha1"),
  "1.2.840.10045.4.3.2": ecdsa("SHA-256", "sha256"),
  "1.2.840.10045.4.3.3": ecdsa("SHA-384", "sha384"),
  "1.2.840.10045.4.3.4": ecdsa("SHA-512", "sha512"),
};

const PSS_HASHES: Readonly<Record<string, { name: string; node: string; octets: bigint } | undefined>> = {
  "2.16.840.1.101.3.4.2.1": { name: "SHA-256", node: "sha256", octets: 32n },
  "2.16.840.1.101.3.4.2.2": { name: "SHA-384", node: "sha384", octets: 48n },
  "2.16.840.1.101.3.4.2.3": { name: "SHA-512", node: "sha512", octets: 64n },
};

/**
 * The algorithms that Go's crypto/x509 knows (signature-specification.md § Other requirements forbids SHA-1 among
 * them); parameters matter for RSASSA-PSS and Ed25519 only.
 * @param content of the AlgorithmIdentifier
 * @throws DerError
 */
export function readSignatureAlgorithm(content: Buffer): CertificateSignatureAlgorithm {
  const der = new DerReader(content);
  const identifier = der.objectIdentifier();
  const parameters = der.isEmpty ? undefined : der.any().element;
  if (identifier === RSA_PSS) return pss(parameters) ?? { name: RSA_PSS };
  if (identifier === ED25519 && !parameters) return { name: "Ed25519", verified: { keyType: "ed25519", hash: null } };
  return ALGORITHMS[identifier] ?? { name: identifier };
}

/** Whether the key made the signature, by the algorithm that the signature is said to be of. */
export function isSignatureValid(
  { verified }: CertificateSignatureAlgorithm,
  signed: Buffer,
  signature: Buffer,
  keyOf: () => KeyObject,
): boolean {
  if (!verified) return false;
  const padding = verified.pss
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : {};
  try {
    const key = keyOf();
    if (key.asymmetricKeyType !== verified.keyType) return false;
    if (verified.keyType === "rsa" && !isUsableRsaKey(key)) return false;
    return verify(verified.hash, signed, { key, ...padding }, signature);
  } catch {
    // A key that Node cannot read, or a signature that OpenSSL cannot: neither is one that was verified.
    return false;
  }
}

/** RSASSA-PSS counts with one hash for all, a salt of its size and the default trailer. */
function pss(parameters: Buffer | undefined): CertificateSignatureAlgorithm | undefined {
  if (!parameters) return undefined;
  try {
    const der = new DerReader(parameters).sequence();
    const hash = hashOf(der.read(Tag.explicit(0)).sequence());
    const mask = der.read(Tag.explicit(1)).sequence();
    if (mask.objectIdentifier() !== MGF1 || hashOf(mask.sequence()) !== hash) return undefined;
    const salt = der.read(Tag.explicit(2)).int64();
    const trailer = der.optional(Tag.explicit(3))?.int64() ?? 1n;
    const known = PSS_HASHES[hash];
    if (!known || salt !== known.octets || trailer !== 1n) return undefined;
    return { name: `RSA-PSS/${known.name}`, verified: { keyType: "rsa", hash: known.node, pss: true } };
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

function hashOf(identifier: DerReader): string {
  const hash = identifier.objectIdentifier();
  if (!identifier.isEmpty && identifier.any().element.toString("hex") !== NULL) malformed("a hash has parameters");
  return hash;
}
