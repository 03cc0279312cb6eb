import type { InventorySource } from "../components/review/inventory/inventory";
import type { KnownResource } from "./kept";

/** What whoever runs the program knows and wants. */
export interface Machine {
  /** Why no image can be built here, in words; undefined when one can. Asked only where one is to be built. */
  whyNotBuild?(): Promise<string | undefined>;
  /** A preview of what is nowhere yet: what this machine can't tell is left out of it, and that is said. */
  readonly isNew?: boolean;
  /** Names of secrets in the stack's config that are not read in this run. */
  readonly unreadSecrets?: readonly string[];
  /** The images that the stack vouches for as it is: they are judged before anything changes. */
  readonly liveImages?: Pick<InventorySource, "entries">;
  /** A run that targets Harbor and its certificate: nothing else is declared. */
  readonly renewal?: {
    /** What the stack has beside them, and keeps as it is. */
    readonly others: readonly KnownResource[];
    /** The stack's, and they stay. */
    readonly outputs: Readonly<Record<string, unknown>>;
  };
}
