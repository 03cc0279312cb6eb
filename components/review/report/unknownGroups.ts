import type { UnknownImage } from "./report";

/** Images of which nothing can be said, for one cause. */
export interface UnknownGroup {
  /** Of the first of them; the others' words differ by the image alone. */
  readonly first: UnknownImage;
  readonly references: readonly string[];
}

/** By cause, that of most images first; inventories as a whole are not among them. */
export function unknownGroups(unknown: readonly UnknownImage[]): UnknownGroup[] {
  const groups = new Map<string, { first: UnknownImage; references: string[] }>();
  for (const image of unknown) {
    if (image.whole) continue;
    const { inventory, stack, code, reference } = image;
    const key = JSON.stringify([inventory, stack, code, hostOf(reference)]);
    const group = groups.get(key);
    if (group) group.references.push(reference);
    else groups.set(key, { first: image, references: [reference] });
  }
  return [...groups.values()].sort((left, right) => right.references.length - left.references.length);
}

function hostOf(reference: string): string {
  return reference.split("/", 1)[0] ?? "";
}
