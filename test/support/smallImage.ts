import type { Descriptor } from "../../components/notary/descriptor";
import { Repository } from "../../components/oci/repository";
import type { TestRegistry } from "./registries";

const IMAGE_MANIFEST = "application/vnd.oci.image.manifest.v1+json";

export interface TestImage {
  readonly repository: Repository;
  readonly descriptor: Descriptor;
  /** `host/repository` */
  readonly scope: string;
  /** `host/repository@digest` */
  readonly pinned: string;
  /** `host/repository:v1` */
  readonly tagged: string;
}

/** A small image under the tag v1. */
export async function pushImage(registry: TestRegistry, name: string): Promise<TestImage> {
  const { host, caFile, dockerConfigDirectory: dockerConfig } = registry;
  const repository = new Repository({ connection: { host, caFile, dockerConfig }, repository: name });
  const config = {
    mediaType: "application/vnd.oci.empty.v1+json",
    digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    size: 2,
  };
  await repository.pushBytes(config, Buffer.from("{}"));
  const manifest = { schemaVersion: 2, mediaType: IMAGE_MANIFEST, config, layers: [config], annotations: { name } };
  const descriptor = await repository.pushManifest(Buffer.from(JSON.stringify(manifest)), IMAGE_MANIFEST, "v1");
  const { scope } = repository;
  return { repository, descriptor, scope, pinned: `${scope}@${descriptor.digest}`, tagged: `${scope}:v1` };
}
