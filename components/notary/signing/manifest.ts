import { createHash } from "node:crypto";
import { parseCertificate } from "../certificates/certificate";
import type { Descriptor } from "../descriptor";
import { formatRfc3339 } from "../envelope/rfc3339";
import { canonicalJson } from "../json/canonicalJson";
import type { PackedSignature } from "../signatureRepository";
import { SigningError } from "./error";
import {
  ARTIFACT_MANIFEST_MEDIA_TYPE,
  IMAGE_MANIFEST_MEDIA_TYPE,
  type OciManifest,
  readOciManifest,
} from "./ociManifest";

// signature-specification.md § OCI Signatures.

/** Artifact type of a signature, and in the legacy form the media type of its config. */
export const SIGNATURE_ARTIFACT_TYPE = "application/vnd.cncf.notary.signature";
export const THUMBPRINT_ANNOTATION = "io.cncf.notary.x509chain.thumbprint#S256";
const CREATED_ANNOTATION = "org.opencontainers.image.created";
const EMPTY_MEDIA_TYPE = "application/vnd.oci.empty.v1+json";
const EMPTY_CONFIG = Buffer.from("{}");

/**
 * Forms of the signature manifest, an OCI image manifest: `artifactType` is the specification's default; notation 1.3.2
 * itself still writes `legacy`, and reads both (notation-go registry/repository.go).
 */
export type SignatureManifestForm = "artifactType" | "legacy";

export interface PackSignatureArgs {
  envelope: Buffer;
  envelopeMediaType: string;
  /** The signed manifest; only its media type, digest and size are written. */
  subject: Descriptor;
  /** DER, leaf first. */
  certificateChain: readonly Buffer[];
  /** The signing time, so that the same signature always packs to the same bytes. */
  created: Date;
  form?: SignatureManifestForm;
}

/**
 * The signature manifest of an envelope, with the members and annotations, and in the order, that notation-go writes.
 * Its config is the two bytes `{}`.
 */
export function packSignature(args: PackSignatureArgs): PackedSignature {
  const { envelope, envelopeMediaType, subject, certificateChain, created, form = "artifactType" } = args;
  const thumbprints = certificateChain.map((der) => parseCertificate(der).thumbprint);
  const legacy = form === "legacy";
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: IMAGE_MANIFEST_MEDIA_TYPE,
      ...(!legacy && { artifactType: SIGNATURE_ARTIFACT_TYPE }),
      config: describe(EMPTY_CONFIG, legacy ? SIGNATURE_ARTIFACT_TYPE : EMPTY_MEDIA_TYPE),
      layers: [describe(envelope, envelopeMediaType)],
      subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
      // Lower-case hex, as notation-go writes it; the specification's example is in upper case.
      annotations: {
        [THUMBPRINT_ANNOTATION]: canonicalJson(thumbprints),
        [CREATED_ANNOTATION]: formatRfc3339(created),
      },
    }),
  );
  return { digest: digestOf(manifest), manifest, envelope, envelopeMediaType, subject };
}

export interface UnpackedSignature {
  /** Descriptor of the envelope, the manifest's only layer. */
  envelope: Descriptor;
  subject: Descriptor;
  /** `artifactManifest`: the OCI artifact manifest, which was never released, of notation before 1.0; only read. */
  form: SignatureManifestForm | "artifactManifest";
  annotations: Record<string, string>;
}

/**
 * What a signature manifest says, in any form (§ OCI Signature Verification Forward and Backward Compatibility).
 * Stricter than notation-go, which looks at none of it: the members that § OCI Signatures requires must be as it says,
 * else it is no manifest of a signature. Annotations may be absent: nothing is decided by them.
 * @param mediaType as the list of signatures says
 * @throws SigningError SIGNATURE_MANIFEST_*; JsonError
 */
export function unpackSignature(manifest: Buffer, mediaType = IMAGE_MANIFEST_MEDIA_TYPE): UnpackedSignature {
  const read = readOciManifest(manifest, mediaType);
  const { envelope, annotations, subject: { mediaType: subjectType, digest, size } = {} } = read;
  if (read.mediaType !== mediaType) throw notASignature("its own media type is not the one that it is listed as");
  const form = formOf(read);
  if (subjectType === undefined || digest === undefined || size === undefined)
    throw notASignature("it has no subject with media type, digest and size");
  return { envelope, subject: { mediaType: subjectType, digest, size }, form, annotations };
}

/** `sha256:` and the lower-case hex of these bytes. */
export function digestOf(content: Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

function describe(content: Buffer, mediaType: string): Descriptor {
  return { mediaType, digest: digestOf(content), size: content.length };
}

function formOf({ mediaType, schemaVersion, artifactType, config }: OciManifest): UnpackedSignature["form"] {
  const typed = artifactType === SIGNATURE_ARTIFACT_TYPE;
  if (mediaType === ARTIFACT_MANIFEST_MEDIA_TYPE) {
    if (typed) return "artifactManifest";
  } else if (schemaVersion !== 2) throw notASignature("its schema version is not 2");
  else if (typed && config?.mediaType === EMPTY_MEDIA_TYPE) return "artifactType";
  else if (artifactType === undefined && config?.mediaType === SIGNATURE_ARTIFACT_TYPE) return "legacy";
  throw notASignature(
    `neither its artifactType nor its config is ${SIGNATURE_ARTIFACT_TYPE} as the specification says`,
  );
}

function notASignature(why: string): SigningError {
  return new SigningError(
    "SIGNATURE_MANIFEST_NOT_A_SIGNATURE",
    `a manifest is no Notary Project signature: ${why}; remove the referrer or sign again`,
  );
}
