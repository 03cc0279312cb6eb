import { type CustomResourceOptions, dynamic, type Output } from "@pulumi/pulumi";
import { lazyProvider } from "../provider/lazyProvider";
import { type ArgsOf, MODULE } from "../provider/resource";
import type { FileIdentityInputs } from "./fileIdentity.handler";

const provider = lazyProvider("fileIdentity");

export class FileIdentityResource extends dynamic.Resource {
  declare readonly certificate: Output<string>;
  declare readonly subject: Output<string>;
  declare readonly thumbprint: Output<string>;

  constructor(name: string, args: ArgsOf<FileIdentityInputs>, options?: CustomResourceOptions) {
    const facts = { subject: undefined, thumbprint: undefined, notAfter: undefined };
    super(provider, name, { ...facts, ...args, drift: undefined }, options, MODULE, "FileIdentity");
  }
}
