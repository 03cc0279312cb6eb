import path from "node:path";
import { resolvePath } from "../../../components/files/paths";
import { isPlainHttpByDefault, type RegistryConnection } from "../../../components/oci/connection";
import { defaultDockerConfig } from "../../../components/oci/dockerConfig";
import { ContentCache } from "../../../components/review/inventory/contentCache";
import type { InventoryContext, StateImage } from "../../../components/review/inventory/context";
import { RegistryHealth } from "../../../components/review/inventory/registryHealth";
import type { ReviewOptions } from "./options";

/** Content by digest, kept between runs; git-ignored. */
const CACHE = ".breakwater/cache/content";

/** The inventory of what the stacks themselves name. */
export const STATE = "state";

type ContextOptions = Pick<ReviewOptions, "dockerConfig" | "caFile" | "insecureRegistries">;

/** Who watches a run, and may stop it. */
export interface Watching {
  readonly signal?: AbortSignal;
  readonly onTag?: () => void;
}

/**
 * What the inventories of a run share.
 * @param directory where relative paths begin
 * @param stateImages what the stacks themselves name, for the inventory `state`
 */
export function contextOf(
  { dockerConfig, caFile, insecureRegistries }: ContextOptions,
  directory: string,
  stateImages: readonly StateImage[],
  { signal, onTag }: Watching = {},
): InventoryContext {
  const environment = process.env;
  const connectionTo = (host: string): RegistryConnection => ({
    host,
    ...(caFile === undefined ? { systemRoots: true } : { caFile: path.resolve(directory, caFile) }),
    dockerConfig: dockerConfig === undefined ? defaultDockerConfig(environment) : path.resolve(directory, dockerConfig),
    plainHttp: insecureRegistries.includes(host) || isPlainHttpByDefault(host),
  });
  return {
    connectionTo,
    stateImages,
    cache: new ContentCache({ directory: resolvePath(CACHE) }),
    health: new RegistryHealth(signal),
    ...(onTag && { onTag }),
    directory,
    environment,
  };
}
