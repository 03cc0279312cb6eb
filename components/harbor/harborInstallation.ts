import { ComponentResource, type ComponentResourceOptions, type Input, type Output, secret } from "@pulumi/pulumi";
import type { TlsCertificate } from "../certificate/tlsCertificate";
import type { HarborConnection } from "./connection";
import { HarborInstallationResource } from "./harborInstallation.resource";
import type { HarborInstallationInputs } from "./installation/inputs";
import { hostOf, urlOf } from "./installation/layout";

export interface HarborInstallationArgs
  extends Omit<HarborInstallationInputs, "adminPassword" | "certificate" | "tls"> {
  /** The stack's secret config value `adminPassword`; another one is set by Harbor's API. */
  readonly adminPassword: Input<string>;
  /** What Harbor serves; a renewed one is put in place without a restart. */
  readonly certificate: TlsCertificate;
}

/** A Harbor on this machine, by Docker Compose, as Harbor's own installer does it. Needs root and a local Docker Engine. */
export class HarborInstallation extends ComponentResource {
  /** `https://host[:port]` */
  readonly url: Output<string>;
  /** `host[:port]`, as in the names of images. */
  readonly host: Output<string>;
  /** How the resources of Harbor's API reach it. */
  readonly connection: Output<HarborConnection>;
  /** Folder with database and data as they were before the last upgrade. */
  readonly backup: Output<string | undefined>;

  constructor(name: string, args: HarborInstallationArgs, options?: ComponentResourceOptions) {
    super("breakwater:harbor:Installation", name, {}, options);
    const { adminPassword, certificate, ...plain } = args;
    const { chain, key, root } = certificate.files;
    const resource = new HarborInstallationResource(
      name,
      {
        ...plain,
        adminPassword: secret(adminPassword),
        certificate: certificate.id,
        tls: { chainFile: chain, keyFile: key, ...(root !== undefined && { rootFile: root }) },
      },
      { parent: this },
    );
    // Of the resource's own output: whoever uses them waits until Harbor is there, and a preview knows them.
    const installed = <T>(value: T): Output<T> => resource.hostname.apply(() => value);
    this.url = installed(urlOf(args));
    this.host = installed(hostOf(args));
    this.connection = installed({
      url: urlOf(args),
      ...(root !== undefined && { caFile: root }),
      username: "admin",
      passwordKey: "adminPassword",
    });
    this.backup = resource.backup;
    this.registerOutputs({ url: this.url, host: this.host, connection: this.connection, backup: this.backup });
  }
}
