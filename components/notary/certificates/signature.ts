import { constants, type KeyObject, verify } from "node:crypto";
import type { HashName } from "./hash";
import { isUsableRsaKey } from "./publicKey";

/** How a signature of a certificate, CRL, OCSP response or time stamp is verified. */
export interface SignatureScheme {
  /** Node's type of the key. */
  readonly keyType: "rsa" | "ec" | "ed25519";
  /** Null for Ed25519, which has its own. SHA-1 is verified, as by Go's CheckSignature; rules of chains judge it. */
  readonly hash: HashName | "sha1" | null;
  /** RSASSA-PSS with a salt of the hash's size; PKCS #1 v1.5 without it. */
  readonly pss?: true;
}

/**
 * Whether the key made the signature, as Go's crypto/x509 judges it: signature-specification.md § Other requirements. A
 * key of another type than the scheme's, or one that cannot be read, made none.
 * @param scheme none: such signatures are never verified
 * @param keyOf what it throws makes the signature one that does not hold
 */
export function isSignatureValid(
  scheme: SignatureScheme | undefined,
  signed: Buffer,
  signature: Buffer,
  keyOf: () => KeyObject,
): boolean {
  if (!scheme) return false;
  const padding = scheme.pss
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : {};
  try {
    const key = keyOf();
    if (key.asymmetricKeyType !== scheme.keyType) return false;
    if (scheme.keyType === "rsa" && !isUsableRsaKey(key)) return false;
    return verify(scheme.hash, signed, { key, ...padding }, signature);
  } catch {
    // A key that Node cannot read, or a signature that OpenSSL cannot: neither is one that was verified.
    return false;
  }
}
