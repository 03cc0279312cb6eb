import path from "node:path";
import type { InventoryContext } from "./context";
import type { InventoryEntry, InventorySource } from "./inventory";
import { namedImages } from "./references";
import { readTextFile } from "./textFile";
import { unknownInventory } from "./unknown";

const LIMIT = 64 * 1024 * 1024;

/** `file:FILE`: a reference a line; what follows a `#` is a comment. */
export function fileSource(name: string, file: string, context: InventoryContext): InventorySource {
  async function* entries(): AsyncGenerator<InventoryEntry> {
    try {
      const text = await readTextFile(path.resolve(context.directory, file), LIMIT);
      const references = text.split(/\r?\n/).map((line) => line.replace(/#.*$/, "").trim());
      const named = new Set(references.filter((reference) => reference !== ""));
      yield* namedImages(
        name,
        context,
        [...named].map((reference) => ({ reference })),
      );
    } catch (error) {
      yield unknownInventory(name, error);
    }
  }
  return { name, ifEmpty: "no line of the file has a reference: write one a line", entries };
}
