import { resolvePath } from "../files/paths";
import type { Descriptor } from "../notary/descriptor";
import { type RegistryConnection, Repository } from "../oci/repository";

/** One image in a registry, pinned by the digest of bytes that were held. */
export interface PinnedImage {
  readonly registry: RegistryConnection;
  /** Without the host, e.g. `notation-project/net-monitor`. */
  readonly repository: string;
  readonly digest: string;
  readonly mediaType: string;
  /** Bytes of the manifest. */
  readonly size: number;
  /** Of an index: every manifest below it. A gate asks for a signature of each, since clients pull them by their own digests. */
  readonly children?: readonly Descriptor[];
}

/** The manifests of an image, each as an image of its own: the children first, the root last. */
export function partsOf({ children = [], ...root }: PinnedImage): PinnedImage[] {
  return [...children.map(({ mediaType, digest, size }) => ({ ...root, mediaType, digest, size })), root];
}

/** The repository's client; paths in state are relative to the project's folder. */
export function openRepository({ registry, repository }: Pick<PinnedImage, "registry" | "repository">): Repository {
  const { caFile, dockerConfig } = registry;
  return new Repository({
    connection: {
      ...registry,
      ...(caFile !== undefined && { caFile: resolvePath(caFile) }),
      ...(dockerConfig !== undefined && { dockerConfig: resolvePath(dockerConfig) }),
    },
    repository,
  });
}

/** `host/repository`: the registry scope of trust policies. */
export function scopeOf({ registry, repository }: Pick<PinnedImage, "registry" | "repository">): string {
  return `${registry.host}/${repository}`;
}

/** `host/repository@digest`. */
export function referenceOf(image: PinnedImage): string {
  return `${scopeOf(image)}@${image.digest}`;
}

export function descriptorOf({ mediaType, digest, size }: PinnedImage): Descriptor {
  return { mediaType, digest, size };
}
