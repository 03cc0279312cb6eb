import type { KnownResource } from "./kept";

/** What whoever runs the program knows and wants. */
export interface Machine {
  /** Whether the engine has its plugin for Docker; asked for only where an image is to be built. It has, unless somebody knows better. */
  canBuildImages?(): Promise<boolean>;
  /** Names of secrets in the stack's config that are not read in this run. */
  readonly unreadSecrets?: readonly string[];
  /** A run that targets Harbor and its certificate: nothing else is declared. */
  readonly renewal?: {
    /** What the stack has beside them, and keeps as it is. */
    readonly others: readonly KnownResource[];
    /** The stack's, and they stay. */
    readonly outputs: Readonly<Record<string, unknown>>;
  };
}
