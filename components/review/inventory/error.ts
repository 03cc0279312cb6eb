import { BreakwaterError } from "../../errors";

export type InventoryErrorCode =
  | "INVENTORY_INVALID"
  | "INVENTORY_UNREADABLE"
  /** It could be read, and names no image. */
  | "INVENTORY_EMPTY"
  /** A registry failed so often in a row that it is not asked any more in this run. */
  | "REGISTRY_GIVEN_UP"
  /** Somebody stopped the run. */
  | "INTERRUPTED"
  | "HARBOR_LOGIN_MISSING"
  | "HARBOR_LOGIN_REFUSED"
  | "KUBECTL_FAILED"
  | "IMAGE_ABSENT";

/** An inventory that cannot be used, or an image that one names and that cannot be had. */
export class InventoryError extends BreakwaterError<InventoryErrorCode> {}

export function interrupted(): InventoryError {
  return new InventoryError(
    "INTERRUPTED",
    "the run was interrupted before this was read: run again; what was read already is not read again.",
  );
}
