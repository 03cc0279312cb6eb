import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { inPool } from "../../components/concurrency/inPool";
import type { GeneratedIdentity } from "../../components/identity/generateTest";
import type { PackedSignature } from "../../components/notary/signatureRepository";
import { localSigner } from "../../components/notary/signing/localSigner";
import { packSignature } from "../../components/notary/signing/manifest";
import { signArtifact } from "../../components/notary/signing/signArtifact";
import type { Descriptor } from "../../components/oci/descriptor";
import { digestOf } from "../../components/oci/digest";
import { OCI_IMAGE_CONFIG, OCI_IMAGE_MANIFEST } from "../../components/oci/mediaTypes";
import { EMPTY_CONFIG } from "../../components/oci/signatureManifest";

export const IMAGE_CONFIG = Buffer.from(
  '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}',
);

/** A small image, with one signature. */
export interface SignedImage {
  readonly tag: string;
  readonly manifest: Buffer;
  readonly descriptor: Descriptor;
  readonly signature: PackedSignature;
}

/** Different images, signed by the identities in turn. */
export async function signedImages(count: number, identities: readonly GeneratedIdentity[]): Promise<SignedImage[]> {
  const signers = identities.map(({ privateKey, certificate }) =>
    localSigner({ privateKey, certificateChain: certificate }),
  );
  const config = { mediaType: OCI_IMAGE_CONFIG, digest: digestOf(IMAGE_CONFIG), size: IMAGE_CONFIG.length };
  const images: SignedImage[] = [];
  await inPool(Array.from({ length: count }), 8, async (_, at) => {
    const annotations = { "org.opencontainers.image.version": `v${at}` };
    const image = { schemaVersion: 2, mediaType: OCI_IMAGE_MANIFEST, config, layers: [], annotations };
    const manifest = Buffer.from(JSON.stringify(image));
    const descriptor = { mediaType: OCI_IMAGE_MANIFEST, digest: digestOf(manifest), size: manifest.length };
    const signer = signers[at % signers.length];
    if (signer === undefined) throw new Error("no identity to sign with");
    const signed = await signArtifact({ descriptor, signer, clock: () => new Date() });
    const { certificateChain } = signer;
    const created = signed.signingTime;
    const signature = packSignature({ ...signed, subject: descriptor, certificateChain, created });
    images[at] = { tag: `v${at}`, manifest, descriptor, signature };
  });
  return images;
}

/** An OCI image layout of them, as `oras cp -r` or a mirror would write it. */
export async function writeLayout(directory: string, images: readonly SignedImage[]): Promise<void> {
  const blobs = path.join(directory, "blobs/sha256");
  await mkdir(blobs, { recursive: true });
  const write = (bytes: Buffer) => writeFile(path.join(blobs, digestOf(bytes).slice("sha256:".length)), bytes);
  await Promise.all([IMAGE_CONFIG, EMPTY_CONFIG].map(write));
  await inPool(images, 8, ({ manifest, signature }) =>
    Promise.all([manifest, signature.manifest, signature.envelope].map(write)),
  );
  const manifests = images.flatMap(({ tag, descriptor, signature }) => [
    { ...descriptor, annotations: { "org.opencontainers.image.ref.name": tag } },
    { mediaType: OCI_IMAGE_MANIFEST, digest: signature.digest, size: signature.manifest.length },
  ]);
  await writeFile(path.join(directory, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(path.join(directory, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
}
