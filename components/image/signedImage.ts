import { ComponentResource, type ComponentResourceOptions, type Output, output } from "@pulumi/pulumi";
import type { SigningIdentity } from "../identity/signingIdentity";
import type { Trust } from "../trust/trust";
import type { PinnedImage } from "./pinnedImage";
import type { PushedImage } from "./pushedImage";
import { SignedImageResource } from "./signedImage.resource";

export interface SignedImageArgs {
  readonly image: PushedImage;
  readonly identity: SigningIdentity;
  /** A signature that this trust refuses never reaches the registry. */
  readonly trust: Trust;
}

/** Makes: an image with a Notary Project signature. What is to be deployed goes through a `VerifiedImage`. */
export class SignedImage extends ComponentResource {
  /** The image, once its signature is attached. */
  readonly pinned: Output<PinnedImage>;
  /** Digest of the signature manifest. */
  readonly signatureDigest: Output<string>;

  constructor(name: string, args: SignedImageArgs, options?: ComponentResourceOptions) {
    super("breakwater:image:SignedImage", name, {}, options);
    const { image, identity, trust } = args;
    const { certificate, keyFile } = identity;
    const inputs = { image: image.pinned, identity: output({ certificate, keyFile }), trust: trust.declaration };
    // Behind the whole identity: its key file is written again before anything is signed.
    const resource = new SignedImageResource(name, inputs, { parent: this, dependsOn: [identity] });
    this.pinned = output({ attached: resource.id, pinned: image.pinned }).apply(({ pinned }) => pinned);
    this.signatureDigest = resource.signature.apply((signature) => signature.digest);
    this.registerOutputs({ signatureDigest: this.signatureDigest });
  }
}
