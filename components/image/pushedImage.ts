import { ComponentResource, type ComponentResourceOptions, type Input, type Output, output } from "@pulumi/pulumi";
import { INDEX_MEDIA_TYPES } from "../oci/mediaTypes";
import type { RegistryConnection } from "../oci/repository";
import type { PinnedImage } from "./pinnedImage";
import { PushedImageResource } from "./pushedImage.resource";

export interface PushedImageArgs {
  /**
   * An OCI layout folder, an OCI archive or a `docker save` archive; or `docker-daemon:NAME[:TAG]`: an image of Docker Engine, as
   * skopeo calls it.
   */
  readonly source: Input<string>;
  readonly registry: Input<RegistryConnection>;
  /** Without the host, e.g. `notation-project/net-monitor`. */
  readonly repository: string;
  readonly tag: string;
  /** Lets the tag be taken from content that somebody else pushed. */
  readonly acceptTag?: boolean;
  /** What the source was made from, in words for who reviews a preview. */
  readonly origin?: string;
}

/** An image from a file, a folder or Docker Engine in a registry, with all its platforms, under a tag. */
export class PushedImage extends ComponentResource {
  /** Pinned by the digest of the source's bytes, known in a preview already. */
  readonly pinned: Output<PinnedImage>;

  constructor(name: string, args: PushedImageArgs, options?: ComponentResourceOptions) {
    super("breakwater:image:PushedImage", name, {}, options);
    const resource = new PushedImageResource(name, { ...args }, { parent: this });
    const { digest, mediaType, size } = resource;
    const { registry, repository } = args;
    // A preview does not know that something is absent: what is no index is not asked for children.
    const children = mediaType.apply((type) => (INDEX_MEDIA_TYPES.has(type) ? resource.children : output(undefined)));
    this.pinned = output({ registry, repository, digest, mediaType, size, children }).apply(
      ({ children, ...root }): PinnedImage => ({ ...root, ...(children && { children }) }),
    );
    this.registerOutputs({ digest });
  }
}
