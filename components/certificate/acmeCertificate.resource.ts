import { type CustomResourceOptions, dynamic, mergeOptions, type Output } from "@pulumi/pulumi";
import { lazyProvider } from "../provider/lazyProvider";
import { type ArgsOf, MODULE } from "../provider/resource";
import type { AcmeCertificateInputs } from "./acmeCertificateInputs";

const provider = lazyProvider("acmeCertificate");
const secrets = { additionalSecretOutputs: ["privateKey"] };

export class AcmeCertificateResource extends dynamic.Resource {
  declare readonly issuer: Output<string>;
  declare readonly notAfter: Output<string>;

  constructor(name: string, args: ArgsOf<AcmeCertificateInputs>, options?: CustomResourceOptions) {
    const issued = { chain: undefined, privateKey: undefined, root: undefined, renewal: undefined };
    const facts = { subjectAltName: undefined, issuer: undefined, notBefore: undefined, notAfter: undefined };
    super(
      provider,
      name,
      { ...args, ...issued, ...facts, thumbprint: undefined, drift: undefined },
      mergeOptions(options, secrets),
      MODULE,
      "AcmeCertificate",
    );
  }
}
