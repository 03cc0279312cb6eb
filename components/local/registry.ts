import { ComponentResource, type ComponentResourceOptions, interpolate, type Output, output } from "@pulumi/pulumi";
import type { AcmeCertificate } from "../certificate/acmeCertificate";
import type { RegistryConnection } from "../oci/repository";
import { RegistryResource } from "./registry.resource";

export interface LocalRegistryArgs {
  /** Relative to the project's folder. */
  readonly directory: string;
  /** What the registry serves over TLS; issued for 127.0.0.1. */
  readonly certificate: AcmeCertificate;
  /** Of 127.0.0.1; when left out a free one is chosen and kept. */
  readonly port?: number;
}

/** The embedded registry (distribution) on loopback: TLS with the given certificate, and a login; plain HTTP never. */
export class LocalRegistry extends ComponentResource {
  /** `127.0.0.1:PORT`. */
  readonly host: Output<string>;
  /** How clients reach it: credentials and the root they trust, as files. */
  readonly connection: Output<RegistryConnection>;

  constructor(name: string, args: LocalRegistryArgs, options?: ComponentResourceOptions) {
    super("breakwater:local:Registry", name, {}, options);
    const { directory, certificate, port } = args;
    const { files } = certificate;
    const resource = new RegistryResource(
      name,
      {
        directory,
        username: "breakwater",
        certificate: certificate.id,
        tls: { chainFile: files.chain, keyFile: files.key, rootFile: files.root },
        ...(port !== undefined && { port }),
      },
      { parent: this },
    );
    this.host = interpolate`127.0.0.1:${resource.port}`;
    this.connection = output({ host: this.host, caFile: files.root, dockerConfig: `${directory}/docker` });
    this.registerOutputs({ host: this.host });
  }
}
