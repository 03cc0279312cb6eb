// Algorithms of a time stamp token, as tspclient-go internal/oid takes them: signature-specification.md § Certificate
// Requirements > Other requirements, § Algorithm Selection (SHA-1 and MD5 are none).

/** Node's names. */
export type HashName = "sha256" | "sha384" | "sha512";

export const HASH_IDENTIFIER: Readonly<Record<HashName, string>> = {
  sha256: "2.16.840.1.101.3.4.2.1",
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",
};

const HASHES = new Map(Object.entries(HASH_IDENTIFIER).map(([name, identifier]) => [identifier, name as HashName]));

export function hashOf(identifier: string): HashName | undefined {
  return HASHES.get(identifier);
}

export interface SignatureScheme {
  padding: "pkcs1" | "pss" | "ecdsa";
  hash: HashName;
}

const RSA = "1.2.840.113549.1.1.1";
const RSA_PSS = "1.2.840.113549.1.1.10";
const WITH_HASH: Readonly<Record<string, SignatureScheme>> = {
  "1.2.840.113549.1.1.11": { padding: "pkcs1", hash: "sha256" },
  "1.2.840.113549.1.1.12": { padding: "pkcs1", hash: "sha384" },
  "1.2.840.113549.1.1.13": { padding: "pkcs1", hash: "sha512" },
  "1.2.840.10045.4.3.2": { padding: "ecdsa", hash: "sha256" },
  "1.2.840.10045.4.3.3": { padding: "ecdsa", hash: "sha384" },
  "1.2.840.10045.4.3.4": { padding: "ecdsa", hash: "sha512" },
};

/** The scheme of a signer's two identifiers; undefined when it is not supported. */
export function schemeOf(digestAlgorithm: string, signatureAlgorithm: string): SignatureScheme | undefined {
  if (Object.hasOwn(WITH_HASH, signatureAlgorithm)) return WITH_HASH[signatureAlgorithm];
  const hash = hashOf(digestAlgorithm);
  if (!hash) return undefined;
  if (signatureAlgorithm === RSA) return { padding: "pkcs1", hash };
  if (signatureAlgorithm === RSA_PSS) return { padding: "pss", hash };
  return undefined;
}
