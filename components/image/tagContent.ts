import type { Descriptor } from "../oci/descriptor";
import { OciError } from "../oci/error";
import type { Repository } from "../oci/repository";
import { ImageError } from "./error";
import { openRepository, type PinnedImage, referenceOf } from "./pinnedImage";

/** It is there, but what it is cannot be read: it is unsigned, and its registry has a gate. */
export const GATED = "gated";

/** What a tag or digest names; a gate's answer is an answer, too. Throws OciError. */
export async function lookUp(
  repository: Repository,
  tagOrDigest: string,
): Promise<Descriptor | typeof GATED | undefined> {
  try {
    return await repository.resolve(tagOrDigest);
  } catch (error) {
    if (error instanceof OciError && error.code === "IMAGE_GATED") return GATED;
    throw error;
  }
}

/**
 * Whether a gated tag may still point to `digest`. What it points to is unsigned, so that a digest which can be read, or is absent,
 * is not it; one that is gated as well may be it, and nobody can tell: the registry names the content of a tag only to who may read it.
 */
export async function mayPointTo(repository: Repository, digest: string): Promise<boolean> {
  return (await lookUp(repository, digest)) === GATED;
}

/** In words that the registry has no such image; empty when it has. A signature may outlive it, and lead nowhere. */
export async function whyMissing(image: PinnedImage): Promise<string> {
  const there = await lookUp(openRepository(image), image.digest);
  return there === undefined ? `${referenceOf(image)} is not in the registry, or was deleted there` : "";
}

/** Throws ImageError IMAGE_MISSING, and OciError. */
export async function requireThere(image: PinnedImage): Promise<void> {
  const missing = await whyMissing(image);
  if (missing === "") return;
  throw new ImageError(
    "IMAGE_MISSING",
    `${missing}. Run again: what this stack pushes is pushed again; what others push, they have to push`,
  );
}
