import { constants, type KeyObject, verify } from "node:crypto";
import type { Certificate } from "../certificates/certificate";
import { ALGORITHM_OF, keySpecOf, type SignatureAlgorithm } from "../certificates/keySpec";
import { EnvelopeError } from "./error";

// signature-specification.md § Signature Algorithm Requirements: the same in every format of envelope.

/**
 * Node's form of a key for a signature as JWS (RFC 7518 § 3.4, § 3.5) and COSE (RFC 9053 § 2.1, RFC 8230 § 2) want it:
 * RSASSA-PSS with a salt as long as the hash, or ECDSA as the two numbers side by side.
 */
export function withSignatureParameters(key: KeyObject) {
  return {
    key,
    dsaEncoding: "ieee-p1363" as const,
    ...(key.asymmetricKeyType === "rsa" && {
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    }),
  };
}

/**
 * The hash of the algorithm that the leaf's key decides; the algorithm of the envelope's header must be the same
 * (signature-envelope-jws.md § Supported `alg` header values, signature-envelope-cose.md § Supported `alg` header
 * values).
 * @throws EnvelopeError ENVELOPE_ALGORITHM_UNSUPPORTED, ENVELOPE_ALGORITHM_MISMATCH
 */
export function requireDerivedAlgorithm(leaf: Certificate, algorithm: SignatureAlgorithm): string {
  const keySpec = keySpecOf(leaf.publicKey);
  if (!keySpec) {
    throw new EnvelopeError(
      "ENVELOPE_ALGORITHM_UNSUPPORTED",
      "the signing certificate's key is not RSA 2048, 3072, 4096 or EC P-256, P-384, P-521: sign with one of these",
    );
  }
  const { name, hash } = ALGORITHM_OF[keySpec];
  if (name !== algorithm) {
    throw new EnvelopeError(
      "ENVELOPE_ALGORITHM_MISMATCH",
      `the algorithm ${algorithm} is not ${name}, the one of the signing certificate's key: sign again`,
    );
  }
  return hash;
}

/**
 * Verifies a primitive signature with the leaf's key. RSASSA-PSS takes a salt of the hash's length only, as RFC 7518
 * § 3.5 and RFC 8230 § 2 demand.
 * @throws EnvelopeError ENVELOPE_SIGNATURE_INVALID
 */
export function requirePrimitiveSignature(
  toBeSigned: Buffer,
  signature: Buffer,
  leaf: Certificate,
  hash: string,
): void {
  if (!holds(hash, toBeSigned, signature, leaf.publicKey)) throw signatureInvalid();
}

export function signatureInvalid(cause?: unknown): EnvelopeError {
  return new EnvelopeError(
    "ENVELOPE_SIGNATURE_INVALID",
    "the envelope's signature does not verify with its signing certificate: it was altered, or made with another key",
    { cause },
  );
}

function holds(hash: string, toBeSigned: Buffer, signature: Buffer, key: KeyObject): boolean {
  try {
    return verify(hash, toBeSigned, withSignatureParameters(key), signature);
  } catch {
    // What OpenSSL refuses to look at does not verify.
    return false;
  }
}
