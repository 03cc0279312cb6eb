import type { RegistryConnection } from "../../oci/connection";
import type { ContentCache } from "./contentCache";
import type { RegistryHealth } from "./registryHealth";

/** What the inventories of one run share. */
export interface InventoryContext {
  /** How a registry is reached, by its host; absolute paths. */
  readonly connectionTo: (host: string) => RegistryConnection;
  /** What the stacks themselves name, for the inventory `state`. */
  readonly stateImages: readonly StateImage[];
  /** Absent: nothing is kept between runs. */
  readonly cache?: ContentCache;
  readonly health: RegistryHealth;
  /** Called for each tag that was looked up: thousands of them are before the first image. */
  readonly onTag?: () => void;
  /** Relative paths of inventories begin here. */
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** An image that a stack names. */
export interface StateImage {
  /** `host/repository[:tag][@digest]` */
  readonly reference: string;
  /** How the stack reaches its registry; as any other where absent. */
  readonly connection?: RegistryConnection;
}
