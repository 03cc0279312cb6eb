import path from "node:path";
import { resolvePath } from "../../../components/files/paths";
import { isPlainHttpByDefault, type RegistryConnection } from "../../../components/oci/connection";
import { defaultDockerConfig } from "../../../components/oci/dockerConfig";
import { ContentCache } from "../../../components/review/inventory/contentCache";
import type { InventoryContext } from "../../../components/review/inventory/context";
import { RegistryHealth } from "../../../components/review/inventory/registryHealth";
import { configuredStacks } from "../stackName";
import type { ReviewOptions } from "./options";
import { stateImages } from "./stateImages";

/** Content by digest, kept between runs; git-ignored. */
const CACHE = ".breakwater/cache/content";

type ContextOptions = Pick<ReviewOptions, "inventories" | "stacks" | "dockerConfig" | "caFile">;

/** What the inventories of a run share. @param directory where relative paths begin */
export async function contextOf(options: ContextOptions, directory: string): Promise<InventoryContext> {
  const { inventories, stacks = configuredStacks(), dockerConfig, caFile } = options;
  const environment = process.env;
  const connectionTo = (host: string): RegistryConnection => ({
    host,
    ...(caFile === undefined ? { systemRoots: true } : { caFile: path.resolve(directory, caFile) }),
    dockerConfig: dockerConfig === undefined ? defaultDockerConfig(environment) : path.resolve(directory, dockerConfig),
    plainHttp: isPlainHttpByDefault(host),
  });
  return {
    connectionTo,
    stateImages: inventories.includes("state") ? await stateImages(stacks) : [],
    cache: new ContentCache({ directory: resolvePath(CACHE) }),
    health: new RegistryHealth(),
    directory,
    environment,
  };
}
