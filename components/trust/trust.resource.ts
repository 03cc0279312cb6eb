import { type CustomResourceOptions, dynamic } from "@pulumi/pulumi";
import { lazyProvider } from "../provider/lazyProvider";
import { type ArgsOf, MODULE } from "../provider/resource";
import type { TrustInputs } from "./trust.handler";

const provider = lazyProvider("trust");

export class TrustResource extends dynamic.Resource {
  constructor(name: string, args: ArgsOf<TrustInputs>, options?: CustomResourceOptions) {
    super(provider, name, { ...args, drift: undefined }, options, MODULE, "Trust");
  }
}
