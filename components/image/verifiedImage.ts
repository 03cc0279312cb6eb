import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { ArtifactVerdict } from "../notary/verification/verdict";
import type { Trust } from "../trust/trust";
import type { PushedImage } from "./pushedImage";
import type { SignedImage } from "./signedImage";
import { VerifiedImageResource } from "./verifiedImage.resource";

export interface VerifiedImageArgs {
  readonly image: SignedImage | PushedImage;
  readonly trust: Trust;
}

/** Gates: what is deployed takes `reference`, which exists only if the image verifies now. */
export class VerifiedImage extends ComponentResource {
  /** `host/repository@digest`. */
  readonly reference: Output<string>;
  readonly verdict: Output<ArtifactVerdict>;

  constructor(name: string, args: VerifiedImageArgs, options?: ComponentResourceOptions) {
    super("breakwater:image:VerifiedImage", name, {}, options);
    const inputs = { image: args.image.pinned, trust: args.trust.declaration };
    const resource = new VerifiedImageResource(name, inputs, { parent: this });
    this.reference = resource.reference;
    this.verdict = resource.verdict;
    this.registerOutputs({ reference: this.reference });
  }
}
