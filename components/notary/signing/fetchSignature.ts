import type { Descriptor } from "../descriptor";
import type { SignatureRepository } from "../signatureRepository";
import { readOciManifest } from "./ociManifest";

/** A signature as fetched: the exact bytes of its manifest and of the envelope, its one layer or blob. */
export interface FetchedSignature {
  manifest: Buffer;
  envelope: Buffer;
  envelopeMediaType: string;
}

/**
 * Fetches a signature as notation-go registry/repository.go FetchSignatureBlob does: its manifest, and the one envelope
 * that this names. Source: signature-specification.md § OCI Signatures.
 * @throws SigningError SIGNATURE_MANIFEST_MALFORMED, SIGNATURE_MANIFEST_TOO_LARGE; JsonError; what the repository throws
 */
export async function fetchSignature(
  signatures: SignatureRepository,
  descriptor: Descriptor,
): Promise<FetchedSignature> {
  const manifest = await signatures.fetchManifest(descriptor);
  const { envelope } = readOciManifest(manifest, descriptor.mediaType);
  return {
    manifest,
    envelope: await signatures.fetchEnvelope(envelope),
    envelopeMediaType: envelope.mediaType,
  };
}
