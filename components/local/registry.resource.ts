import { type CustomResourceOptions, dynamic, mergeOptions, type Output } from "@pulumi/pulumi";
import { lazyProvider } from "../provider/lazyProvider";
import { type ArgsOf, MODULE } from "../provider/resource";
import type { RegistryInputs } from "./registry.handler";

const provider = lazyProvider("registry");
const secrets = { additionalSecretOutputs: ["password", "htpasswd"] };

export class RegistryResource extends dynamic.Resource {
  declare readonly port: Output<number>;

  constructor(name: string, args: ArgsOf<RegistryInputs>, options?: CustomResourceOptions) {
    const outputs = { password: undefined, htpasswd: undefined, drift: undefined };
    super(provider, name, { port: undefined, ...args, ...outputs }, mergeOptions(options, secrets), MODULE, "Registry");
  }
}
