import type { Descriptor } from "../descriptor";
import { ENVELOPE_BYTES_MAX } from "../envelope/open";
import { readAnnotations, readOciDescriptor, textIn } from "../json/ociDescriptor";
import { isJsonObject, parseStrictJson, requireExactNames } from "../json/strictJson";
import { quoted } from "../quoted";
import { SigningError } from "./error";

// The manifest around a signature as notation-go registry/repository.go reads it (signature-specification.md § OCI
// Signatures): what fails here makes it give up on the artifact, whatever else a signature's manifest must be.

export const IMAGE_MANIFEST_MEDIA_TYPE = "application/vnd.oci.image.manifest.v1+json";
/** Never released; notation wrote it before 1.0, and still reads it. */
export const ARTIFACT_MANIFEST_MEDIA_TYPE = "application/vnd.oci.artifact.manifest.v1+json";
/** The limit of notation-go registry/repository.go for a signature manifest. */
const MANIFEST_BYTES_MAX = 4 * 1024 * 1024;

const COMMON_MEMBERS = ["mediaType", "artifactType", "subject", "annotations"];
/** Members of Go's types, those of the other form are not looked at; the first is the list of contents. */
const MEMBERS = new Map([
  [IMAGE_MANIFEST_MEDIA_TYPE, ["layers", "config", "schemaVersion", ...COMMON_MEMBERS]],
  [ARTIFACT_MANIFEST_MEDIA_TYPE, ["blobs", ...COMMON_MEMBERS]],
]);

export interface OciManifest {
  /** The only layer or blob; its media type is empty when the manifest gives none. */
  envelope: Descriptor;
  /** The rest as it is there. */
  mediaType: string | undefined;
  schemaVersion: unknown;
  artifactType: string | undefined;
  config: Partial<Descriptor> | undefined;
  subject: Partial<Descriptor> | undefined;
  annotations: Record<string, string>;
}

/**
 * Takes a manifest apart: one content, of a size that may be fetched, and every member of the type that Go's decoder
 * wants, so that it refuses what that refuses. JSON that two readers may understand differently is refused besides.
 * @param mediaType as the list of signatures says: it decides what the manifest is read as
 * @throws SigningError SIGNATURE_MANIFEST_MALFORMED, SIGNATURE_MANIFEST_TOO_LARGE; JsonError
 */
export function readOciManifest(bytes: Buffer, mediaType: string): OciManifest {
  const members = MEMBERS.get(mediaType);
  if (!members) throw malformed(`is listed as ${quoted(mediaType)}, no media type of one`);
  if (bytes.length > MANIFEST_BYTES_MAX) {
    throw new SigningError(
      "SIGNATURE_MANIFEST_TOO_LARGE",
      `the signature manifest has ${bytes.length} bytes, more than ${MANIFEST_BYTES_MAX}: sign again`,
    );
  }
  const value = parseStrictJson(bytes);
  if (!isJsonObject(value)) throw malformed("is not a JSON object");
  requireExactNames(value, members);
  const [contents = ""] = members;
  const member = (name: string) => (members.includes(name) ? value[name] : undefined);
  const schemaVersion = member("schemaVersion") ?? undefined;
  if (schemaVersion !== undefined && !Number.isSafeInteger(schemaVersion))
    throw malformed("has a schemaVersion that is no integer");
  return {
    envelope: readEnvelope(value[contents]),
    mediaType: textIn(value, "mediaType", malformed),
    schemaVersion,
    artifactType: textIn(value, "artifactType", malformed),
    config: readMember(member("config"), "config"),
    subject: readMember(value.subject, "subject"),
    annotations: readAnnotations(value.annotations, malformed) ?? {},
  };
}

function readEnvelope(contents: unknown): Descriptor {
  if (!Array.isArray(contents) || contents.length !== 1) throw malformed("does not have exactly one envelope");
  const { mediaType = "", digest, size } = readMember(contents[0], "envelope") ?? {};
  if (digest === undefined || size === undefined || size < 0) throw malformed("has an envelope without digest or size");
  if (size > ENVELOPE_BYTES_MAX) throw malformed(`has an envelope of ${size} bytes, ${ENVELOPE_BYTES_MAX} is the most`);
  return { mediaType, digest, size };
}

function readMember(value: unknown, name: string): Partial<Descriptor> | undefined {
  if (value === undefined || value === null) return undefined;
  return readOciDescriptor(value, (what) => malformed(`has a descriptor of its ${name} that ${what}`));
}

function malformed(what: string): SigningError {
  return new SigningError(
    "SIGNATURE_MANIFEST_MALFORMED",
    `the signature manifest ${what}: delete it, as notation verifies nothing past it either, and sign again`,
  );
}
