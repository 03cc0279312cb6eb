import type { Descriptor } from "./descriptor";
import { EnvelopeError } from "./envelope/error";
import { canonicalJson } from "./json/canonicalJson";
import { isJsonObject, parseStrictJson, requireExactNames } from "./json/strictJson";

// signature-specification.md § Payload.

const DESCRIPTOR_MEMBERS = ["mediaType", "digest", "size", "urls", "annotations", "data", "platform", "artifactType"];
const PLATFORM_MEMBERS = ["architecture", "os", "os.version", "os.features", "variant"];

/**
 * The payload that notation signs for a descriptor: media type, digest, size and annotations, without the artifact
 * type.
 */
export function encodePayload({ mediaType, digest, size, annotations }: Descriptor): Buffer {
  const given = annotations && Object.keys(annotations).length > 0;
  return Buffer.from(canonicalJson({ targetArtifact: { mediaType, digest, size, ...(given && { annotations }) } }));
}

/**
 * The descriptor that a payload names. As notation-go it ignores members that it does not know, takes `null` for an
 * absent one, and refuses a descriptor in which a member has another type than the OCI image specification gives it,
 * used or not.
 * @throws JsonError; EnvelopeError ENVELOPE_PAYLOAD_MALFORMED
 */
export function parsePayload(payload: Buffer): Descriptor {
  const value = parseStrictJson(payload);
  if (!isJsonObject(value)) throw malformed("it is not a JSON object");
  requireExactNames(value, ["targetArtifact"]);
  const { targetArtifact } = value;
  if (!isJsonObject(targetArtifact)) throw malformed("targetArtifact is missing");
  requireExactNames(targetArtifact, DESCRIPTOR_MEMBERS);
  const { mediaType, digest, size } = targetArtifact;
  if (typeof mediaType !== "string" || typeof digest !== "string" || !Number.isSafeInteger(size)) {
    throw malformed("targetArtifact has no mediaType, digest or size");
  }
  requireTypesOfUnused(targetArtifact);
  const artifactType = targetArtifact.artifactType ?? undefined;
  const annotations = targetArtifact.annotations ?? undefined;
  if (artifactType !== undefined && typeof artifactType !== "string") throw malformed("artifactType is not a string");
  if (annotations !== undefined && !isStringMap(annotations)) throw malformed("annotations are not strings");
  return {
    mediaType,
    digest,
    size: Number(size),
    ...(artifactType !== undefined && { artifactType }),
    ...(annotations !== undefined && { annotations }),
  };
}

function requireTypesOfUnused({ urls, data, platform }: Record<string, unknown>): void {
  if (!isAbsent(urls) && !isStringList(urls)) throw malformed("urls are not strings");
  if (!isAbsent(data) && !(typeof data === "string" && Buffer.from(data, "base64").toString("base64") === data)) {
    throw malformed("data is not base64");
  }
  if (isAbsent(platform)) return;
  if (!isJsonObject(platform)) throw malformed("platform is not an object");
  requireExactNames(platform, PLATFORM_MEMBERS);
  for (const name of PLATFORM_MEMBERS) {
    const member = platform[name];
    const good = name === "os.features" ? isStringList(member) : typeof member === "string";
    if (!isAbsent(member) && !good) throw malformed(`platform has a ${name} of another type`);
  }
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function isStringList(value: unknown): boolean {
  return Array.isArray(value) && value.every((element) => typeof element === "string");
}

function isStringMap(value: unknown): value is Record<string, string> {
  return isJsonObject(value) && Object.values(value).every((member) => typeof member === "string");
}

function malformed(what: string): EnvelopeError {
  return new EnvelopeError("ENVELOPE_PAYLOAD_MALFORMED", `the signature's payload is malformed: ${what}; sign again`);
}
