import type { Descriptor } from "./descriptor";
import { EnvelopeError } from "./envelope/error";
import { canonicalJson } from "./json/canonicalJson";
import { readOciDescriptor } from "./json/ociDescriptor";
import { isJsonObject, parseStrictJson, requireExactNames } from "./json/strictJson";

// signature-specification.md § Payload.

/**
 * The payload that notation signs for a descriptor: media type, digest, size and annotations, without the artifact
 * type.
 */
export function encodePayload({ mediaType, digest, size, annotations }: Descriptor): Buffer {
  const given = annotations && Object.keys(annotations).length > 0;
  return Buffer.from(canonicalJson({ targetArtifact: { mediaType, digest, size, ...(given && { annotations }) } }));
}

/**
 * The descriptor that a payload names, read as notation-go reads it, but for one without media type, digest or size:
 * it is malformed here, and no descriptor of the artifact there.
 * @throws JsonError; EnvelopeError ENVELOPE_PAYLOAD_MALFORMED
 */
export function parsePayload(payload: Buffer): Descriptor {
  const value = parseStrictJson(payload);
  if (!isJsonObject(value)) throw malformed("it is not a JSON object");
  requireExactNames(value, ["targetArtifact"]);
  const descriptor = readOciDescriptor(value.targetArtifact, (what) => malformed(`targetArtifact ${what}`));
  const { mediaType, digest, size } = descriptor;
  if (mediaType === undefined || digest === undefined || size === undefined)
    throw malformed("targetArtifact has no mediaType, digest or size");
  return { ...descriptor, mediaType, digest, size };
}

function malformed(what: string): EnvelopeError {
  return new EnvelopeError("ENVELOPE_PAYLOAD_MALFORMED", `the signature's payload is malformed: ${what}; sign again`);
}
