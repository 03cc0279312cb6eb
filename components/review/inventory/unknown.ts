import { BreakwaterError, messageOf } from "../../errors";
import type { UnknownImage } from "../report/report";

/** An entry for what could not be had, with the error's own code and words. */
export function unknownEntry(inventory: string, reference: string, error: unknown): { unknown: UnknownImage } {
  const code = error instanceof BreakwaterError ? error.code : "INVENTORY_FAILED";
  return { unknown: { reference, inventory, code, why: messageOf(error) } };
}

/** An entry for an inventory of which nothing could be had, or nothing more. */
export function unknownInventory(name: string, error: unknown): { unknown: UnknownImage } {
  return { unknown: { ...unknownEntry(name, name, error).unknown, whole: true } };
}
