import type { KeySpec } from "../certificates/keySpec";
import type { SignedAttributes, UnsignedAttributes } from "../envelope/content";

/** What a signature envelope is made of, whatever its format: signature-specification.md § Signature Envelope. */
export interface DraftArgs {
  keySpec: KeySpec;
  payload: Buffer;
  signedAttributes: SignedAttributes;
  /** DER, leaf first. */
  certificateChain: readonly Buffer[];
}

/** An envelope before its signature is made. */
export interface EnvelopeDraft {
  toBeSigned: Buffer;
  /** The envelope, once signature and unsigned attributes are there. */
  seal(signature: Buffer, unsignedAttributes: UnsignedAttributes): Buffer;
}
