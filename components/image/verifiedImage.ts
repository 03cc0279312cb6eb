import { ComponentResource, type ComponentResourceOptions, type Input, type Output, output } from "@pulumi/pulumi";
import type { ArtifactVerdict } from "../notary/verification/verdict";
import type { Trust } from "../trust/trust";
import type { Weaker } from "./acceptWeaker";
import type { BuiltImage } from "./builtImage";
import type { PushedImage } from "./pushedImage";
import { SignedImage } from "./signedImage";
import { VerifiedImageResource } from "./verifiedImage.resource";

export interface VerifiedImageArgs {
  readonly image: SignedImage | PushedImage | BuiltImage;
  readonly trust: Trust;
  /**
   * Lets an image through that the trust policy's level or overrides verify only weakly, each weakness by its name: a validation
   * that failed and is only logged, or that is not enforced; `skip` where the policy verifies nothing.
   */
  readonly acceptWeaker?: readonly Weaker[];
  /** Must be among the user metadata that were signed. */
  readonly userMetadata?: Input<Record<string, Input<string>>>;
  /** The most signatures that are evaluated; 100 when absent, as notation's `--max-signatures`. */
  readonly maxSignatures?: number;
}

/**
 * Gates: what is deployed takes `reference`, which exists only if the image verifies now. Of an index that a `SignedImage` has
 * signed with its parts, each part must verify; of another one the index itself, as for notation.
 */
export class VerifiedImage extends ComponentResource {
  /** `host/repository@digest`. */
  readonly reference: Output<string>;
  readonly verdict: Output<ArtifactVerdict>;
  /** What of `acceptWeaker` the image needed. */
  readonly accepted: Output<Weaker[]>;

  constructor(name: string, args: VerifiedImageArgs, options?: ComponentResourceOptions) {
    super("breakwater:image:VerifiedImage", name, {}, options);
    const { image, trust, userMetadata, ...rest } = args;
    const inputs = {
      // Others who sign an index need not sign what is below it.
      image: image instanceof SignedImage ? image.pinned : image.pinned.apply(({ children: _, ...root }) => root),
      trust: trust.declaration,
      ...(userMetadata && { userMetadata: output(userMetadata) }),
      ...rest,
    };
    const resource = new VerifiedImageResource(name, inputs, { parent: this });
    this.reference = resource.reference;
    this.verdict = resource.verdict;
    this.accepted = resource.accepted;
    this.registerOutputs({ reference: this.reference, accepted: this.accepted });
  }
}
