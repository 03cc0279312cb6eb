import { type CustomResourceOptions, dynamic, type Output } from "@pulumi/pulumi";
import { lazyProvider } from "../provider/lazyProvider";
import { type ArgsOf, MODULE } from "../provider/resource";
import type { PushedImageInputs } from "./pushedImage.handler";

const provider = lazyProvider("pushedImage");

export class PushedImageResource extends dynamic.Resource {
  declare readonly digest: Output<string>;
  declare readonly mediaType: Output<string>;
  declare readonly size: Output<number>;

  constructor(name: string, args: ArgsOf<PushedImageInputs>, options?: CustomResourceOptions) {
    const computed = { digest: undefined, mediaType: undefined, size: undefined };
    super(provider, name, { ...computed, ...args, drift: undefined }, options, MODULE, "PushedImage");
  }
}
