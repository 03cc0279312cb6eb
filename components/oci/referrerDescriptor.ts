import { type Descriptor, isRecord, isTextMap } from "./descriptor";
import { parseJsonObject } from "./json";

/**
 * The descriptor by which a referrer is listed: its own, with the manifest's artifact type (of old manifests the config's media
 * type) and annotations. Throws OciError REFERRERS_INVALID. Source: distribution-spec § Listing Referrers.
 */
export function referrerDescriptor(manifest: Uint8Array, descriptor: Descriptor): Descriptor {
  const { artifactType, config, annotations } = parseJsonObject(
    manifest,
    `The manifest ${descriptor.digest}`,
    "REFERRERS_INVALID",
  );
  const { mediaType, digest, size } = descriptor;
  const listed: Descriptor = { mediaType, digest, size };
  const configType = isRecord(config) ? config.mediaType : undefined;
  const type = typeof artifactType === "string" && artifactType !== "" ? artifactType : configType;
  if (typeof type === "string" && type !== "") {
    listed.artifactType = type;
  }
  if (isTextMap(annotations)) {
    listed.annotations = annotations;
  }
  return listed;
}
