/** What whoever runs the program knows and wants. */
export interface Machine {
  /** Whether the engine has its plugin for Docker; asked for only where an image is to be built. It has, unless somebody knows better. */
  canBuildImages?(): Promise<boolean>;
  /** Names of secrets in the stack's config that are not read in this run. */
  readonly unreadSecrets?: readonly string[];
  /** Declares nothing but Harbor and its certificate, in a run that targets them; the stack's outputs stay these. */
  readonly renewalOf?: Readonly<Record<string, unknown>>;
}
