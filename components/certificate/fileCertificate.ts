import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { FileCertificateResource } from "./fileCertificate.resource";
import type { TlsCertificate } from "./tlsCertificate";

export interface FileCertificateArgs {
  /** The server's certificate first, then those that lead to the root. PEM; absolute, or relative to the project's folder. */
  readonly chain: string;
  /** The private key, PEM without a passphrase. It stays where it is: nothing of it goes into the state. */
  readonly key: string;
  /** The root, where clients don't know it themselves. */
  readonly root?: string;
  /** DNS names and IP addresses that clients use: each must be in the certificate. */
  readonly names: readonly string[];
}

/** A TLS certificate that others put into files; an `up` after they were renewed takes it into use. */
export class FileCertificate extends ComponentResource implements TlsCertificate {
  /** The leaf's SHA-256 thumbprint. */
  readonly id: Output<string>;
  readonly issuer: Output<string>;
  /** ISO 8601. */
  readonly notAfter: Output<string>;
  readonly files: TlsCertificate["files"];

  constructor(name: string, args: FileCertificateArgs, options?: ComponentResourceOptions) {
    super("breakwater:certificate:FileCertificate", name, {}, options);
    const { names, chain, key, root } = args;
    this.files = { chain, key, ...(root !== undefined && { root }) };
    const resource = new FileCertificateResource(name, { files: this.files, names }, { parent: this });
    this.id = resource.thumbprint;
    this.issuer = resource.issuer;
    this.notAfter = resource.notAfter;
    this.registerOutputs({ notAfter: this.notAfter });
  }
}
