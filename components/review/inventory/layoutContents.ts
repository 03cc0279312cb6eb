import { setImmediate as nextTurn } from "node:timers/promises";
import { type Descriptor, isRecord, readDescriptor, readDescriptors } from "../../oci/descriptor";
import { OciError } from "../../oci/error";
import { parseJsonObject } from "../../oci/json";
import { MANIFEST_LIMIT } from "../../oci/limits";
import { IMAGE_MANIFEST_MEDIA_TYPES, INDEX_MEDIA_TYPES, OCI_ARTIFACT_MANIFEST } from "../../oci/mediaTypes";
import { referrerDescriptor } from "../../oci/referrerDescriptor";
import { referrersTag } from "../../oci/referrersTag";
import { NOTARY_SIGNATURE_ARTIFACT_TYPE } from "../../oci/signatureManifest";
import type { LayoutBlobs } from "./layoutBlobs";
import { isReferrersTag } from "./referrersIndex";

/** By which index.json tags an image. Source: image-spec annotations.md. */
const REF_NAME = "org.opencontainers.image.ref.name";
const MAX_MANIFESTS = 500_000;
const MAX_DEPTH = 8;
/** Manifests between two moments in which others may work. */
const TURN = 256;

/** A manifest of a layout that may be an image. */
export interface LayoutImage {
  readonly descriptor: Descriptor;
  readonly tags: readonly string[];
}

interface Manifest {
  readonly descriptor: Descriptor;
  readonly subject: Descriptor | undefined;
  readonly isSignature: boolean;
  readonly children: readonly Descriptor[];
}

/** What can't be read of a layout: it may be an image, or a signature of any. */
export interface LayoutDamage {
  readonly digest: string;
  readonly error: unknown;
}

/**
 * What a layout holds, read once: all manifests that index.json leads to, through indexes and through subjects, and which
 * signatures refer to each, in the order in which LayoutSignatureRepository lists them. Images are what index.json lists (not
 * what refers to something else there without a tag of its own), and whatever has signatures of its own.
 */
export class LayoutContents {
  readonly damage: LayoutDamage[] = [];
  readonly #blobs: LayoutBlobs;
  readonly #manifests = new Map<string, Manifest>();
  readonly #signatures = new Map<string, Descriptor[]>();
  /** Of index.json, by digest. */
  readonly #tags = new Map<string, Set<string>>();

  /** Throws OciError LAYOUT_INVALID, LAYOUT_UNREADABLE, RESPONSE_TOO_LARGE. */
  static async read(blobs: LayoutBlobs): Promise<LayoutContents> {
    const contents = new LayoutContents(blobs);
    const entries = await blobs.readIndex();
    for (const [at, entry] of entries.entries()) {
      if (at % TURN === 0) await nextTurn();
      contents.#list(entry);
      contents.#visit(entry, 0);
    }
    return contents;
  }

  private constructor(blobs: LayoutBlobs) {
    this.#blobs = blobs;
  }

  /** In index.json's order. */
  *images(): Generator<LayoutImage> {
    for (const manifest of this.#manifests.values()) {
      const { descriptor } = manifest;
      const tags = this.#tags.get(descriptor.digest);
      const isListed = tags !== undefined && (manifest.subject === undefined || tags.size > 0);
      const isSigned = this.#signatures.has(keyOf(descriptor));
      if (manifest.isSignature || this.#isReferrersIndex(manifest, tags)) continue;
      if (isListed || isSigned) yield { descriptor, tags: [...(tags ?? [])] };
    }
  }

  /** Those of this very descriptor: media type, digest and size, as in oras-go and so in notation. */
  signaturesOf(subject: Descriptor): Descriptor[] {
    return this.#signatures.get(keyOf(subject)) ?? [];
  }

  #list({ digest, annotations, ...entry }: Descriptor): void {
    if (!isManifest(entry)) return;
    const tags = this.#tags.get(digest) ?? new Set();
    const tag = annotations?.[REF_NAME];
    if (tag !== undefined) tags.add(tag);
    this.#tags.set(digest, tags);
  }

  #visit(descriptor: Descriptor, depth: number): void {
    if (!isManifest(descriptor) || this.#manifests.has(descriptor.digest)) return;
    if (this.#manifests.size >= MAX_MANIFESTS || depth > MAX_DEPTH) {
      throw new OciError(
        "LAYOUT_INVALID",
        `The layout has more than ${MAX_MANIFESTS} manifests, or ${MAX_DEPTH} of them inside each other: split it up.`,
      );
    }
    const { digest } = descriptor;
    try {
      const manifest = this.#read(bare(descriptor));
      if (manifest === undefined) {
        if (depth === 0) this.damage.push({ digest, error: absent(digest) });
        return;
      }
      this.#manifests.set(digest, manifest);
      for (const next of manifest.subject ? [manifest.subject, ...manifest.children] : manifest.children) {
        this.#visit(next, depth + 1);
      }
    } catch (error) {
      this.damage.push({ digest, error });
    }
  }

  #read(descriptor: Descriptor): Manifest | undefined {
    const bytes = this.#blobs.read(descriptor, MANIFEST_LIMIT);
    if (bytes === undefined) return undefined;
    const what = `The manifest ${descriptor.digest}`;
    const { subject, manifests } = parseJsonObject(bytes, what, "DESCRIPTOR_INVALID");
    const refersTo = isRecord(subject) ? bare(readDescriptor(subject, what)) : undefined;
    const referrer = refersTo && referrerDescriptor(bytes, descriptor);
    const isSignature = referrer?.artifactType === NOTARY_SIGNATURE_ARTIFACT_TYPE;
    if (refersTo && isSignature) {
      const key = keyOf(refersTo);
      const signatures = this.#signatures.get(key) ?? [];
      this.#signatures.set(key, signatures);
      signatures.push(bare(descriptor));
    }
    return {
      descriptor,
      subject: refersTo,
      isSignature,
      children: Array.isArray(manifests) ? readDescriptors(manifests, what).map(bare) : [],
    };
  }

  /** A list of referrers that was copied from a registry with its tag; see `isReferrersIndex`. */
  #isReferrersIndex({ descriptor, children }: Manifest, tags: ReadonlySet<string> | undefined): boolean {
    if (tags === undefined || tags.size === 0 || !INDEX_MEDIA_TYPES.has(descriptor.mediaType)) return false;
    const isOf = (tag: string, { digest }: Descriptor) => {
      const listed = this.#manifests.get(digest);
      return listed === undefined || (listed.subject !== undefined && referrersTag(listed.subject.digest) === tag);
    };
    return [...tags].every((tag) => isReferrersTag(tag) && children.every((child) => isOf(tag, child)));
  }
}

function isManifest({ mediaType }: Pick<Descriptor, "mediaType">): boolean {
  return (
    IMAGE_MANIFEST_MEDIA_TYPES.has(mediaType) || INDEX_MEDIA_TYPES.has(mediaType) || mediaType === OCI_ARTIFACT_MANIFEST
  );
}

/** Without what others wrote beside it: there are many. */
function bare({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}

function absent(digest: string): OciError {
  return new OciError(
    "MANIFEST_UNKNOWN",
    `index.json lists ${digest}, and the layout has no such blob: copy it again.`,
  );
}

function keyOf({ mediaType, digest, size }: Descriptor): string {
  return `${digest} ${size} ${mediaType}`;
}
