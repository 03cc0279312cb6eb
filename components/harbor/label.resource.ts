import { type CustomResourceOptions, dynamic, type Output } from "@pulumi/pulumi";
import { lazyProvider } from "../provider/lazyProvider";
import { type ArgsOf, MODULE } from "../provider/resource";
import type { LabelInputs } from "./label.handler";

const provider = lazyProvider("harborLabel");

export class HarborLabelResource extends dynamic.Resource {
  declare readonly labelId: Output<number>;

  constructor(name: string, args: ArgsOf<LabelInputs>, options?: CustomResourceOptions) {
    const computed = { labelId: undefined, drift: undefined };
    super(provider, name, { ...computed, ...args }, options, MODULE, "HarborLabel");
  }
}
