import { type Descriptor, isRecord } from "../../oci/descriptor";
import { OciError } from "../../oci/error";
import { parseJsonObject } from "../../oci/json";
import { INDEX_MEDIA_TYPES } from "../../oci/mediaTypes";
import { childrenOf } from "./images";

const REFERRERS_TAG = /^(sha256|sha512)-[0-9a-f]{64}$/;

/** Whether a tag has the form by which registries without the referrers API list a manifest's referrers. */
export function isReferrersTag(tag: string): boolean {
  return REFERRERS_TAG.test(tag);
}

/**
 * Whether what such a tag names is what it seems: an index of nothing but manifests whose subject is that of the tag. The tag
 * alone says nothing, or an image could hide behind one. Throws what `fetch` throws.
 * Source: distribution-spec § Referrers Tag Schema.
 */
export async function isReferrersIndex(
  tag: string,
  index: Descriptor,
  fetch: (manifest: Descriptor) => Promise<Buffer>,
): Promise<boolean> {
  if (!isReferrersTag(tag) || !INDEX_MEDIA_TYPES.has(index.mediaType)) return false;
  const subject = tag.replace("-", ":");
  for (const entry of childrenOf(await fetch(index), index.digest)) {
    const bytes = await fetch(entry).catch(undefinedIfAbsent);
    if (bytes === undefined) continue;
    const { subject: refersTo } = parseJsonObject(bytes, `The manifest ${entry.digest}`, "REFERRERS_INVALID");
    const digest = isRecord(refersTo) ? refersTo.digest : undefined;
    if (typeof digest !== "string" || !digest.startsWith(subject)) return false;
  }
  return true;
}

/** Tools that delete a signature leave it in the list; it hides nothing. */
function undefinedIfAbsent(error: unknown): undefined {
  if (error instanceof OciError && error.code === "MANIFEST_UNKNOWN") return undefined;
  throw error;
}
