import { type CustomResourceOptions, dynamic, type Output } from "@pulumi/pulumi";
import { lazyProvider } from "../provider/lazyProvider";
import { type ArgsOf, MODULE } from "../provider/resource";
import type { ImmutableRuleInputs } from "./immutableRule.handler";

const provider = lazyProvider("harborImmutableRule");

export class HarborImmutableRuleResource extends dynamic.Resource {
  declare readonly ruleId: Output<number>;

  constructor(name: string, args: ArgsOf<ImmutableRuleInputs>, options?: CustomResourceOptions) {
    const computed = { ruleId: undefined, drift: undefined };
    super(provider, name, { ...computed, ...args }, options, MODULE, "HarborImmutableRule");
  }
}
