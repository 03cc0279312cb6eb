import { type CustomResourceOptions, dynamic, type Output } from "@pulumi/pulumi";
import { lazyProvider } from "../provider/lazyProvider";
import { type ArgsOf, MODULE } from "../provider/resource";
import type { KeptSignature } from "./keptSignature";
import type { SignedImageInputs } from "./signedImage.handler";

const provider = lazyProvider("signedImage");

export class SignedImageResource extends dynamic.Resource {
  declare readonly signature: Output<KeptSignature>;

  constructor(name: string, args: ArgsOf<SignedImageInputs>, options?: CustomResourceOptions) {
    super(provider, name, { ...args, signature: undefined, drift: undefined }, options, MODULE, "SignedImage");
  }
}
