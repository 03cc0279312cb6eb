import { type Descriptor, isRecord, isTextMap } from "./descriptor";
import { OciError } from "./error";

/**
 * The descriptor by which a referrer is listed: its own, with the manifest's artifact type (of old manifests the config's media
 * type) and annotations. Throws OciError REFERRERS_INVALID. Source: distribution-spec § Listing Referrers.
 */
export function referrerDescriptor(manifest: Buffer, descriptor: Descriptor): Descriptor {
  const { artifactType, config, annotations } = readJsonObject(manifest, `the manifest ${descriptor.digest}`);
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

/** Throws OciError REFERRERS_INVALID when `bytes` are no JSON object; `place` names them in the message. */
export function readJsonObject(bytes: Buffer, place: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw new OciError("REFERRERS_INVALID", `What is stored as ${place} is not JSON: check the registry.`, {
      cause: error,
    });
  }
  if (!isRecord(value)) {
    throw new OciError("REFERRERS_INVALID", `What is stored as ${place} is no JSON object: check the registry.`);
  }
  return value;
}
