import { type CustomResourceOptions, dynamic, mergeOptions, type Output } from "@pulumi/pulumi";
import { lazyProvider } from "../provider/lazyProvider";
import { type ArgsOf, MODULE } from "../provider/resource";
import type { SigningIdentityInputs } from "./signingIdentity.handler";

const provider = lazyProvider("signingIdentity");
const secrets = { additionalSecretOutputs: ["privateKey"] };

export class SigningIdentityResource extends dynamic.Resource {
  declare readonly certificate: Output<string>;

  constructor(name: string, args: ArgsOf<SigningIdentityInputs>, options?: CustomResourceOptions) {
    const key = { certificate: undefined, privateKey: undefined, thumbprint: undefined, subject: undefined };
    super(
      provider,
      name,
      { ...args, ...key, notBefore: undefined, notAfter: undefined, drift: undefined },
      mergeOptions(options, secrets),
      MODULE,
      "SigningIdentity",
    );
  }
}
