import { inPool } from "../concurrency/inPool";
import type { Descriptor } from "../oci/descriptor";
import type { Repository } from "../oci/repository";
import type { ImageSource } from "./source";

/** What happened to one part of an image. */
export interface PushProgress {
  part: "blob" | "manifest";
  descriptor: Descriptor;
  outcome: "present" | "pushed";
}

export interface PushOptions {
  tag: string;
  /**
   * Asked once the source is verified and before anything is pushed; it throws to refuse, and tells the digest that the tag
   * names now, where that is known.
   */
  permit?: () => Promise<string | undefined>;
  onProgress?: (progress: PushProgress) => void | Promise<void>;
}

const CONCURRENT_CHECKS = 4;

/**
 * Pushes an image and points `tag` to it; returns the root's descriptor. The source is verified before the first request, blobs
 * that are there are skipped, the tag comes last: a push that was cut off leaves nothing half visible and is simply run again.
 * Throws ImageSourceError, and OciError (CONNECTION_LOST, REGISTRY_UNREACHABLE when the registry went away).
 * Source: distribution-spec § Push.
 */
export async function pushImage(
  source: ImageSource,
  repository: Repository,
  options: PushOptions,
): Promise<Descriptor> {
  const { tag, permit, onProgress = () => undefined } = options;
  await source.verify();
  const tagged = await permit?.();

  const missing = await findMissing(source, repository);
  for (const descriptor of source.blobs) {
    if (!missing.has(descriptor.digest)) {
      await onProgress({ part: "blob", descriptor, outcome: "present" });
    }
  }
  await source.readBlobs(missing, async (descriptor, content) => {
    await repository.uploadBlob(descriptor, () => content);
    await onProgress({ part: "blob", descriptor, outcome: "pushed" });
  });

  for (const { bytes, descriptor } of source.manifests) {
    await repository.pushManifest(bytes, descriptor.mediaType, descriptor.digest);
    await onProgress({ part: "manifest", descriptor, outcome: "pushed" });
  }
  const root = source.manifests.at(-1);
  if (root === undefined) {
    throw new Error("An image source has at least one manifest.");
  }
  // Not over itself: Harbor refuses that, too, of a tag that is immutable.
  if (tagged !== root.descriptor.digest) await repository.pushManifest(root.bytes, root.descriptor.mediaType, tag);
  return root.descriptor;
}

async function findMissing(source: ImageSource, repository: Repository): Promise<Set<string>> {
  const missing = new Set<string>();
  await inPool([...source.blobs.values()], CONCURRENT_CHECKS, async ({ digest }) => {
    if (!(await repository.hasBlob(digest))) missing.add(digest);
  });
  return missing;
}
