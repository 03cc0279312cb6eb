import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { FileIdentityResource } from "./fileIdentity.resource";

export interface FileIdentityArgs {
  /** PEM, leaf first, complete up to the root: the committed certificate. One that signed itself is a chain, too. */
  readonly certificate: string;
  /** PKCS#8 PEM, mode 0600, on the machine that signs; absolute, or relative to the project's folder. */
  readonly keyFile: string;
}

/** A signing identity that lasts: its certificate is committed, its key never leaves the machine. Signs as `SigningIdentity` does. */
export class FileIdentity extends ComponentResource {
  /** PEM; known to be that of the key, once it is known in an `up`. */
  readonly certificate: Output<string>;
  readonly subject: Output<string>;
  readonly thumbprint: Output<string>;
  readonly keyFile: string;

  constructor(name: string, args: FileIdentityArgs, options?: ComponentResourceOptions) {
    super("breakwater:identity:FileIdentity", name, {}, options);
    const { certificate, keyFile } = args;
    const resource = new FileIdentityResource(name, { name, certificate, keyFile }, { parent: this });
    this.certificate = resource.certificate;
    this.subject = resource.subject;
    this.thumbprint = resource.thumbprint;
    this.keyFile = keyFile;
    this.registerOutputs({ thumbprint: this.thumbprint });
  }
}
