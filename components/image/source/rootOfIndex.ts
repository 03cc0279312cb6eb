import { type Descriptor, isTextMap } from "../../oci/descriptor";
import { INDEX_MEDIA_TYPES, OCI_IMAGE_INDEX } from "../../oci/mediaTypes";
import { invalid, parseObject, readSourceDescriptor } from "./contents";
import { ImageSourceError } from "./error";

const NAME_ANNOTATIONS = ["io.containerd.image.name", "org.opencontainers.image.ref.name"];

/** Throws ImageSourceError SOURCE_INVALID. Source: image-spec image-layout.md § oci-layout file. */
export function checkLayoutFile(path: string, bytes: Buffer): void {
  const { imageLayoutVersion } = parseObject(path, "oci-layout", bytes);
  if (imageLayoutVersion !== "1.0.0") {
    throw invalid(path, `oci-layout names the version ${String(imageLayoutVersion)}; 1.0.0 is understood`);
  }
}

/**
 * The one image that `index.json` names. Throws ImageSourceError SOURCE_AMBIGUOUS when it names several.
 * Source: image-spec image-layout.md § index.json file.
 */
export function rootOfIndex(path: string, bytes: Buffer): Descriptor {
  const index = parseObject(path, "index.json", bytes);
  if (index.mediaType !== undefined && !INDEX_MEDIA_TYPES.has(String(index.mediaType))) {
    throw invalid(path, `index.json has the media type ${String(index.mediaType)} and not ${OCI_IMAGE_INDEX}`);
  }
  const entries = Array.isArray(index.manifests) ? index.manifests : [];
  const descriptors = entries.map((entry) => readSourceDescriptor(path, entry, "index.json"));
  const [first] = descriptors;
  if (first === undefined) {
    throw invalid(path, "index.json names no image");
  }
  if (descriptors.some(({ digest }) => digest !== first.digest)) {
    const list = descriptors.map((descriptor) => `${nameOf(descriptor)} (${descriptor.digest})`).join(", ");
    throw new ImageSourceError(
      "SOURCE_AMBIGUOUS",
      `${path} holds several images: ${list}. Keep the one to push in index.json, or save it alone.`,
    );
  }
  const { mediaType, digest, size } = first;
  return { mediaType, digest, size };
}

function nameOf({ annotations }: Descriptor): string {
  const names = isTextMap(annotations) ? NAME_ANNOTATIONS.map((key) => annotations[key]) : [];
  return names.find((name) => name !== undefined) ?? "unnamed";
}
