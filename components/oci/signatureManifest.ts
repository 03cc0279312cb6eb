import { type Descriptor, readDescriptor } from "./descriptor";
import { digestOf } from "./digest";
import { OciError } from "./error";
import { parseJsonObject } from "./json";
import { SIGNATURE_ENVELOPE_LIMIT } from "./limits";

/** Source: signature-specification.md § OCI Signatures. */
export const NOTARY_SIGNATURE_ARTIFACT_TYPE = "application/vnd.cncf.notary.signature";

/** The config of a signature manifest: the empty JSON object. Source: image-spec manifest.md § Guidelines for Artifact Usage. */
export const EMPTY_CONFIG = Buffer.from("{}");
export const EMPTY_CONFIG_DIGEST = digestOf(EMPTY_CONFIG);

/** What is to be uploaded before a signature manifest. */
export interface OwnSignatureManifest {
  envelope: Descriptor;
  config: Descriptor;
}

/**
 * What a signature manifest that is to be pushed names: one envelope, and the empty JSON object as its config. Those of
 * others are fetched as bytes, and read by the core.
 * Throws OciError SIGNATURE_MANIFEST_INVALID, DESCRIPTOR_INVALID, DIGEST_INVALID. Source: signature-specification.md § Storage.
 */
export function readOwnSignatureManifest(bytes: Buffer, digest: string): OwnSignatureManifest {
  const where = `The signature manifest ${digest}`;
  const manifest = parseJsonObject(bytes, where, "SIGNATURE_MANIFEST_INVALID");
  const { layers } = manifest;
  if (!Array.isArray(layers) || layers.length !== 1) {
    throw invalid(digest, "it has not exactly one signature envelope");
  }
  const envelope = readDescriptor(layers[0], where);
  if (envelope.size > SIGNATURE_ENVELOPE_LIMIT) {
    throw invalid(digest, `its envelope says ${envelope.size} bytes, ${SIGNATURE_ENVELOPE_LIMIT} is the most`);
  }
  const config = readDescriptor(manifest.config, where);
  if (config.digest !== EMPTY_CONFIG_DIGEST || config.size !== EMPTY_CONFIG.length) {
    throw invalid(digest, "its config is not the empty JSON object {}");
  }
  return { envelope, config };
}

function invalid(digest: string, reason: string): OciError {
  return new OciError(
    "SIGNATURE_MANIFEST_INVALID",
    `The signature manifest ${digest} cannot be pushed: ${reason}. Pack the signature again.`,
  );
}
