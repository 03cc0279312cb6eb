import { type CustomResourceOptions, dynamic, type Output } from "@pulumi/pulumi";
import { lazyProvider } from "../provider/lazyProvider";
import { type ArgsOf, MODULE } from "../provider/resource";
import type { ShadowCheckInputs } from "./shadowCheck.handler";
import type { ShadowImage } from "./shadowImages";

const provider = lazyProvider("shadowCheck");

export class ShadowCheckResource extends dynamic.Resource {
  declare readonly images: Output<ShadowImage[]>;

  constructor(name: string, args: ArgsOf<ShadowCheckInputs>, options?: CustomResourceOptions) {
    const computed = { images: undefined, labels: undefined, drift: undefined };
    super(provider, name, { ...args, ...computed }, options, MODULE, "ShadowCheck");
  }
}
