import { ConfigurationError } from "./error";

/** A config value of the stack by its key without a namespace; secrets come decrypted. */
export type ConfigurationLookup = (key: string) => string | undefined;

/** What the engine hands to a dynamic provider before any other call (`dynamic.ConfigureRequest`). */
export interface ConfigureRequest {
  readonly config: { get(key: string): string | undefined };
}

/** Namespace of the config keys: the name in Pulumi.yaml. */
const PROJECT = "breakwater";

let lookup: ConfigurationLookup | undefined;

/**
 * Keeps the stack's config in this process; the last call counts. The engine runs a provider's process for one config alone:
 * another config is another process. Nothing here may be asynchronous, since the SDK lets other calls of the same provider
 * run while it waits for `configure`.
 */
export function configure(newLookup: ConfigurationLookup | undefined): void {
  lookup = newLookup;
}

/** `configure` as the engine calls it. */
export async function configureFromEngine({ config }: ConfigureRequest): Promise<void> {
  configure((key) => config.get(`${PROJECT}:${key}`));
}

/**
 * A secret of the stack's config, which is in no resource's inputs or state.
 * Throws ConfigurationError CONFIGURATION_MISSING when the key is not set, or empty.
 */
export function configuredSecret(key: string): string {
  const value = lookup?.(key);
  if (value) return value;
  throw new ConfigurationError(
    "CONFIGURATION_MISSING",
    `the stack's config has no value ${key}: set it with \`pulumi config set --secret ${key} --stack STACK\`, then run again`,
  );
}
