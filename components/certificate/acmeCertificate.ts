import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { AcmeCertificateResource } from "./acmeCertificate.resource";
import type { AcmeServer } from "./acmeClient";
import { CERTIFICATE_FILES } from "./certificateFiles";
import type { ChallengePlace } from "./challengeListener";

export interface AcmeCertificateArgs {
  /** The ACME server that issues. */
  readonly server: Input<AcmeServer>;
  /** DNS names or IP addresses. */
  readonly identifiers: readonly string[];
  /** Where the http-01 challenge is answered while the order runs. */
  readonly challenge: Input<ChallengePlace>;
  /** An e-mail address for the ACME account. */
  readonly contact?: string;
  /** A certificate profile of the server. */
  readonly profile?: string;
  /** Relative to the project's folder: where chain and key are written. */
  readonly directory: string;
}

/** A TLS certificate by ACME, renewed by an `up` when a third of its life is left. */
export class AcmeCertificate extends ComponentResource {
  /** The leaf's SHA-256 thumbprint. */
  readonly id: Output<string>;
  readonly issuer: Output<string>;
  /** ISO 8601. */
  readonly notAfter: Output<string>;
  /** Paths relative to the project's folder; `root` exists only for a test server, whose root nobody else knows. */
  readonly files: { readonly chain: string; readonly key: string; readonly root: string };

  constructor(name: string, args: AcmeCertificateArgs, options?: ComponentResourceOptions) {
    super("breakwater:certificate:AcmeCertificate", name, {}, options);
    const resource = new AcmeCertificateResource(name, { ...args }, { parent: this });
    this.id = resource.id;
    this.issuer = resource.issuer;
    this.notAfter = resource.notAfter;
    this.files = {
      chain: `${args.directory}/${CERTIFICATE_FILES.chain}`,
      key: `${args.directory}/${CERTIFICATE_FILES.key}`,
      root: `${args.directory}/${CERTIFICATE_FILES.root}`,
    };
    this.registerOutputs({ notAfter: this.notAfter });
  }
}
