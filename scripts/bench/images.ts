import { inPool } from "../../components/concurrency/inPool";
import { openRepository, type PinnedImage } from "../../components/image/pinnedImage";
import { digestOf } from "../../components/oci/digest";
import type { RegistryConnection } from "../../components/oci/repository";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const CONFIG = Buffer.from('{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}');

/**
 * Pushes `count` different images to a repository: they share their one blob, so that this is quick. The same place in the list
 * has the same digest in every repository.
 */
export async function pushImages(
  registry: RegistryConnection,
  repository: string,
  count: number,
): Promise<PinnedImage[]> {
  const target = openRepository({ registry, repository });
  const config = {
    mediaType: "application/vnd.oci.image.config.v1+json",
    digest: digestOf(CONFIG),
    size: CONFIG.length,
  };
  await target.pushBytes(config, CONFIG);
  const images: PinnedImage[] = [];
  await inPool(Array.from({ length: count }), 8, async (_, at) => {
    const annotations = { "org.opencontainers.image.version": `v${at}` };
    const manifest = { schemaVersion: 2, mediaType: MANIFEST, config, layers: [], annotations };
    const descriptor = await target.pushManifest(Buffer.from(JSON.stringify(manifest)), MANIFEST);
    images[at] = { registry, repository, ...descriptor };
  });
  return images;
}
