import { ComponentResource, type ComponentResourceOptions, type Input, type Output, output } from "@pulumi/pulumi";
import type { TrustDeclaration } from "../notary/trust/declaration";
import type { TrustPolicyDocument } from "../notary/trust/document";
import { TrustResource } from "./trust.resource";

export interface TrustArgs {
  /** The trust policy document (trust-store-trust-policy.md § Trust Policy Properties). */
  readonly policy: TrustPolicyDocument;
  /** Certificates (PEM) by trust store, e.g. `{"ca:wabbit-networks.io": [certificate]}`. */
  readonly stores: Record<string, Input<string>[]>;
  /** Relative to the project's folder: a notation configuration folder, which the notation CLI can be pointed at. */
  readonly directory: string;
}

/** Who may sign what: a trust policy and its trust stores. */
export class Trust extends ComponentResource {
  /** Known once policy and stores are written, and written only if the specification's rules allow them. */
  readonly declaration: Output<TrustDeclaration>;
  readonly directory: string;

  constructor(name: string, args: TrustArgs, options?: ComponentResourceOptions) {
    super("breakwater:trust:Trust", name, {}, options);
    const { policy, stores, directory } = args;
    const resource = new TrustResource(name, { policy, stores: output(stores), directory }, { parent: this });
    // Through the resource's id, so that nobody verifies under a trust that was refused.
    this.declaration = output({ written: resource.id, policy, stores }).apply(
      ({ policy, stores }) => ({ policy, stores }) as TrustDeclaration,
    );
    this.directory = directory;
    this.registerOutputs({ directory });
  }
}
