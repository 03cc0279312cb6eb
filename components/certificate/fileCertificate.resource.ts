import { type CustomResourceOptions, dynamic, type Output } from "@pulumi/pulumi";
import { lazyProvider } from "../provider/lazyProvider";
import { type ArgsOf, MODULE } from "../provider/resource";
import type { FileCertificateInputs } from "./fileCertificate.handler";

const provider = lazyProvider("fileCertificate");

export class FileCertificateResource extends dynamic.Resource {
  declare readonly thumbprint: Output<string>;
  declare readonly issuer: Output<string>;
  declare readonly notAfter: Output<string>;

  constructor(name: string, args: ArgsOf<FileCertificateInputs>, options?: CustomResourceOptions) {
    const facts = { subjectAltName: undefined, issuer: undefined, notBefore: undefined, notAfter: undefined };
    const outputs = { ...facts, thumbprint: undefined, drift: undefined };
    super(provider, name, { ...args, ...outputs }, options, MODULE, "FileCertificate");
  }
}
