import type { Descriptor } from "./descriptor";

/** A signature ready to be pushed: a signature manifest, the envelope it names, and the artifact it signs. */
export interface PackedSignature {
  /** Digest of `manifest`. */
  digest: string;
  manifest: Buffer;
  envelope: Buffer;
  envelopeMediaType: string;
  subject: Descriptor;
}

/**
 * Codes of the errors by which a repository says that a manifest or an envelope cannot be had, though it answers: it is
 * gone, too large, or not what its descriptor says. Every implementation's errors have them.
 */
export const CONTENT_DEFECTS = [
  "MANIFEST_UNKNOWN",
  "BLOB_UNKNOWN",
  "RESPONSE_TOO_LARGE",
  "DIGEST_INVALID",
  "DIGEST_MISMATCH",
  "DESCRIPTOR_INVALID",
  "DESCRIPTOR_MISMATCH",
] as const;
export type ContentDefect = (typeof CONTENT_DEFECTS)[number];

/**
 * The port through which the Notary Project core reads and writes signatures of one repository. It moves bytes; what a
 * manifest says, the core reads.
 *
 * An implementation compares what it fetched with the descriptor's digest, of whatever algorithm, and size, and bounds
 * what it reads (a manifest 4 MiB, an envelope 32 MiB, as notation does). It throws its own errors, those of
 * CONTENT_DEFECTS for a defect of one content; the core lets the others pass.
 * Source: signature-specification.md § OCI Signatures, § OCI Signature Discovery.
 */
export interface SignatureRepository {
  /** The registry scope: `host[:port]/repository`. */
  readonly scope: string;
  /** Descriptors of the signature manifests that refer to `subject`, in the registry's order. */
  listSignatures(subject: Descriptor): Promise<Descriptor[]>;
  fetchManifest(manifest: Descriptor): Promise<Buffer>;
  fetchEnvelope(envelope: Descriptor): Promise<Buffer>;
  pushSignature(signature: PackedSignature): Promise<void>;
}
