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
 * Verifies the primitive signature with the leaf's key, under the algorithm that this key decides: the one of the
 * envelope's header must be the same (signature-envelope-jws.md § Supported `alg` header values, signature-envelope-
 * cose.md § Supported `alg` header values).
 *
 * notation-core-go takes RSASSA-PSS signatures with a salt of any length in JWS envelopes, in COSE only of the hash's.
 * Both are held to the latter here, which the specification demands.
 * @throws EnvelopeError ENVELOPE_ALGORITHM_UNSUPPORTED, ENVELOPE_ALGORITHM_MISMATCH, ENVELOPE_SIGNATURE_INVALID
 */
export function requirePrimitiveSignature(
  toBeSigned: Buffer,
  signature: Buffer,
  leaf: Certificate,
  algorithm: SignatureAlgorithm,
): void {
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
  if (holds(hash, toBeSigned, signature, leaf.publicKey)) return;
  throw new EnvelopeError(
    "ENVELOPE_SIGNATURE_INVALID",
    "the envelope's signature does not verify with its signing certificate: it was altered, or made with another key",
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
