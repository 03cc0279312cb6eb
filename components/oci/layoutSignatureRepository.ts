import type { PackedSignature, SignatureRepository } from "../notary/signatureRepository";
import type { Descriptor } from "./descriptor";
import { parseDigest, verifyContent, verifyDigest } from "./digest";
import { OciError } from "./error";
import { Layout } from "./layout";
import { layoutReferrers } from "./layoutReferrers";
import { MANIFEST_LIMIT, SIGNATURE_ENVELOPE_LIMIT } from "./limits";
import { OCI_IMAGE_MANIFEST } from "./mediaTypes";
import { assertTag } from "./reference";
import { referrerDescriptor } from "./referrerDescriptor";
import { EMPTY_CONFIG, NOTARY_SIGNATURE_ARTIFACT_TYPE, readOwnSignatureManifest } from "./signatureManifest";

/** By which index.json tags an image. Source: image-spec annotations.md. */
const REF_NAME = "org.opencontainers.image.ref.name";

/**
 * The images and signatures of an OCI image layout, a folder. `scope` is the registry scope that selects the trust policy
 * statement: a layout has no registry of its own.
 *
 * notation 1.3 finds in a layout only signatures of the legacy form, whose config has the signature's media type; both forms
 * are found here. What is to be verified by notation is therefore packed in the legacy form.
 * Throws OciError LAYOUT_INVALID, LAYOUT_UNREADABLE, LAYOUT_LOCKED, SIGNATURE_MANIFEST_INVALID, MANIFEST_UNKNOWN, BLOB_UNKNOWN,
 * DIGEST_MISMATCH, RESPONSE_TOO_LARGE.
 * Source: image-spec image-layout.md; signature-specification.md § OCI Signatures.
 */
export class LayoutSignatureRepository implements SignatureRepository {
  readonly scope: string;
  readonly #directory: string;
  readonly #layout: Layout;

  constructor(directory: string, scope: string) {
    this.scope = scope;
    this.#directory = directory;
    this.#layout = new Layout(directory);
  }

  /**
   * What a tag or digest names in index.json; undefined when there is nothing. A tag that names two images is refused; oras-go
   * takes the last.
   */
  async resolve(tagOrDigest: string): Promise<Descriptor | undefined> {
    const isDigest = tagOrDigest.includes(":");
    if (isDigest) parseDigest(tagOrDigest);
    else assertTag(tagOrDigest);
    const { entries } = await this.#layout.readIndex();
    const named = entries.filter((entry) => (isDigest ? entry.digest : entry.annotations?.[REF_NAME]) === tagOrDigest);
    const [first] = named;
    if (first === undefined) {
      return undefined;
    }
    if (
      named.some(
        ({ digest, size, mediaType }) =>
          digest !== first.digest || size !== first.size || mediaType !== first.mediaType,
      )
    ) {
      throw new OciError(
        "LAYOUT_INVALID",
        `In ${this.#directory}, ${tagOrDigest} names more than one image: name the one that is meant by its digest, or correct index.json.`,
      );
    }
    const { mediaType, digest, size } = first;
    await this.fetchManifest({ mediaType, digest, size });
    return { mediaType, digest, size };
  }

  async listSignatures(subject: Descriptor): Promise<Descriptor[]> {
    const referrers = await layoutReferrers(this.#layout, subject);
    return referrers.filter(({ artifactType }) => artifactType === NOTARY_SIGNATURE_ARTIFACT_TYPE);
  }

  async fetchManifest(manifest: Descriptor): Promise<Buffer> {
    const bytes = await this.#layout.readBlob(manifest, MANIFEST_LIMIT);
    if (bytes === undefined) {
      throw new OciError(
        "MANIFEST_UNKNOWN",
        `${this.#directory} has no manifest ${manifest.digest}: copy the image again.`,
      );
    }
    return bytes;
  }

  async fetchEnvelope(envelope: Descriptor): Promise<Buffer> {
    const bytes = await this.#layout.readBlob(envelope, SIGNATURE_ENVELOPE_LIMIT);
    if (bytes === undefined) {
      throw new OciError(
        "BLOB_UNKNOWN",
        `${this.#directory} has no signature envelope ${envelope.digest}: copy the signature again.`,
      );
    }
    return bytes;
  }

  /** Blobs first, index.json last: nothing that is listed is incomplete. */
  async pushSignature(signature: PackedSignature): Promise<void> {
    const { manifest, digest } = signature;
    verifyDigest(manifest, digest, "The signature manifest to push");
    const { envelope, config } = readOwnSignatureManifest(manifest, digest);
    verifyContent(signature.envelope, envelope, "The signature envelope to push");
    await this.#layout.writeBlob(config.digest, EMPTY_CONFIG);
    await this.#layout.writeBlob(envelope.digest, signature.envelope);
    await this.#layout.writeBlob(digest, manifest);
    const entry = referrerDescriptor(manifest, { mediaType: OCI_IMAGE_MANIFEST, digest, size: manifest.length });
    await this.#layout.addToIndex(withoutTag(entry));
  }
}

/** An annotation of the manifest must not become a tag of the layout. */
function withoutTag(entry: Descriptor): Descriptor {
  const { annotations, ...rest } = entry;
  const kept = Object.entries(annotations ?? {}).filter(([name]) => name !== REF_NAME);
  return kept.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(kept) };
}
