import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { localSigner } from "../../../components/notary/signing/localSigner";
import { packSignature } from "../../../components/notary/signing/manifest";
import { signArtifact } from "../../../components/notary/signing/signArtifact";
import { digestOf } from "../../../components/oci/digest";
import { LayoutSignatureRepository } from "../../../components/oci/layoutSignatureRepository";
import { OCI_IMAGE_CONFIG, OCI_IMAGE_MANIFEST } from "../../../components/oci/mediaTypes";
import type { SignerName, Signers } from "./signers";

export const HOST = "registry.example.com";
const DAY_MS = 86_400_000;
const CONFIG = Buffer.from('{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}');
const TAG = "org.opencontainers.image.ref.name";

interface Signed {
  readonly name: string;
  readonly tag: string;
  readonly by: SignerName;
  /** Signed so long ago, and expired a month after that. */
  readonly expiredFor?: number;
}

const IMAGES: readonly Signed[] = [
  { name: "web", tag: "v1.0", by: "release" },
  { name: "web", tag: "v1.1", by: "release" },
  { name: "web", tag: "v2.0-try", by: "dev" },
  { name: "api", tag: "v3.0", by: "release" },
  { name: "api", tag: "v3.1", by: "release" },
  { name: "api", tag: "nightly", by: "dev" },
  { name: "api", tag: "contributed", by: "partner" },
  { name: "batch", tag: "v7", by: "release" },
  { name: "batch", tag: "v6", by: "release", expiredFor: 60 },
  { name: "mobile", tag: "v5.0", by: "mobile2025" },
  { name: "mobile", tag: "v5.1", by: "mobile2025" },
  { name: "mobile", tag: "v6.0", by: "mobile2026" },
];

/** An image in its layout. */
export interface ExampleImage {
  /** `host/repository` */
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/** Writes an OCI layout per repository, and signs each image. */
export async function writeImages(folder: string, signers: Signers, now: Date): Promise<ExampleImage[]> {
  const written: ExampleImage[] = [];
  for (const name of new Set(IMAGES.map((image) => image.name))) {
    const images = IMAGES.filter((image) => image.name === name);
    const repository = `${HOST}/shop/${name}`;
    const layout = path.join(folder, name);
    const manifests = await writeLayout(layout, images);
    const signatures = new LayoutSignatureRepository(layout, repository);
    for (const [at, image] of images.entries()) {
      const descriptor = manifests[at];
      if (descriptor === undefined) throw new Error(`no manifest of ${name}:${image.tag}`);
      await signatures.pushSignature(await signatureOf(descriptor, image, signers, now));
      written.push({ repository, tag: image.tag, digest: descriptor.digest });
    }
  }
  return written;
}

type Manifest = { mediaType: string; digest: string; size: number };

async function signatureOf(subject: Manifest, { by, expiredFor }: Signed, signers: Signers, now: Date) {
  const { privateKey, chain } = signers.of[by];
  const signer = localSigner({ privateKey, certificateChain: chain });
  // An hour ago: no clock is that wrong.
  const ago = expiredFor === undefined ? DAY_MS / 24 : (expiredFor + 30) * DAY_MS;
  const signed = await signArtifact({
    descriptor: subject,
    signer,
    clock: () => new Date(now.getTime() - ago),
    ...(expiredFor !== undefined && { expirySeconds: (30 * DAY_MS) / 1000 }),
  });
  return packSignature({
    ...signed,
    subject,
    certificateChain: signer.certificateChain,
    created: signed.signingTime,
    form: "legacy",
  });
}

async function writeLayout(layout: string, images: readonly Signed[]): Promise<Manifest[]> {
  const blobs = path.join(layout, "blobs/sha256");
  await mkdir(blobs, { recursive: true });
  const write = async (bytes: Buffer, mediaType: string): Promise<Manifest> => {
    const digest = digestOf(bytes);
    await writeFile(path.join(blobs, digest.slice("sha256:".length)), bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const config = await write(CONFIG, OCI_IMAGE_CONFIG);
  const manifests: Manifest[] = [];
  for (const { name, tag } of images) {
    const annotations = { "org.opencontainers.image.title": name, "org.opencontainers.image.version": tag };
    const manifest = { schemaVersion: 2, mediaType: OCI_IMAGE_MANIFEST, config, layers: [], annotations };
    manifests.push(await write(Buffer.from(JSON.stringify(manifest)), OCI_IMAGE_MANIFEST));
  }
  const entries = manifests.map((manifest, at) => ({ ...manifest, annotations: { [TAG]: images[at]?.tag } }));
  await writeFile(path.join(layout, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(path.join(layout, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: entries }));
  return manifests;
}
