import type { Readable } from "node:stream";
import type { Descriptor } from "../../oci/descriptor";

export type ImageSourceKind = "oci-layout" | "oci-archive" | "docker-archive";

export interface ImageManifest {
  descriptor: Descriptor;
  /** The exact bytes that the digest is of. */
  bytes: Buffer;
}

/** An image on disk, ready to be pushed. Its methods throw ImageSourceError. */
export interface ImageSource {
  readonly path: string;
  readonly kind: ImageSourceKind;
  /** The image's manifest, or its index when it has several platforms. */
  readonly root: Descriptor;
  /** Every manifest, in the order in which a registry accepts them: children before parents, the root last. */
  readonly manifests: readonly ImageManifest[];
  /** Configs and layers, each once. */
  readonly blobs: readonly Descriptor[];
  /** Hashes every blob. Throws SOURCE_DIGEST_MISMATCH or SOURCE_TRUNCATED. */
  verify(): Promise<void>;
  /** Calls `visit` with the content of each blob whose digest is in `needed`, one after the other, in the source's own order. */
  readBlobs(needed: ReadonlySet<string>, visit: BlobVisitor): Promise<void>;
}

export type BlobVisitor = (blob: Descriptor, content: Readable) => Promise<void>;
