import { createHash } from "node:crypto";
import { parseCertificate } from "../certificates/certificate";
import type { Descriptor } from "../descriptor";
import { COSE_MEDIA_TYPE, JWS_MEDIA_TYPE } from "../envelope/content";
import { formatRfc3339 } from "../envelope/rfc3339";
import { canonicalJson } from "../json/canonicalJson";
import { isJsonObject, parseStrictJson, requireExactNames } from "../json/strictJson";
import type { PackedSignature } from "../signatureRepository";
import { SigningError } from "./error";

// signature-specification.md § OCI Signatures.

/** Artifact type of a signature, and in the legacy form the media type of its config. */
export const SIGNATURE_ARTIFACT_TYPE = "application/vnd.cncf.notary.signature";
export const THUMBPRINT_ANNOTATION = "io.cncf.notary.x509chain.thumbprint#S256";
const CREATED_ANNOTATION = "org.opencontainers.image.created";
const IMAGE_MANIFEST_MEDIA_TYPE = "application/vnd.oci.image.manifest.v1+json";
const ARTIFACT_MANIFEST_MEDIA_TYPE = "application/vnd.oci.artifact.manifest.v1+json";
const EMPTY_MEDIA_TYPE = "application/vnd.oci.empty.v1+json";
const EMPTY_CONFIG = Buffer.from("{}");
const MANIFEST_MEMBERS = ["mediaType", "artifactType", "config", "layers", "blobs", "subject", "annotations"];
/** The limit of notation-go registry/repository.go for a signature manifest. */
const MANIFEST_BYTES_MAX = 4 * 1024 * 1024;

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
 * Stricter than notation-go, which looks at the number of layers or blobs only: the members that § OCI Signatures
 * requires must be as it says. Annotations may be absent: nothing is decided by them.
 * @throws SigningError SIGNATURE_MANIFEST_*; JsonError
 */
export function unpackSignature(manifest: Buffer): UnpackedSignature {
  if (manifest.length > MANIFEST_BYTES_MAX) {
    throw new SigningError(
      "SIGNATURE_MANIFEST_TOO_LARGE",
      `the signature manifest has ${manifest.length} bytes, more than ${MANIFEST_BYTES_MAX}: sign again`,
    );
  }
  const value = parseStrictJson(manifest);
  if (!isJsonObject(value)) throw malformed("it is not a JSON object");
  requireExactNames(value, MANIFEST_MEMBERS);
  const { form, envelopes } = readForm(value);
  if (!Array.isArray(envelopes) || envelopes.length !== 1) throw malformed("it does not have exactly one envelope");
  const envelope = readDescriptor(envelopes[0], "its layer or blob");
  if (envelope.mediaType !== JWS_MEDIA_TYPE && envelope.mediaType !== COSE_MEDIA_TYPE) {
    throw malformed(
      `its envelope is ${JSON.stringify(envelope.mediaType)}, neither ${JWS_MEDIA_TYPE} nor ${COSE_MEDIA_TYPE}`,
    );
  }
  return {
    envelope,
    subject: readDescriptor(value.subject, "its subject"),
    form,
    annotations: readAnnotations(value.annotations),
  };
}

/** `sha256:` and the lower-case hex of these bytes. */
export function digestOf(content: Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

function describe(content: Buffer, mediaType: string): Descriptor {
  return { mediaType, digest: digestOf(content), size: content.length };
}

function readForm(manifest: Record<string, unknown>): Pick<UnpackedSignature, "form"> & { envelopes: unknown } {
  const { mediaType, schemaVersion, artifactType, layers, blobs } = manifest;
  const typed = artifactType === SIGNATURE_ARTIFACT_TYPE;
  if (mediaType === ARTIFACT_MANIFEST_MEDIA_TYPE && typed) return { form: "artifactManifest", envelopes: blobs };
  if (mediaType !== ARTIFACT_MANIFEST_MEDIA_TYPE) {
    if (mediaType !== IMAGE_MANIFEST_MEDIA_TYPE) throw malformed(`its media type is not ${IMAGE_MANIFEST_MEDIA_TYPE}`);
    if (schemaVersion !== 2) throw malformed("it is no image manifest of schema version 2");
    const config = readDescriptor(manifest.config, "its config");
    if (typed && config.mediaType === EMPTY_MEDIA_TYPE) return { form: "artifactType", envelopes: layers };
    if (artifactType === undefined && config.mediaType === SIGNATURE_ARTIFACT_TYPE)
      return { form: "legacy", envelopes: layers };
  }
  throw new SigningError(
    "SIGNATURE_MANIFEST_NOT_A_SIGNATURE",
    `a manifest is no Notary Project signature: neither its artifactType nor its config is ${SIGNATURE_ARTIFACT_TYPE} as the specification says; remove the referrer or sign again`,
  );
}

function readDescriptor(value: unknown, member: string): Descriptor {
  if (!isJsonObject(value)) throw malformed(`${member} is missing`);
  requireExactNames(value, ["mediaType", "digest", "size"]);
  const { mediaType, digest, size } = value;
  if (typeof mediaType !== "string" || typeof digest !== "string" || !Number.isSafeInteger(size)) {
    throw malformed(`${member} has no mediaType, digest or size`);
  }
  return { mediaType, digest, size: Number(size) };
}

function readAnnotations(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isJsonObject(value)) throw malformed("annotations are no object");
  const entries = Object.entries(value).map(([key, member]): [string, string] => {
    if (typeof member !== "string") throw malformed("an annotation is no string");
    return [key, member];
  });
  return Object.fromEntries(entries);
}

function malformed(what: string): SigningError {
  return new SigningError("SIGNATURE_MANIFEST_MALFORMED", `the signature manifest is malformed: ${what}; sign again`);
}
