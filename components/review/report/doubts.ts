import { lackOf } from "./inventoryWords";
import type { Report } from "./report";
import { type UnknownGroup, unknownGroups } from "./unknownGroups";
import { wayOutOf } from "./wayOut";

/** What nothing can be said of, as reports show it. */
export interface Doubts {
  /** That are empty, or could not be read (to their end). */
  readonly inventories: readonly LackingInventory[];
  readonly causes: readonly (UnknownGroup & { readonly way?: string })[];
}

export interface LackingInventory {
  readonly name: string;
  /** `could not be read` */
  readonly lack: string;
  /** Found before it broke off. */
  readonly images: number;
  readonly code: string;
  readonly why: string;
  readonly way?: string;
}

export function doubtsOf({ inventories, unknown }: Pick<Report, "inventories" | "unknown">): Doubts {
  return {
    inventories: inventories.flatMap((inventory): LackingInventory[] => {
      const { name, images, code = "", why = "" } = inventory;
      const lack = lackOf(inventory);
      return lack === undefined ? [] : [{ name, lack, images, code, why, ...wayOf(code) }];
    }),
    causes: unknownGroups(unknown).map((group) => ({ ...group, ...wayOf(group.first.code) })),
  };
}

function wayOf(code: string): { way?: string } {
  const way = wayOutOf(code);
  return way === undefined ? {} : { way };
}
