import type { Descriptor } from "./descriptor";

/** A signature as fetched: the exact bytes of its manifest and of the envelope, its one layer. */
export interface FetchedSignature {
  manifest: Buffer;
  envelope: Buffer;
  envelopeMediaType: string;
}

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
 * The port through which the Notary Project core reads and writes signatures of one repository.
 * An implementation compares what it fetched with the descriptor's digest and size, and bounds what it reads (a
 * manifest
 * 4 MiB, an envelope 32 MiB, as notation does). It throws its own errors; the core lets them pass.
 * Source: signature-specification.md § OCI Signatures, § OCI Signature Discovery.
 */
export interface SignatureRepository {
  /** The registry scope: `host[:port]/repository`. */
  readonly scope: string;
  /** Descriptors of the signature manifests that refer to `subject`, in the registry's order. */
  listSignatures(subject: Descriptor): Promise<Descriptor[]>;
  fetchSignature(manifest: Descriptor): Promise<FetchedSignature>;
  pushSignature(signature: PackedSignature): Promise<void>;
}
