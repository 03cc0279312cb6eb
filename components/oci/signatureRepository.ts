import type { PackedSignature, SignatureRepository } from "../notary/signatureRepository";
import type { Descriptor } from "./descriptor";
import { verifyDigest } from "./digest";
import { OciError } from "./error";
import { SIGNATURE_ENVELOPE_LIMIT } from "./limits";
import { OCI_IMAGE_MANIFEST } from "./mediaTypes";
import type { Repository } from "./repository";
import { NOTARY_SIGNATURE_ARTIFACT_TYPE, readOwnSignatureManifest } from "./signatureManifest";

export { NOTARY_SIGNATURE_ARTIFACT_TYPE } from "./signatureManifest";

/**
 * The signatures of one repository in an OCI registry. In requests, once the registry is known: a list is one, a signature
 * fetched two; one pushed is three with the referrers API, and six with the referrers tag schema, whose index is read, written
 * and read back (five directly after a list, which has read it).
 * Throws OciError; SIGNATURE_MANIFEST_INVALID when a signature manifest to push has not exactly one envelope.
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

  async fetchManifest(manifest: Descriptor): Promise<Buffer> {
    return (await this.#repository.fetchManifest(manifest)).bytes;
  }

  fetchEnvelope(envelope: Descriptor): Promise<Buffer> {
    return this.#repository.fetchBlob(envelope, SIGNATURE_ENVELOPE_LIMIT);
  }

  /** Blobs first, the manifest last: nothing that is listed is incomplete. */
  async pushSignature(signature: PackedSignature): Promise<void> {
    const { manifest, digest, subject } = signature;
    verifyDigest(manifest, digest, "The signature manifest to push");
    const { envelope } = readOwnSignatureManifest(manifest, digest);
    verifyDigest(signature.envelope, envelope.digest, "The signature envelope to push");
    const descriptor = { mediaType: OCI_IMAGE_MANIFEST, digest, size: manifest.length };
    const push = async (): Promise<void> => {
      // A signature that was just made cannot be there: to ask would cost one request more.
      await Promise.all([
        this.#repository.uploadBytes(envelope, signature.envelope),
        this.#repository.ensureEmptyBlob(),
      ]);
      await this.#repository.pushReferrer(manifest, descriptor, subject);
    };
    try {
      await push();
    } catch (error) {
      // The empty config was there earlier; somebody's clean-up has removed it since.
      if (!(error instanceof OciError && error.registryErrors.some(({ code }) => BLOB_ABSENT.has(code)))) throw error;
      this.#repository.forgetEmptyBlob();
      await push();
    }
  }
}

const BLOB_ABSENT: ReadonlySet<string> = new Set(["MANIFEST_BLOB_UNKNOWN", "BLOB_UNKNOWN"]);
