import { ComponentResource, type ComponentResourceOptions, type Input, type Output, output } from "@pulumi/pulumi";
import type { SigningIdentity } from "../identity/signingIdentity";
import type { Trust } from "../trust/trust";
import type { Weaker } from "./acceptWeaker";
import type { BuiltImage } from "./builtImage";
import type { PinnedImage } from "./pinnedImage";
import type { PushedImage } from "./pushedImage";
import { SignedImageResource } from "./signedImage.resource";

export interface SignedImageArgs {
  readonly image: PushedImage | BuiltImage;
  readonly identity: SigningIdentity;
  /** A signature that this trust refuses never reaches the registry. */
  readonly trust: Trust;
  /** Lets a signature be pushed that this trust verifies only weakly, each weakness by its name; see `VerifiedImage`. */
  readonly acceptWeaker?: readonly Weaker[];
  /** Of the signature envelope; `jws` when left out. */
  readonly format?: "jws" | "cose";
  /**
   * From the signing on, as notation's `--expiry` takes it: `24h`, `1h30m`. Without it a signature does not expire by itself.
   * One that expired, and is refused for it, is renewed by the next `up`; none is renewed before.
   */
  readonly expiry?: string;
  /** Signed with the image, e.g. the build that it is of. */
  readonly userMetadata?: Input<Record<string, Input<string>>>;
  /**
   * A time stamping authority (RFC 3161) and, in PEM, the roots that its chain must lead to: commit them with the trust, as in
   * a trust store `tsa:…`. With its countersignature, a signature stays valid after its certificates expired.
   */
  readonly timestamp?: { readonly url: string; readonly roots: readonly string[] };
}

/**
 * Makes: an image with a Notary Project signature, and so each manifest of one with several platforms. What is to be deployed goes through a `VerifiedImage`. Another format,
 * expiry, user metadata or timestamp makes a new signature; the old one stays in the registry.
 */
export class SignedImage extends ComponentResource {
  /** The image, once its signature is attached. */
  readonly pinned: Output<PinnedImage>;
  /** Digest of the signature manifest. */
  readonly signatureDigest: Output<string>;

  constructor(name: string, args: SignedImageArgs, options?: ComponentResourceOptions) {
    super("breakwater:image:SignedImage", name, {}, options);
    const { image, identity, trust, userMetadata, ...rest } = args;
    const { certificate, keyFile } = identity;
    const inputs = {
      image: image.pinned,
      identity: output({ certificate, keyFile }),
      trust: trust.declaration,
      ...(userMetadata && { userMetadata: output(userMetadata) }),
      ...rest,
    };
    // Behind the whole identity: its key file is written again before anything is signed.
    const resource = new SignedImageResource(name, inputs, { parent: this, dependsOn: [identity] });
    this.pinned = output({ attached: resource.id, pinned: image.pinned }).apply(({ pinned }) => pinned);
    this.signatureDigest = resource.signature.apply((signature) => signature.digest);
    this.registerOutputs({ signatureDigest: this.signatureDigest });
  }
}
