import { type Descriptor, isRecord, readDescriptor } from "./descriptor";
import { digestOf } from "./digest";
import { OciError } from "./error";
import { parseJsonObject } from "./json";
import { SIGNATURE_ENVELOPE_LIMIT } from "./limits";
import { OCI_ARTIFACT_MANIFEST, OCI_IMAGE_MANIFEST } from "./mediaTypes";

/** Source: signature-specification.md § OCI Signatures. */
export const NOTARY_SIGNATURE_ARTIFACT_TYPE = "application/vnd.cncf.notary.signature";

/** The config of a signature manifest: the empty JSON object. Source: image-spec manifest.md § Guidelines for Artifact Usage. */
export const EMPTY_CONFIG = Buffer.from("{}");
export const EMPTY_CONFIG_DIGEST = digestOf(EMPTY_CONFIG);

export interface SignatureManifest {
  envelope: Descriptor;
  config: Descriptor | undefined;
}

/**
 * What a signature manifest names. The artifact manifest is the older form, whose blobs are called `blobs`; notation reads both.
 * Throws OciError SIGNATURE_MANIFEST_INVALID, DESCRIPTOR_INVALID, DIGEST_INVALID. Source: signature-specification.md § Storage.
 */
export function readSignatureManifest(bytes: Buffer, mediaType: string, digest: string): SignatureManifest {
  if (mediaType !== OCI_IMAGE_MANIFEST && mediaType !== OCI_ARTIFACT_MANIFEST) {
    throw invalid(digest, `its media type is ${mediaType}`);
  }
  const where = `The signature manifest ${digest}`;
  const manifest = parseJsonObject(bytes, where, "SIGNATURE_MANIFEST_INVALID");
  const layers = mediaType === OCI_IMAGE_MANIFEST ? manifest.layers : manifest.blobs;
  if (!Array.isArray(layers) || layers.length !== 1) {
    throw invalid(digest, "it has not exactly one signature envelope");
  }
  const envelope = readDescriptor(layers[0], where);
  if (envelope.size > SIGNATURE_ENVELOPE_LIMIT) {
    throw invalid(digest, `its envelope says ${envelope.size} bytes, ${SIGNATURE_ENVELOPE_LIMIT} is the most`);
  }
  return { envelope, config: isRecord(manifest.config) ? readDescriptor(manifest.config, where) : undefined };
}

/** The same for one that is to be pushed: an image manifest whose config is the empty JSON object. */
export function readOwnSignatureManifest(
  bytes: Buffer,
  digest: string,
): Required<SignatureManifest> & { config: Descriptor } {
  const { envelope, config } = readSignatureManifest(bytes, OCI_IMAGE_MANIFEST, digest);
  if (config === undefined || config.digest !== EMPTY_CONFIG_DIGEST || config.size !== EMPTY_CONFIG.length) {
    throw invalid(digest, "its config is not the empty JSON object {}");
  }
  return { envelope, config };
}

function invalid(digest: string, reason: string): OciError {
  return new OciError(
    "SIGNATURE_MANIFEST_INVALID",
    `The signature manifest ${digest} cannot be used: ${reason}. Delete it: notation can't verify the image past it either.`,
  );
}
