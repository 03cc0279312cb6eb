import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { SignatureKind } from "./contentTrust.handler";
import { HarborContentTrustResource } from "./contentTrust.resource";
import { connectionOf, type Harbor, type HarborProjectReference } from "./harbor";

export interface HarborContentTrustArgs {
  readonly harbor: Harbor;
  readonly project: HarborProjectReference;
  /** Every kind that is named must exist, for everybody who pulls; who signed is not looked at: see `ShadowCheck`. */
  readonly require: readonly SignatureKind[];
}

/**
 * The gate of a project: no image without a signature is given away. Close it last (`dependsOn` the signed images), though a
 * signer that may push is let through. Taking it out of the program opens the gate of an empty project only: one that holds
 * images stays gated, until somebody switches that off in Harbor by hand. A project has one gate: declare it once, and in one
 * stack, since two that require something else change it back at each `up`.
 */
export class HarborContentTrust extends ComponentResource {
  /** What Harbor requires; known when the gate is closed. */
  readonly require: Output<SignatureKind[]>;

  constructor(name: string, args: HarborContentTrustArgs, options?: ComponentResourceOptions) {
    super("breakwater:harbor:ContentTrust", name, {}, options);
    const { harbor, project, require } = args;
    const resource = new HarborContentTrustResource(
      name,
      { harbor: connectionOf(harbor), project: project.projectName, require: [...require] },
      // Also for the resource itself: it is made last, and at a `destroy` it is the first to go.
      { parent: this, ...(options?.dependsOn && { dependsOn: options.dependsOn }) },
    );
    this.require = resource.require;
    this.registerOutputs({ require: this.require });
  }
}
