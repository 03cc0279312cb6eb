import type { SignatureRepository } from "../../notary/signatureRepository";
import { type Descriptor, readDescriptors } from "../../oci/descriptor";
import { OciError } from "../../oci/error";
import { parseJsonObject } from "../../oci/json";
import { INDEX_MEDIA_TYPES } from "../../oci/mediaTypes";
import type { InventoryEntry, InventoryImage } from "./inventory";
import { unknownEntry } from "./unknown";

/** Of one index, whatever is inside of it. */
const MAX_CHILDREN = 1000;

/** Where images were found. */
export interface Place {
  /** The `--inventory` that named it. */
  readonly inventory: string;
  readonly scope: string;
  readonly signatures: SignatureRepository;
}

/** One image; its descriptor is stripped of what a signature does not name. */
export function imageOf(
  { inventory, scope, signatures }: Place,
  found: Descriptor,
  tags: Iterable<string>,
): InventoryImage {
  const { mediaType, digest, size } = found;
  return {
    reference: `${scope}@${digest}`,
    scope,
    descriptor: { mediaType, digest, size },
    tags: [...tags].sort(),
    inventory,
    signatures,
  };
}

/**
 * An image and, of an index, the manifests below it that have signatures of their own: clients may run those by their digests.
 * The others stand and fall with their index.
 */
export async function* imagesOf(
  place: Place,
  found: Descriptor,
  tags: Iterable<string> = [],
): AsyncGenerator<InventoryEntry> {
  yield { image: imageOf(place, found, tags) };
  const seen = new Set([found.digest]);
  const indexes = [found].filter(isIndex);
  for (const index of indexes) {
    try {
      for (const child of childrenOf(await place.signatures.fetchManifest(index), index.digest)) {
        if (seen.has(child.digest)) continue;
        if (seen.size > MAX_CHILDREN) throw tooMany(place.scope, found.digest);
        seen.add(child.digest);
        if (isIndex(child)) indexes.push(child); // The list grows on the way: an index may hold indexes.
        const signed = (await place.signatures.listSignatures(child)).length > 0;
        if (signed) yield { image: imageOf(place, child, []) };
      }
    } catch (error) {
      yield unknownEntry(place.inventory, `${place.scope}@${index.digest}`, error);
    }
  }
}

/** The manifests that an index lists. Throws OciError DESCRIPTOR_INVALID. Source: image-spec image-index.md. */
export function childrenOf(index: Buffer, digest: string): Descriptor[] {
  const what = `The index ${digest}`;
  const { manifests } = parseJsonObject(index, what, "DESCRIPTOR_INVALID");
  return Array.isArray(manifests) ? readDescriptors(manifests, what) : [];
}

function isIndex({ mediaType }: Descriptor): boolean {
  return INDEX_MEDIA_TYPES.has(mediaType);
}

function tooMany(scope: string, digest: string): OciError {
  return new OciError(
    "RESPONSE_TOO_LARGE",
    `${scope}@${digest} has more than ${MAX_CHILDREN} manifests: they are not looked at one by one.`,
  );
}
