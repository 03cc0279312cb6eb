import type { InventoryFacts, UnknownImage } from "../report/report";
import { interrupted, InventoryError } from "./error";
import type { InventoryEntry, InventorySource } from "./inventory";
import { unknownInventory } from "./unknown";

/** The inventories of one run, one after the other, and what each of them came to. */
export class Inventories {
  readonly #sources: readonly InventorySource[];
  readonly #signal: AbortSignal | undefined;
  readonly #facts = new Map<InventorySource, InventoryFacts>();

  /** @param signal from when on nothing more is read; what is left is unknown */
  constructor(sources: readonly InventorySource[], signal?: AbortSignal) {
    this.#sources = sources;
    this.#signal = signal;
  }

  /**
   * The entries of all of them; one that breaks off is unknown from there on. One that names nothing is unknown, too: whoever
   * gives an inventory has images, and must not be told that none of them changes.
   */
  async *entries(): AsyncGenerator<InventoryEntry> {
    for (const source of this.#sources) {
      let [images, others] = [0, 0];
      let whole: UnknownImage | undefined;
      for await (const entry of untilItBreaks(source, this.#signal)) {
        if ("image" in entry) images += 1;
        else if (entry.unknown.whole) whole = entry.unknown;
        else others += 1;
        yield entry;
      }
      if (images + others === 0 && whole === undefined) {
        const empty = emptiness(source);
        yield empty;
        whole = empty.unknown;
      }
      this.#facts.set(source, factsOf(source.name, images, others, whole));
    }
  }

  /** Of those that were read. */
  facts(): InventoryFacts[] {
    return [...this.#facts.values()];
  }
}

async function* untilItBreaks(source: InventorySource, signal?: AbortSignal): AsyncGenerator<InventoryEntry> {
  try {
    if (signal?.aborted) throw interrupted();
    for await (const entry of source.entries()) {
      if (signal?.aborted) throw interrupted();
      yield entry;
    }
  } catch (error) {
    yield unknownInventory(source.name, error);
  }
}

function emptiness({ name, ifEmpty }: InventorySource): { unknown: UnknownImage } {
  return unknownInventory(name, new InventoryError("INVENTORY_EMPTY", `${ifEmpty}.`));
}

function factsOf(name: string, images: number, others: number, whole: UnknownImage | undefined): InventoryFacts {
  if (whole === undefined) return { name, state: "read", images };
  const { code, why } = whole;
  if (code === "INVENTORY_EMPTY") return { name, state: "empty", images, code, why };
  return { name, state: images + others > 0 ? "broken-off" : "unreadable", images, code, why };
}
