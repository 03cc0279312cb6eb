import type { Descriptor } from "../../notary/descriptor";
import type { SignatureRepository } from "../../notary/signatureRepository";
import type { UnknownImage } from "../report/report";

/** An image that is somewhere, with what is needed to judge it. */
export interface InventoryImage {
  /** `host/repository@digest` */
  readonly reference: string;
  /** `host/repository`, which selects the trust policy statement. */
  readonly scope: string;
  readonly descriptor: Descriptor;
  /** All that point to it now, sorted. */
  readonly tags: readonly string[];
  /** The `--inventory` that named it. */
  readonly inventory: string;
  /** Reads its signatures; lists are fetched at each call, content may come from a cache by digest. */
  readonly signatures: SignatureRepository;
}

/** What a source yields: an image, or why there is none. */
export type InventoryEntry = { readonly image: InventoryImage } | { readonly unknown: UnknownImage };

/** Where images are found. What can't be reached is yielded as unknown, never left out. */
export interface InventorySource {
  /** As given, e.g. `registry:registry.example.com/team`. */
  readonly name: string;
  /** Why it may name no image, and the way out; a sentence without its capital and its stop. */
  readonly ifEmpty: string;
  entries(): AsyncIterable<InventoryEntry>;
}
