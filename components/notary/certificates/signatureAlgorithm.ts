import { DerError, malformed } from "../der/error";
import { DerReader } from "../der/reader";
import { Tag } from "../der/tag";
import { type HashName, hashOf } from "./hash";
import type { SignatureScheme } from "./signature";

/** What certificates, CRLs and OCSP responses are signed with. */
export interface NamedSignatureAlgorithm {
  /** As in "ECDSA/SHA-384"; an object identifier when it is none that Go's crypto/x509 knows. */
  readonly name: string;
  /** Absent: signatures of this algorithm are never verified. */
  readonly scheme?: SignatureScheme;
}

/** Its parameters are one hash, its mask and the salt's size, in certificates; none count in time stamps. */
export const RSA_PSS = "1.2.840.113549.1.1.10";
const MGF1 = "1.2.840.113549.1.1.8";
const ED25519 = "1.3.101.112";
const NULL = "0500";

/** As in "SHA-256". */
const printed = (hash: string) => hash.replace("sha", "SHA-");
const pkcs1 = (hash: HashName | "sha1"): NamedSignatureAlgorithm => ({
  name: `RSASSA-PKCS1-v1_5/${printed(hash)}`,
  scheme: { keyType: "rsa", hash },
});
const ecdsa = (hash: HashName | "sha1"): NamedSignatureAlgorithm => ({
  name: `ECDSA/${printed(hash)}`,
  scheme: { keyType: "ec", hash },
});

// By object identifier: RFC 3279, RFC 4055, RFC 5758. SHA-1 is known here and judged by the rules of chains.
const ALGORITHMS: ReadonlyMap<string, NamedSignatureAlgorithm> = new Map([
  ["1.2.840.113549.1.1.4", { name: "RSASSA-PKCS1-v1_5/MD5" }],
  ["1.2.840.113549.1.1.5", pkcs1("sha1")],
  ["1.3.14.3.2.29", pkcs1("sha1")],
  ["1.2.840.113549.1.1.11", pkcs1("sha256")],
  ["1.2.840.113549.1.1.12", pkcs1("sha384")],
  ["1.2.840.113549.1.1.13", pkcs1("sha512")],
  ["1.2.840.10045.4.1", ecdsa("sha1")],
  ["1.2.840.10045.4.3.2", ecdsa("sha256")],
  ["1.2.840.10045.4.3.3", ecdsa("sha384")],
  ["1.2.840.10045.4.3.4", ecdsa("sha512")],
]);

/** Of an algorithm whose identifier says all. */
export function schemeOf(identifier: string): SignatureScheme | undefined {
  return ALGORITHMS.get(identifier)?.scheme;
}

/**
 * The algorithms that Go's crypto/x509 knows (signature-specification.md § Other requirements forbids SHA-1 among
 * them); parameters matter for RSASSA-PSS and Ed25519 only.
 * @param content of the AlgorithmIdentifier
 * @throws DerError
 */
export function readSignatureAlgorithm(content: Buffer): NamedSignatureAlgorithm {
  const der = new DerReader(content);
  const identifier = der.objectIdentifier();
  const parameters = der.isEmpty ? undefined : der.any().element;
  if (identifier === RSA_PSS) return (parameters && pss(parameters)) ?? { name: RSA_PSS };
  // RFC 8410 § 3: parameters must be absent.
  if (identifier === ED25519 && !parameters) return { name: "Ed25519", scheme: { keyType: "ed25519", hash: null } };
  return ALGORITHMS.get(identifier) ?? { name: identifier };
}

/** RSASSA-PSS counts with one hash for all, a salt of its size and the default trailer: RFC 4055 § 3.1. */
function pss(parameters: Buffer): NamedSignatureAlgorithm | undefined {
  try {
    const der = new DerReader(parameters).sequence();
    const hash = readHash(der.read(Tag.explicit(0)).sequence());
    const mask = der.read(Tag.explicit(1)).sequence();
    if (mask.objectIdentifier() !== MGF1 || readHash(mask.sequence()) !== hash || !hash) return undefined;
    const salt = der.read(Tag.explicit(2)).int64();
    const trailer = der.optional(Tag.explicit(3))?.int64() ?? 1n;
    if (salt !== BigInt(hash.slice(3)) / 8n || trailer !== 1n) return undefined;
    return { name: `RSA-PSS/${printed(hash)}`, scheme: { keyType: "rsa", hash, pss: true } };
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

function readHash(identifier: DerReader): HashName | undefined {
  const hash = identifier.objectIdentifier();
  if (!identifier.isEmpty && identifier.any().element.toString("hex") !== NULL) malformed("a hash has parameters");
  return hashOf(hash);
}
