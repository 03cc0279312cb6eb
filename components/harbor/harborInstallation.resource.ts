import { type CustomResourceOptions, dynamic, mergeOptions, type Output } from "@pulumi/pulumi";
import { lazyProvider } from "../provider/lazyProvider";
import { type ArgsOf, MODULE } from "../provider/resource";
import type { HarborInstallationInputs } from "./installation/inputs";

const provider = lazyProvider("harborInstallation");
const secrets = { additionalSecretOutputs: ["adminPassword"] };

export class HarborInstallationResource extends dynamic.Resource {
  declare readonly hostname: Output<string>;
  declare readonly backup: Output<string | undefined>;

  constructor(name: string, args: ArgsOf<HarborInstallationInputs>, options?: CustomResourceOptions) {
    const outputs = { backup: undefined, drift: undefined };
    super(provider, name, { ...args, ...outputs }, mergeOptions(options, secrets), MODULE, "HarborInstallation");
  }
}
