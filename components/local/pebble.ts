import { ComponentResource, type ComponentResourceOptions, interpolate, type Output, output } from "@pulumi/pulumi";
import type { AcmeServer } from "../certificate/acmeServer";
import type { Http01 } from "../certificate/http01";
import { PebbleResource } from "./pebble.resource";

export interface PebbleArgs {
  /** Relative to the project's folder. */
  readonly directory: string;
  /** Seconds that an issued certificate is valid; 90 days when left out, as Let's Encrypt's. */
  readonly validitySeconds?: number;
}

/** Pebble, Let's Encrypt's own ACME test server, on loopback: an `AcmeCertificate` can be ordered from it. */
export class Pebble extends ComponentResource {
  readonly server: Output<AcmeServer>;
  /** Where this server looks for the answers to http-01 challenges. */
  readonly challenge: Output<Http01>;

  constructor(name: string, args: PebbleArgs, options?: ComponentResourceOptions) {
    super("breakwater:local:Pebble", name, {}, options);
    const { directory, validitySeconds = 90 * 86_400 } = args;
    const { ports } = new PebbleResource(name, { directory, validitySeconds }, { parent: this });
    this.server = output({
      url: interpolate`https://127.0.0.1:${ports.acme}/dir`,
      rootUrl: interpolate`https://127.0.0.1:${ports.management}/roots/0`,
      caFile: `${directory}/ca.pem`,
    });
    this.challenge = output({ type: "http-01", address: "127.0.0.1", port: ports.http01 } as const);
    this.registerOutputs({ server: this.server });
  }
}
