import type { Readable } from "node:stream";
import { fetchBlob, hasBlob } from "./blobs";
import { clientFor, type RegistryClient } from "./client";
import type { RegistryConnection } from "./connection";
import type { Descriptor } from "./descriptor";
import { digestOf, parseDigest, verifyContent, verifyDigest } from "./digest";
import { ensureEmptyBlob } from "./emptyBlob";
import { deleteManifest, type FetchedManifest, fetchManifest, putManifest, resolveManifest } from "./manifests";
import { assertRepository, assertTag } from "./reference";
import { listReferrers, pushReferrer } from "./referrers";
import { uploadBlob, uploadBytes } from "./uploads";

export type { RegistryConnection } from "./connection";

/**
 * One repository of one registry. Methods throw OciError; those that every exchange may raise are REGISTRY_UNREACHABLE,
 * REGISTRY_TLS_UNTRUSTED, CONNECTION_LOST, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED, REGISTRY_ERROR and RESPONSE_TOO_LARGE.
 * Source: distribution-spec § API.
 */
export class Repository {
  readonly host: string;
  readonly name: string;
  readonly #client: RegistryClient;

  /** `repository` is a name without host. Throws OciError REFERENCE_INVALID, CA_FILE_UNREADABLE or CREDENTIALS_INVALID. */
  constructor(options: { connection: RegistryConnection; repository: string }) {
    assertRepository(options.repository);
    this.host = options.connection.host;
    this.name = options.repository;
    this.#client = clientFor(options.connection);
  }

  /** `host[:port]/repository`, which trust policies call a registry scope. */
  get scope(): string {
    return `${this.host}/${this.name}`;
  }

  /** HTTP requests that this repository's connection has sent so far. */
  get requests(): number {
    return this.#client.requests;
  }

  /** What a tag or digest names now; undefined when there is nothing. */
  resolve(tagOrDigest: string): Promise<Descriptor | undefined> {
    assertTagOrDigest(tagOrDigest);
    return resolveManifest(this.#client, this.name, tagOrDigest);
  }

  /** The manifest's verified bytes. Throws OciError MANIFEST_UNKNOWN, DIGEST_MISMATCH, DESCRIPTOR_MISMATCH. */
  fetchManifest(digestOrDescriptor: string | Descriptor): Promise<FetchedManifest> {
    return fetchManifest(this.#client, this.name, digestOrDescriptor);
  }

  /** Stores a manifest under a tag, or under its digest when `reference` is absent. */
  async pushManifest(bytes: Buffer, mediaType: string, reference?: string): Promise<Descriptor> {
    let digest = digestOf(bytes);
    if (reference !== undefined) {
      assertTagOrDigest(reference);
      if (reference.includes(":")) {
        verifyDigest(bytes, reference, "The manifest to push");
        digest = reference;
      }
    }
    await putManifest(this.#client, this.name, { bytes, mediaType, reference: reference ?? digest });
    return { mediaType, digest, size: bytes.length };
  }

  /** True when a manifest was deleted, false when there was none. */
  deleteManifest(digest: string): Promise<boolean> {
    return deleteManifest(this.#client, this.name, digest);
  }

  hasBlob(digest: string): Promise<boolean> {
    return hasBlob(this.#client, this.name, digest);
  }

  /** Uploads a blob unless it is there. True when it was uploaded. */
  async pushBlob(blob: Descriptor, open: () => Readable): Promise<boolean> {
    if (await this.hasBlob(blob.digest)) {
      return false;
    }
    await this.uploadBlob(blob, open);
    return true;
  }

  /** Uploads a blob that is known to be absent. */
  uploadBlob(blob: Descriptor, open: () => Readable): Promise<void> {
    return uploadBlob(this.#client, this.name, blob, open);
  }

  /** Uploads a small blob from memory unless it is there. True when it was uploaded. */
  async pushBytes(blob: Descriptor, bytes: Buffer): Promise<boolean> {
    if (await this.hasBlob(blob.digest)) {
      return false;
    }
    await this.uploadBytes(blob, bytes);
    return true;
  }

  /** Uploads a small blob from memory that is known to be absent. Throws OciError DIGEST_MISMATCH. */
  async uploadBytes(blob: Descriptor, bytes: Buffer): Promise<void> {
    verifyContent(bytes, blob, "The blob to push");
    await uploadBytes(this.#client, this.name, blob, bytes);
  }

  /** Sees to it that the blob `{}` is there; it is asked for once in a process. */
  ensureEmptyBlob(): Promise<void> {
    return ensureEmptyBlob(this.#client, this.name);
  }

  /** Takes back what `ensureEmptyBlob` remembers. */
  forgetEmptyBlob(): void {
    this.#client.emptyBlobIn.delete(this.name);
  }

  /** A blob's verified bytes, at most `limit`. Throws OciError BLOB_UNKNOWN, DIGEST_MISMATCH, DESCRIPTOR_MISMATCH. */
  fetchBlob(blob: Descriptor, limit: number): Promise<Buffer> {
    return fetchBlob(this.#client, this.name, blob, limit);
  }

  /** Descriptors of the manifests that have this digest as their subject, in the registry's order. */
  async referrers(digest: string, artifactType?: string): Promise<Descriptor[]> {
    parseDigest(digest);
    return listReferrers(this.#client, this.name, digest, artifactType);
  }

  /** Pushes a manifest with a `subject` and makes sure that it is listed. */
  async pushReferrer(bytes: Buffer, descriptor: Descriptor, subject: Descriptor): Promise<void> {
    verifyDigest(bytes, descriptor.digest, "The referrer to push");
    parseDigest(subject.digest);
    await pushReferrer(this.#client, this.name, { bytes, descriptor, subject });
  }
}

function assertTagOrDigest(text: string): void {
  if (text.includes(":")) {
    parseDigest(text);
  } else {
    assertTag(text);
  }
}
