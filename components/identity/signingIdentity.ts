import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { FileIdentity, type FileIdentityArgs } from "./fileIdentity";
import type { KeySpec } from "./generateTest";
import { SigningIdentityResource } from "./signingIdentity.resource";

export interface SigningIdentityArgs {
  /** Days until the certificate expires; a year when left out. */
  readonly lifetimeDays?: number;
  /** `RSA-2048` when left out, as `notation cert generate-test` has it. */
  readonly keySpec?: KeySpec;
  /** Relative to the project's folder: where certificate and key are written. */
  readonly directory: string;
}

/**
 * A signing identity: a key and its certificate, made like `notation cert generate-test NAME` makes them. It serves tests
 * and the local stack; one that lasts has its certificate committed: `SigningIdentity.fromFiles`.
 */
export class SigningIdentity extends ComponentResource {
  /** PEM. */
  readonly certificate: Output<string>;
  /** The private key's file, relative to the project's folder: whoever signs reads it there, nothing copies it. */
  readonly keyFile: string;

  /** An identity that lasts: its certificate is committed, its key is a file of this machine. */
  static fromFiles(name: string, args: FileIdentityArgs, options?: ComponentResourceOptions): FileIdentity {
    return new FileIdentity(name, args, options);
  }

  constructor(commonName: string, args: SigningIdentityArgs, options?: ComponentResourceOptions) {
    super("breakwater:identity:SigningIdentity", commonName, {}, options);
    const { lifetimeDays = 365, keySpec = "RSA-2048", directory } = args;
    const inputs = { commonName, keySpec, lifetimeDays, directory };
    this.certificate = new SigningIdentityResource(commonName, inputs, { parent: this }).certificate;
    this.keyFile = `${directory}/${commonName}.key`;
    this.registerOutputs({ certificate: this.certificate });
  }
}
