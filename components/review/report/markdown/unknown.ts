import { lackOf } from "../inventoryWords";
import type { InventoryFacts, UnknownImage } from "../report";
import { type UnknownGroup, unknownGroups } from "../unknownGroups";
import { wayOutOf } from "../wayOut";
import { count, grouped } from "../words";
import type { Block } from "./document";
import { code, escapeText } from "./escape";

const OPEN = 10;
/** Images shown below their cause; all of them are in a fold. */
const IMAGES_OPEN = 5;

/** Inventories that are empty, or could not be read (to their end): a review of no image must not look like one that is fine. */
export function inventoryBlocks(inventories: readonly InventoryFacts[]): Block[] {
  const items = inventoryItems(inventories);
  if (items.length === 0) return [];
  return [
    "### Inventories that are empty or could not be read",
    { items, open: OPEN, priority: 1, loud: true, noun: ["inventory", "inventories"] },
  ];
}

export function inventoryItems(inventories: readonly InventoryFacts[]): string[] {
  return inventories.flatMap((inventory) => {
    const { name, why = "", code: cause = "", images } = inventory;
    const lack = lackOf(inventory);
    if (lack === undefined) return [];
    const found = images > 0 ? `, after ${count(images, "image")}` : "";
    return [`- ${code(name)} **${lack}**${found}: ${escapeText(why)} (${code(cause)})${advice(cause)}`];
  });
}

/** Images of which nothing can be said, by the cause; then all of them, folded. */
export function unknownBlocks(unknown: readonly UnknownImage[]): Block[] {
  const groups = unknownGroups(unknown);
  if (groups.length === 0) return [];
  const all = groups.flatMap(({ references }) => references);
  return [
    `### Images of which nothing can be said (${grouped(all.length)})`,
    { items: unknownItems(unknown), open: OPEN, priority: 5, loud: true, noun: ["cause", "causes"] },
    ...(groups.some(({ references }) => references.length > IMAGES_OPEN)
      ? [
          {
            items: all.map((reference) => `- ${code(reference)}`),
            open: 0,
            priority: 9,
            noun: ["unknown image, one a line", "unknown images, one a line"],
          } as const,
        ]
      : []),
  ];
}

/** A cause each, with some of its images. */
export function unknownItems(unknown: readonly UnknownImage[]): string[] {
  return unknownGroups(unknown).map(cause);
}

function cause({ first, references }: UnknownGroup): string {
  const { inventory, stack, code: name, why } = first;
  const where = stack === undefined ? "" : `, for ${code(stack)}`;
  const rest = references.length - IMAGES_OPEN;
  return [
    `- **${count(references.length, "image")}** of ${code(inventory)}${where}: ${escapeText(why)} (${code(name)})${advice(name)}`,
    ...references.slice(0, IMAGES_OPEN).map((reference) => `  - ${code(reference)}`),
    ...(rest > 0 ? [`  - … and ${count(rest, "more image")}, below`] : []),
  ].join("\n");
}

function advice(cause: string): string {
  const way = wayOutOf(cause);
  return way === undefined ? "" : ` ${escapeText(way)}`;
}
