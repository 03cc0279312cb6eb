import { hashOf } from "../certificates/hash";
import type { SignatureScheme } from "../certificates/signature";
import { RSA_PSS, schemeOf } from "../certificates/signatureAlgorithm";

const RSA = "1.2.840.113549.1.1.1";

/**
 * The scheme of a signer's two identifiers, as tspclient-go internal/oid takes them; undefined when it is not supported:
 * signature-specification.md § Algorithm Selection (SHA-1 is none).
 */
export function signerScheme(digestAlgorithm: string, signatureAlgorithm: string): SignatureScheme | undefined {
  const hash = hashOf(digestAlgorithm);
  if (signatureAlgorithm === RSA) return hash && { keyType: "rsa", hash };
  // Whatever its parameters: as Go's SHA256WithRSAPSS and its like.
  if (signatureAlgorithm === RSA_PSS) return hash && { keyType: "rsa", hash, pss: true };
  const scheme = schemeOf(signatureAlgorithm);
  return scheme?.hash === "sha1" ? undefined : scheme;
}
