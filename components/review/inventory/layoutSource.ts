import path from "node:path";
import type { Descriptor } from "../../notary/descriptor";
import type { SignatureRepository } from "../../notary/signatureRepository";
import { OciError } from "../../oci/error";
import { MANIFEST_LIMIT, SIGNATURE_ENVELOPE_LIMIT } from "../../oci/limits";
import type { InventoryContext } from "./context";
import { imageOf } from "./images";
import type { InventoryEntry, InventorySource } from "./inventory";
import { LayoutBlobs } from "./layoutBlobs";
import { LayoutContents } from "./layoutContents";
import { unknownEntry, unknownInventory } from "./unknown";

/** `oci-layout:DIR=HOST/REPOSITORY`: the images and signatures of a folder, as if they were in that repository; no network. */
export function layoutSource(
  name: string,
  { folder, scope }: { folder: string; scope: string },
  context: InventoryContext,
): InventorySource {
  async function* entries(): AsyncGenerator<InventoryEntry> {
    try {
      const blobs = await LayoutBlobs.open(path.resolve(context.directory, folder));
      const contents = await LayoutContents.read(blobs);
      const place = { inventory: name, scope, signatures: new LayoutSignatures(scope, blobs, contents) };
      for (const { digest, error } of contents.damage) yield unknownEntry(name, `${scope}@${digest}`, error);
      for (const { descriptor, tags } of contents.images()) yield { image: imageOf(place, descriptor, tags) };
    } catch (error) {
      yield unknownInventory(name, error);
    }
  }
  return { name, ifEmpty: "the folder's index.json leads to no image: copy one into it", entries };
}

class LayoutSignatures implements SignatureRepository {
  readonly scope: string;
  readonly #blobs: LayoutBlobs;
  readonly #contents: LayoutContents;

  constructor(scope: string, blobs: LayoutBlobs, contents: LayoutContents) {
    this.scope = scope;
    this.#blobs = blobs;
    this.#contents = contents;
  }

  async listSignatures(subject: Descriptor): Promise<Descriptor[]> {
    return this.#contents.signaturesOf(subject);
  }

  async fetchManifest(manifest: Descriptor): Promise<Buffer> {
    const bytes = this.#blobs.read(manifest, MANIFEST_LIMIT);
    if (bytes !== undefined) return bytes;
    throw new OciError("MANIFEST_UNKNOWN", `The layout has no manifest ${manifest.digest}: copy the image again.`);
  }

  async fetchEnvelope(envelope: Descriptor): Promise<Buffer> {
    const bytes = this.#blobs.read(envelope, SIGNATURE_ENVELOPE_LIMIT);
    if (bytes !== undefined) return bytes;
    throw new OciError("BLOB_UNKNOWN", `The layout has no envelope ${envelope.digest}: copy the signature again.`);
  }

  /** A review changes nothing. */
  async pushSignature(): Promise<never> {
    throw new TypeError("an inventory pushes no signature");
  }
}
