import type { KeySpec } from "../certificates/keySpec";

/** The port to a signing key: in memory here, on a token or in a key management service elsewhere. */
export interface Signer {
  /** DER, leaf first, complete up to the root. */
  readonly certificateChain: readonly Buffer[];
  /** Of the leaf's key; it decides the algorithm (signature-specification.md § Algorithm Selection). */
  readonly keySpec: KeySpec;
  /**
   * The signature of `content` as JWS (RFC 7518 § 3.4, § 3.5) and COSE want it alike: RSASSA-PSS with a salt as long as
   * the hash, or ECDSA as the two numbers side by side.
   */
  sign(content: Buffer): Promise<Buffer>;
}
