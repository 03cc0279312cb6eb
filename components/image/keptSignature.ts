import type { PackedSignature } from "../notary/signatureRepository";
import { descriptorOf, type PinnedImage } from "./pinnedImage";

/** A signature as plain JSON: its manifest and envelope byte for byte, in base64. */
export interface KeptSignature {
  readonly digest: string;
  readonly manifest: string;
  readonly envelope: string;
  readonly envelopeMediaType: string;
}

export function keep({ digest, manifest, envelope, envelopeMediaType }: PackedSignature): KeptSignature {
  return {
    digest,
    manifest: manifest.toString("base64"),
    envelope: envelope.toString("base64"),
    envelopeMediaType,
  };
}

export function unpack(
  { digest, manifest, envelope, envelopeMediaType }: KeptSignature,
  image: PinnedImage,
): PackedSignature {
  return {
    digest,
    manifest: Buffer.from(manifest, "base64"),
    envelope: Buffer.from(envelope, "base64"),
    envelopeMediaType,
    subject: descriptorOf(image),
  };
}
