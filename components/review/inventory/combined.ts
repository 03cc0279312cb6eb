import type { InventoryEntry, InventorySource } from "./inventory";
import { unknownEntry } from "./unknown";

/** The entries of all sources, one after the other; one that breaks off is unknown from there on. */
export async function* entriesOfAll(sources: readonly InventorySource[]): AsyncGenerator<InventoryEntry> {
  for (const source of sources) {
    try {
      yield* source.entries();
    } catch (error) {
      yield unknownEntry(source.name, source.name, error);
    }
  }
}
