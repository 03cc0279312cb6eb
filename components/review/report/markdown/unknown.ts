import type { Doubts, LackingInventory } from "../doubts";
import { count, grouped } from "../words";
import type { Block } from "./document";
import { code, escapeText } from "./escape";

const OPEN = 10;
/** Images shown below their cause; all of them are in a fold. */
const IMAGES_OPEN = 5;

/** Inventories that are empty, or could not be read (to their end): a review of no image must not look like one that is fine. */
export function inventoryBlocks({ inventories }: Doubts): Block[] {
  if (inventories.length === 0) return [];
  return [
    "### Inventories that are empty or could not be read",
    { items: inventories.map(inventoryItem), open: OPEN, priority: 1, loud: true, noun: ["inventory", "inventories"] },
  ];
}

export function inventoryItem({ name, lack, images, code: cause, why, way }: LackingInventory): string {
  const found = images > 0 ? `, after ${count(images, "image")}` : "";
  return `- ${code(name)} **${lack}**${found}: ${escapeText(why)} (${code(cause)})${advice(way)}`;
}

/** Images of which nothing can be said, by the cause; then all of them, folded. */
export function unknownBlocks({ causes }: Doubts): Block[] {
  if (causes.length === 0) return [];
  const all = causes.flatMap(({ references }) => references);
  return [
    `### Images of which nothing can be said (${grouped(all.length)})`,
    { items: causes.map(causeItem), open: OPEN, priority: 5, loud: true, noun: ["cause", "causes"] },
    ...(causes.some(({ references }) => references.length > IMAGES_OPEN)
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

/** A cause, with some of its images. */
export function causeItem({ first, references, way }: Doubts["causes"][number]): string {
  const { inventory, stack, code: name, why } = first;
  const where = stack === undefined ? "" : `, for ${code(stack)}`;
  const rest = references.length - IMAGES_OPEN;
  return [
    `- **${count(references.length, "image")}** of ${code(inventory)}${where}: ${escapeText(why)} (${code(name)})${advice(way)}`,
    ...references.slice(0, IMAGES_OPEN).map((reference) => `  - ${code(reference)}`),
    ...(rest > 0 ? [`  - … and ${count(rest, "more image")}`] : []),
  ].join("\n");
}

function advice(way: string | undefined): string {
  return way === undefined ? "" : ` ${escapeText(way)}`;
}
