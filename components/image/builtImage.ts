import { Image } from "@pulumi/docker";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  interpolate,
  log,
  type Output,
} from "@pulumi/pulumi";
import type { RegistryConnection } from "../oci/repository";
import { takeBuildContext } from "./context/buildContext";
import type { PinnedImage } from "./pinnedImage";
import { PushedImage } from "./pushedImage";

export interface BuiltImageArgs {
  /**
   * A folder, relative to the project's folder or absolute; or a Git URL as `docker build` takes it, `https://….git#REF:FOLDER`.
   * A branch or tag is resolved to its commit whenever the program runs, and that commit is what is built; a whole commit in its
   * place stays what it is, and is fetched once.
   */
  readonly context: string;
  /** Within the context; `Dockerfile` when left out. */
  readonly dockerfile?: string;
  /** As in `linux/amd64`; the engine's own when left out. */
  readonly platform?: string;
  /** A stage of the Dockerfile; its last when left out. */
  readonly target?: string;
  /** Build arguments. Never a secret: they stand in the image's history. */
  readonly args?: Input<Record<string, Input<string>>>;
  /** Any word. Another one builds the image again though nothing changed, as when Docker Engine has dropped what it built. */
  readonly rebuild?: string;
  readonly builderVersion?: "BuilderV1" | "BuilderBuildKit";
  readonly registry: Input<RegistryConnection>;
  /** Without the host, e.g. `notation-project/net-monitor`. */
  readonly repository: string;
  readonly tag: string;
  /** Lets the tag be taken from content that somebody else pushed. */
  readonly acceptTag?: boolean;
}

/**
 * An image that Docker Engine builds, and that is then pushed as a `PushedImage` is: its digest comes from bytes that were held,
 * not from a registry's answer. An image is built in `up`, so that a preview does not know the digest of one that is to be built.
 */
export class BuiltImage extends ComponentResource {
  /** Pinned by the digest of what was built. */
  readonly pinned: Output<PinnedImage>;
  /** The commit that is built, where the context is a Git URL. */
  readonly commit: string | undefined;
  /** What it is built from, in words. */
  readonly origin: string;

  constructor(name: string, args: BuiltImageArgs, options?: ComponentResourceOptions) {
    super("breakwater:image:BuiltImage", name, {}, options);
    const { context, dockerfile, platform, target, args: buildArgs, builderVersion, rebuild = "", ...place } = args;
    const from = takeBuildContext(context, dockerfile);
    this.commit = from.commit;
    this.origin = from.origin;
    void log.info(`is built from ${from.origin}`, this);

    const built = new Image(
      name,
      {
        build: {
          context: from.folder,
          dockerfile: from.dockerfile,
          ...(platform !== undefined && { platform }),
          ...(target !== undefined && { target }),
          ...(buildArgs !== undefined && { args: buildArgs }),
          ...(builderVersion !== undefined && { builderVersion }),
        },
        // A name for this engine only: what is pushed is the image's id, which a tag that moves does not change.
        imageName: `breakwater/${args.repository}:${args.tag}`,
        skipPush: true,
      },
      // Pulumi's plugin for Docker never looks whether an image that it built is still there. A first word after none counts for none.
      { parent: this, replacementTrigger: rebuild },
    );
    // Of an image that is not pushed, `repoDigest` is its id in the engine; unknown in a preview that would build.
    const source = interpolate`docker-daemon:${built.repoDigest}`;
    const pushed = new PushedImage(name, { ...place, source, origin: from.origin }, { parent: this });
    this.pinned = pushed.pinned;
    this.registerOutputs({ commit: this.commit, origin: this.origin });
  }
}
