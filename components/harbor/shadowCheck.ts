import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { RegistryConnection } from "../oci/connection";
import type { Trust } from "../trust/trust";
import { connectionOf, type Harbor, type HarborProjectReference } from "./harbor";
import { ShadowCheckResource } from "./shadowCheck.resource";
import type { ShadowImage } from "./shadowImages";

export interface ShadowCheckArgs {
  readonly harbor: Harbor;
  readonly project: HarborProjectReference;
  readonly trust: Trust;
  /** Who reads the project's images: a robot's connection. Through a closed gate only one that may push reads unsigned ones. */
  readonly registry: Input<RegistryConnection>;
  /** Any word: the labels are called `<word>: trusted` and `<word>: not trusted`, beside those of others. */
  readonly labelPrefix?: string;
}

/**
 * Shows which images of a project pass the declared trust: Harbor's own "Signed" only means that some signature exists. Every
 * artifact gets one of the project's labels `trusted` and `not trusted`, which belong to this resource; it fails for no image.
 * Where two stacks share a project, each needs a `labelPrefix` of its own: with the same labels, each `up` undoes the other's.
 * What is pushed in the same `up` must be in `dependsOn`, to be looked at.
 */
export class ShadowCheck extends ComponentResource {
  readonly images: Output<ShadowImage[]>;

  constructor(name: string, args: ShadowCheckArgs, options?: ComponentResourceOptions) {
    super("breakwater:harbor:ShadowCheck", name, {}, options);
    const { harbor, project, trust, ...rest } = args;
    const resource = new ShadowCheckResource(
      name,
      { harbor: connectionOf(harbor), project: project.projectName, trust: trust.declaration, ...rest },
      { parent: this, ...(options?.dependsOn && { dependsOn: options.dependsOn }) },
    );
    this.images = resource.images;
    this.registerOutputs({ images: this.images });
  }
}
