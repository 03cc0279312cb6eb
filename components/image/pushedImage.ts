import { ComponentResource, type ComponentResourceOptions, type Input, type Output, output } from "@pulumi/pulumi";
import type { RegistryConnection } from "../oci/repository";
import type { PinnedImage } from "./pinnedImage";
import { PushedImageResource } from "./pushedImage.resource";

export interface PushedImageArgs {
  /** An OCI layout folder, an OCI archive or a `docker save` archive. */
  readonly source: string;
  readonly registry: Input<RegistryConnection>;
  /** Without the host, e.g. `notation-project/net-monitor`. */
  readonly repository: string;
  readonly tag: string;
  /** Lets the tag be taken from content that somebody else pushed. */
  readonly acceptTag?: boolean;
}

/** An image from a file or folder in a registry, with all its platforms, under a tag. */
export class PushedImage extends ComponentResource {
  /** Pinned by the digest of the source's bytes, known in a preview already. */
  readonly pinned: Output<PinnedImage>;

  constructor(name: string, args: PushedImageArgs, options?: ComponentResourceOptions) {
    super("breakwater:image:PushedImage", name, {}, options);
    const { digest, mediaType, size } = new PushedImageResource(name, { ...args }, { parent: this });
    const { registry, repository } = args;
    this.pinned = output({ registry, repository, digest, mediaType, size });
    this.registerOutputs({ digest });
  }
}
