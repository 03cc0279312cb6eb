import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { AcmeCertificateResource } from "./acmeCertificate.resource";
import { type AcmeServer, isPublicServer, type PublicAcmeServer } from "./acmeServer";
import { CERTIFICATE_FILES } from "./certificateFiles";
import type { Challenge } from "./challenge";
import type { TlsCertificate } from "./tlsCertificate";

export interface AcmeCertificateArgs {
  /** Who issues: a public server by its name, `letsencrypt` or `letsencrypt-staging`, or another one. */
  readonly server: Input<AcmeServer> | PublicAcmeServer;
  /** DNS names, `*.` ones by dns-01 alone, or IP addresses. */
  readonly identifiers: readonly string[];
  /** How the server is shown that the names are ours. */
  readonly challenge: Input<Challenge>;
  /** An e-mail address for the ACME account. */
  readonly contact?: string;
  /** A certificate profile of the server: Let's Encrypt's `shortlived` is valid for six days. */
  readonly profile?: string;
  /** Relative to the project's folder: where chain and key are written. */
  readonly directory: string;
}

/**
 * A TLS certificate by ACME. An `up` renews it when the server suggests it (RFC 9773), or when a third of its life is left
 * where the server suggests nothing.
 */
export class AcmeCertificate extends ComponentResource implements TlsCertificate {
  /** The leaf's SHA-256 thumbprint. */
  readonly id: Output<string>;
  readonly issuer: Output<string>;
  /** ISO 8601. */
  readonly notAfter: Output<string>;
  /** Paths relative to the project's folder; `root` is that of a test server, whose root nobody else knows. */
  readonly files: TlsCertificate["files"];

  constructor(name: string, args: AcmeCertificateArgs, options?: ComponentResourceOptions) {
    super("breakwater:certificate:AcmeCertificate", name, {}, options);
    const resource = new AcmeCertificateResource(name, { ...args }, { parent: this });
    this.id = resource.id;
    this.issuer = resource.issuer;
    this.notAfter = resource.notAfter;
    this.files = {
      chain: `${args.directory}/${CERTIFICATE_FILES.chain}`,
      key: `${args.directory}/${CERTIFICATE_FILES.key}`,
      ...(!isPublicServer(args.server) && { root: `${args.directory}/${CERTIFICATE_FILES.root}` }),
    };
    this.registerOutputs({ notAfter: this.notAfter });
  }
}
