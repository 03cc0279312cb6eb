import { ComponentResource, type ComponentResourceOptions, interpolate, type Output, output } from "@pulumi/pulumi";
import type { TlsCertificate } from "../certificate/tlsCertificate";
import type { RegistryConnection } from "../oci/repository";
import { LocalServiceError } from "./error";
import { RegistryResource } from "./registry.resource";

export interface LocalRegistryArgs {
  /** Relative to the project's folder. */
  readonly directory: string;
  /** What the registry serves over TLS; issued for 127.0.0.1, with its root: no public authority issues for that. */
  readonly certificate: TlsCertificate;
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
    const { chain, key, root } = certificate.files;
    if (root === undefined) {
      throw new LocalServiceError(
        "TLS_ROOT_MISSING",
        `${name}: clients can't know the root of its certificate; take one that has a root file, such as of a Pebble`,
      );
    }
    const resource = new RegistryResource(
      name,
      {
        directory,
        username: "breakwater",
        certificate: certificate.id,
        tls: { chainFile: chain, keyFile: key, rootFile: root },
        ...(port !== undefined && { port }),
      },
      { parent: this },
    );
    this.host = interpolate`127.0.0.1:${resource.port}`;
    this.connection = output({ host: this.host, caFile: root, dockerConfig: `${directory}/docker` });
    this.registerOutputs({ host: this.host });
  }
}
