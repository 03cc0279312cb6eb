import type { Descriptor } from "./descriptor";
import { EnvelopeError } from "./envelope/error";
import { canonicalJson } from "./json/canonicalJson";
import { isJsonObject, parseStrictJson } from "./json/strictJson";

// signature-specification.md § Payload.

/**
 * The payload that notation signs for a descriptor: media type, digest, size and annotations, without the artifact
 * type.
 */
export function encodePayload({ mediaType, digest, size, annotations }: Descriptor): Buffer {
  const given = annotations && Object.keys(annotations).length > 0;
  return Buffer.from(canonicalJson({ targetArtifact: { mediaType, digest, size, ...(given && { annotations }) } }));
}

/** @throws JsonError; EnvelopeError ENVELOPE_PAYLOAD_MALFORMED when the payload is not a JSON object */
export function parsePayloadObject(payload: Buffer): Record<string, unknown> {
  const value = parseStrictJson(payload);
  if (isJsonObject(value)) return value;
  throw malformed("it is not a JSON object");
}

/**
 * The descriptor that a payload names. Members it does not know are ignored, as by notation. @throws JsonError,
 * EnvelopeError
 */
export function parsePayload(payload: Buffer): Descriptor {
  const { targetArtifact } = parsePayloadObject(payload);
  if (!isJsonObject(targetArtifact)) throw malformed("targetArtifact is missing");
  const { mediaType, digest, size, artifactType, annotations } = targetArtifact;
  if (typeof mediaType !== "string" || typeof digest !== "string" || !Number.isSafeInteger(size)) {
    throw malformed("targetArtifact has no mediaType, digest or size");
  }
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

function isStringMap(value: unknown): value is Record<string, string> {
  return isJsonObject(value) && Object.values(value).every((member) => typeof member === "string");
}

function malformed(what: string): EnvelopeError {
  return new EnvelopeError("ENVELOPE_PAYLOAD_MALFORMED", `the signature's payload is malformed: ${what}; sign again`);
}
