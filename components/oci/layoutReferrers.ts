import { type Descriptor, isRecord, readDescriptor, readDescriptors } from "./descriptor";
import { OciError } from "./error";
import { parseJsonObject } from "./json";
import type { Layout } from "./layout";
import { MANIFEST_LIMIT, REFERRERS_LIMIT } from "./limits";
import { IMAGE_MANIFEST_MEDIA_TYPES, INDEX_MEDIA_TYPES, OCI_ARTIFACT_MANIFEST } from "./mediaTypes";
import { referrerDescriptor } from "./referrerDescriptor";

const MAX_DEPTH = 8;

/**
 * The manifests of a layout whose `subject` is this very descriptor (media type, digest and size, as in oras-go and so in
 * notation), in the order of index.json, from which all manifests are reached: through indexes, and through subjects. What
 * is listed and not there is passed over, also as in oras-go; what is damaged fails.
 * Source: image-spec image-layout.md; oras-go v2 content/oci and internal/graph.
 */
export async function layoutReferrers(layout: Layout, subject: Descriptor): Promise<Descriptor[]> {
  const found: Descriptor[] = [];
  const visited = new Set<string>();
  const visit = async (descriptor: Descriptor, depth: number): Promise<void> => {
    if (!isManifest(descriptor) || visited.has(descriptor.digest)) {
      return;
    }
    if (visited.size >= REFERRERS_LIMIT || depth > MAX_DEPTH) {
      throw new OciError(
        "LAYOUT_INVALID",
        `The layout has more than ${REFERRERS_LIMIT} manifests, or ${MAX_DEPTH} of them inside each other: split it up.`,
      );
    }
    visited.add(descriptor.digest);
    const bytes = await layout.readBlob(descriptor, MANIFEST_LIMIT);
    if (bytes === undefined) {
      return;
    }
    const what = `The manifest ${descriptor.digest}`;
    const document = parseJsonObject(bytes, what, "LAYOUT_INVALID");
    const refersTo = isRecord(document.subject) ? readDescriptor(document.subject, what) : undefined;
    if (refersTo !== undefined && isSame(refersTo, subject)) {
      found.push(referrerDescriptor(bytes, descriptor));
    }
    const children = Array.isArray(document.manifests) ? readDescriptors(document.manifests, what) : [];
    for (const child of refersTo === undefined ? children : [refersTo, ...children]) {
      await visit(child, depth + 1);
    }
  };
  for (const entry of (await layout.readIndex()).entries) {
    await visit(entry, 0);
  }
  return found;
}

function isManifest({ mediaType }: Descriptor): boolean {
  return (
    IMAGE_MANIFEST_MEDIA_TYPES.has(mediaType) || INDEX_MEDIA_TYPES.has(mediaType) || mediaType === OCI_ARTIFACT_MANIFEST
  );
}

function isSame(one: Descriptor, other: Descriptor): boolean {
  return one.digest === other.digest && one.mediaType === other.mediaType && one.size === other.size;
}
