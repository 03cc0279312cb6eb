import { type CustomResourceOptions, dynamic, type Output } from "@pulumi/pulumi";
import type { Descriptor } from "../oci/descriptor";
import { lazyProvider } from "../provider/lazyProvider";
import { type ArgsOf, MODULE } from "../provider/resource";
import type { PushedImageInputs } from "./pushedImage.handler";

const provider = lazyProvider("pushedImage");

export class PushedImageResource extends dynamic.Resource {
  declare readonly digest: Output<string>;
  declare readonly mediaType: Output<string>;
  declare readonly size: Output<number>;
  /** Undefined, and in a preview unknown, for what is no index. */
  declare readonly children: Output<readonly Descriptor[] | undefined>;

  constructor(name: string, args: ArgsOf<PushedImageInputs>, options?: CustomResourceOptions) {
    const computed = { digest: undefined, mediaType: undefined, size: undefined, children: undefined };
    super(provider, name, { ...computed, ...args, drift: undefined }, options, MODULE, "PushedImage");
  }
}
