import type { Certificate } from "../certificates/certificate";
import type { SignatureAlgorithm } from "../certificates/keySpec";

// What a signature envelope says, in any format: signature-specification.md § Signature Envelope.

/** signing-scheme.md § Supported Signing Scheme. */
export type SigningScheme = "notary.x509" | "notary.x509.signingAuthority";

/** § Signed Attributes > Extended attributes. */
export interface ExtendedAttribute {
  /** A number only in COSE, whose labels are texts or integers. */
  key: string | number;
  critical: boolean;
  /** JSON's types; in COSE also what only CBOR has (bytes, big integers, tags), as cbor2 decodes it. */
  value: unknown;
}

/** § Signed Attributes. */
export interface SignedAttributes {
  signingScheme: SigningScheme;
  /** Signing time, or authentic signing time under `notary.x509.signingAuthority`. */
  signingTime: Date;
  expiry?: Date;
  /** What the two times are beyond the millisecond of their Dates, 0 to 999,999; absent when nothing. Read only. */
  nanoseconds?: { signingTime: number; expiry: number };
  extendedAttributes: ExtendedAttribute[];
}

/** § Unsigned Attributes, but for the certificate chain. */
export interface UnsignedAttributes {
  /** RFC 3161 TimeStampToken, DER. */
  timestampSignature?: Buffer;
  signingAgent?: string;
}

export interface EnvelopeContent {
  payload: { contentType: string; content: Buffer };
  signedAttributes: SignedAttributes;
  unsignedAttributes: UnsignedAttributes;
  signatureAlgorithm: SignatureAlgorithm;
  /** Leaf first. */
  certificateChain: Certificate[];
  /** The primitive signature: what a time stamp covers. */
  signature: Buffer;
}

/** § Payload. */
export const PAYLOAD_MEDIA_TYPE = "application/vnd.cncf.notary.payload.v1+json";
/** signature-envelope-jws.md § OCI Signature Storage. */
export const JWS_MEDIA_TYPE = "application/jose+json";
/** signature-envelope-cose.md § OCI Signature Storage. */
export const COSE_MEDIA_TYPE = "application/cose";

/** § Extended attributes for Notation Plugins. */
export const VERIFICATION_PLUGIN_ATTRIBUTES: readonly ExtendedAttribute["key"][] = [
  "io.cncf.notary.verificationPlugin",
  "io.cncf.notary.verificationPluginMinVersion",
];
