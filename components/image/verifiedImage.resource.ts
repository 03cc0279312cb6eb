import { type CustomResourceOptions, dynamic, type Output } from "@pulumi/pulumi";
import type { ArtifactVerdict } from "../notary/verification/verdict";
import { lazyProvider } from "../provider/lazyProvider";
import { type ArgsOf, MODULE } from "../provider/resource";
import type { Weaker } from "./acceptWeaker";
import type { VerifiedImageInputs } from "./verifiedImage.handler";

const provider = lazyProvider("verifiedImage");

export class VerifiedImageResource extends dynamic.Resource {
  declare readonly reference: Output<string>;
  declare readonly verdict: Output<ArtifactVerdict>;
  declare readonly accepted: Output<Weaker[]>;

  constructor(name: string, args: ArgsOf<VerifiedImageInputs>, options?: CustomResourceOptions) {
    const outputs = { reference: undefined, verdict: undefined, accepted: undefined, drift: undefined };
    super(provider, name, { ...args, ...outputs }, options, MODULE, "VerifiedImage");
  }
}
