import { messageOf } from "../../errors";
import { type Descriptor, isRecord, readDescriptor } from "../../oci/descriptor";
import { digestOf, parseDigest } from "../../oci/digest";
import { MANIFEST_LIMIT } from "../../oci/limits";
import { IMAGE_MANIFEST_MEDIA_TYPES, INDEX_MEDIA_TYPES } from "../../oci/mediaTypes";
import { ImageSourceError } from "./error";
import type { ImageManifest } from "./imageSource";

const MAX_DEPTH = 4;
const MAX_MANIFESTS = 1000;

/** Where the walk reads from. */
export interface BlobStore {
  /** How messages call the image. */
  readonly path: string;
  /** Bytes that are there, or undefined when the blob is absent. */
  sizeOf(digest: string): Promise<number | undefined>;
  /** A document; only called for one that has the size its descriptor says. */
  read(digest: string): Promise<Buffer>;
}

export interface ImageContents {
  manifests: ImageManifest[];
  blobs: Descriptor[];
}

/**
 * Reads the manifests below `root` and lists their configs and layers; every document is hashed, every blob's size compared.
 * Throws ImageSourceError. Source: image-spec image-index.md, manifest.md.
 */
export async function readContents(store: BlobStore, root: Descriptor): Promise<ImageContents> {
  const manifests = new Map<string, ImageManifest>();
  const blobs = new Map<string, Descriptor>();

  const walk = async (descriptor: Descriptor, depth: number): Promise<void> => {
    if (manifests.has(descriptor.digest)) {
      return;
    }
    if (depth > MAX_DEPTH || manifests.size >= MAX_MANIFESTS) {
      throw invalid(store.path, `it has more than ${MAX_DEPTH} nested indexes or ${MAX_MANIFESTS} manifests`);
    }
    const bytes = await readDocument(store, descriptor);
    const children = childrenOf(store.path, descriptor, bytes);
    for (const child of children.manifests) {
      await walk(child, depth + 1);
    }
    for (const blob of children.blobs) {
      await requireSize(store, blob);
      blobs.set(blob.digest, blob);
    }
    const { mediaType, digest, size } = descriptor;
    manifests.set(digest, { descriptor: { mediaType, digest, size }, bytes });
  };

  await walk(root, 0);
  return { manifests: [...manifests.values()], blobs: [...blobs.values()] };
}

async function readDocument(store: BlobStore, descriptor: Descriptor): Promise<Buffer> {
  const { digest, size } = descriptor;
  if (size > MANIFEST_LIMIT) {
    throw invalid(store.path, `the manifest ${digest} has ${size} bytes; ${MANIFEST_LIMIT} is the most`);
  }
  await requireSize(store, descriptor);
  const bytes = await store.read(digest);
  requireDigest(store.path, digest, digestOf(bytes, parseDigest(digest).algorithm));
  return bytes;
}

function childrenOf(
  path: string,
  descriptor: Descriptor,
  bytes: Buffer,
): { manifests: Descriptor[]; blobs: Descriptor[] } {
  const { mediaType, digest } = descriptor;
  const document = parseObject(path, `the manifest ${digest}`, bytes);
  if (document.mediaType !== undefined && document.mediaType !== mediaType) {
    throw invalid(
      path,
      `the manifest ${digest} calls itself ${String(document.mediaType)}, its descriptor ${mediaType}`,
    );
  }
  if (INDEX_MEDIA_TYPES.has(mediaType)) {
    return { manifests: readDescriptors(path, digest, document.manifests), blobs: [] };
  }
  if (IMAGE_MANIFEST_MEDIA_TYPES.has(mediaType)) {
    const blobs = readDescriptors(path, digest, [document.config, ...asList(path, digest, document.layers)]);
    return { manifests: [], blobs };
  }
  throw invalid(path, `the manifest ${digest} has the media type ${mediaType}, which is no image manifest or index`);
}

function readDescriptors(path: string, owner: string, values: unknown): Descriptor[] {
  return asList(path, owner, values).map((value) => {
    const descriptor = readSourceDescriptor(path, value, owner);
    if (isRecord(value) && Array.isArray(value.urls) && value.urls.length > 0) {
      throw invalid(path, `the layer ${descriptor.digest} is a foreign layer, whose content is elsewhere (\`urls\`)`);
    }
    return descriptor;
  });
}

function asList(path: string, owner: string, value: unknown): unknown[] {
  if (!Array.isArray(value)) {
    throw invalid(path, `the manifest ${owner} has no list where one belongs`);
  }
  return value;
}

/** Reads a descriptor of a source's document. Throws ImageSourceError SOURCE_INVALID. */
export function readSourceDescriptor(path: string, value: unknown, owner: string): Descriptor {
  try {
    return readDescriptor(value, owner);
  } catch (error) {
    throw new ImageSourceError("SOURCE_INVALID", `${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** Parses a JSON object. Throws ImageSourceError SOURCE_INVALID; `what` names the document. */
export function parseObject(path: string, what: string, bytes: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw invalid(path, `${what} is not JSON`, error);
  }
  if (!isRecord(value)) {
    throw invalid(path, `${what} is no JSON object`);
  }
  return value;
}

async function requireSize(store: BlobStore, { digest, size }: Descriptor): Promise<void> {
  const actual = await store.sizeOf(digest);
  if (actual === undefined) {
    throw truncated(store.path, `the blob ${digest} is missing`);
  }
  if (actual < size) {
    throw truncated(store.path, `the blob ${digest} has ${actual} of ${size} bytes`);
  }
  if (actual > size) {
    throw new ImageSourceError(
      "SOURCE_DIGEST_MISMATCH",
      `${store.path}: the blob ${digest} has ${actual} bytes, its descriptor says ${size}. Build or copy the image again.`,
    );
  }
}

export function requireDigest(path: string, expected: string, actual: string): void {
  if (actual !== expected) {
    throw new ImageSourceError(
      "SOURCE_DIGEST_MISMATCH",
      `${path}: the blob ${expected} is damaged or was replaced: its content has the digest ${actual}. Build or copy the image again.`,
    );
  }
}

export function invalid(path: string, reason: string, cause?: unknown): ImageSourceError {
  const options = cause === undefined ? undefined : { cause };
  return new ImageSourceError("SOURCE_INVALID", `${path} cannot be pushed: ${reason}. Build the image again.`, options);
}

export function truncated(path: string, reason: string, cause?: unknown): ImageSourceError {
  const options = cause === undefined ? undefined : { cause };
  return new ImageSourceError(
    "SOURCE_TRUNCATED",
    `${path} is incomplete: ${reason}. Build or copy the image again.`,
    options,
  );
}
