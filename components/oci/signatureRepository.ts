import type { FetchedSignature, PackedSignature, SignatureRepository } from "../notary/signatureRepository";
import { type Descriptor, isRecord, readDescriptor } from "./descriptor";
import { digestOf, verifyDigest } from "./digest";
import { OciError } from "./error";
import { SIGNATURE_ENVELOPE_LIMIT } from "./limits";
import { OCI_ARTIFACT_MANIFEST, OCI_IMAGE_MANIFEST } from "./mediaTypes";
import type { Repository } from "./repository";

/** Source: signature-specification.md § OCI Signatures. */
export const NOTARY_SIGNATURE_ARTIFACT_TYPE = "application/vnd.cncf.notary.signature";

const EMPTY_CONFIG = Buffer.from("{}");

/**
 * The signatures of one repository in an OCI registry.
 * Throws OciError; SIGNATURE_MANIFEST_INVALID when a signature manifest has not exactly one envelope.
 * Source: signature-specification.md § OCI Signatures, § OCI Signature Discovery.
 */
export class OciSignatureRepository implements SignatureRepository {
  readonly scope: string;
  readonly #repository: Repository;

  constructor(repository: Repository) {
    this.scope = repository.scope;
    this.#repository = repository;
  }

  listSignatures(subject: Descriptor): Promise<Descriptor[]> {
    return this.#repository.referrers(subject.digest, NOTARY_SIGNATURE_ARTIFACT_TYPE);
  }

  async fetchSignature(descriptor: Descriptor): Promise<FetchedSignature> {
    const { bytes } = await this.#repository.fetchManifest(descriptor);
    const { envelope } = readSignatureManifest(bytes, descriptor.mediaType, descriptor.digest);
    return {
      manifest: bytes,
      envelope: await this.#repository.fetchBlob(envelope, SIGNATURE_ENVELOPE_LIMIT),
      envelopeMediaType: envelope.mediaType,
    };
  }

  /** Blobs first, the manifest last: nothing that is listed is incomplete. */
  async pushSignature(signature: PackedSignature): Promise<void> {
    verifyDigest(signature.manifest, signature.digest, "The signature manifest to push");
    const { envelope, config } = readSignatureManifest(signature.manifest, OCI_IMAGE_MANIFEST, signature.digest);
    verifyDigest(signature.envelope, envelope.digest, "The signature envelope to push");
    if (config === undefined || config.digest !== digestOf(EMPTY_CONFIG)) {
      throw invalid(signature.digest, "its config is not the empty JSON object {}");
    }
    await this.#repository.pushBytes(envelope, signature.envelope);
    await this.#repository.pushBytes(config, EMPTY_CONFIG);
    const descriptor = { mediaType: OCI_IMAGE_MANIFEST, digest: signature.digest, size: signature.manifest.length };
    await this.#repository.pushReferrer(signature.manifest, descriptor, signature.subject);
  }
}

interface SignatureManifest {
  envelope: Descriptor;
  config: Descriptor | undefined;
}

/** The artifact manifest is the older form, whose blobs are called `blobs`; notation reads both. */
function readSignatureManifest(bytes: Buffer, mediaType: string, digest: string): SignatureManifest {
  if (mediaType !== OCI_IMAGE_MANIFEST && mediaType !== OCI_ARTIFACT_MANIFEST) {
    throw invalid(digest, `its media type is ${mediaType}`);
  }
  let manifest: unknown;
  try {
    manifest = JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw invalid(digest, "it is not JSON", error);
  }
  if (!isRecord(manifest)) {
    throw invalid(digest, "it is no JSON object");
  }
  const layers = mediaType === OCI_IMAGE_MANIFEST ? manifest.layers : manifest.blobs;
  if (!Array.isArray(layers) || layers.length !== 1) {
    throw invalid(digest, "it has not exactly one signature envelope");
  }
  const where = `The signature manifest ${digest}`;
  return {
    envelope: readDescriptor(layers[0], where),
    config: manifest.config === undefined ? undefined : readDescriptor(manifest.config, where),
  };
}

function invalid(digest: string, reason: string, cause?: unknown): OciError {
  return new OciError(
    "SIGNATURE_MANIFEST_INVALID",
    `The signature manifest ${digest} cannot be used: ${reason}. Delete it: notation can't verify the image past it either.`,
    cause === undefined ? {} : { cause },
  );
}
