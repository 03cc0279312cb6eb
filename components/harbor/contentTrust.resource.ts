import { type CustomResourceOptions, dynamic, type Output } from "@pulumi/pulumi";
import { lazyProvider } from "../provider/lazyProvider";
import { type ArgsOf, MODULE } from "../provider/resource";
import type { ContentTrustInputs, SignatureKind } from "./contentTrust.handler";

const provider = lazyProvider("harborContentTrust");

export class HarborContentTrustResource extends dynamic.Resource {
  declare readonly project: Output<string>;
  declare readonly require: Output<SignatureKind[]>;

  constructor(name: string, args: ArgsOf<ContentTrustInputs>, options?: CustomResourceOptions) {
    super(provider, name, { ...args, drift: undefined }, options, MODULE, "HarborContentTrust");
  }
}
