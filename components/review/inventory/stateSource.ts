import type { InventoryContext, StateImage } from "./context";
import type { InventorySource } from "./inventory";
import { type NamedImage, namedImages } from "./references";

/** `state`: the images that the stacks themselves name. */
export function stateSource(name: string, context: InventoryContext): InventorySource {
  return {
    name,
    ifEmpty: "no stack on this machine has an image that it has signed or verified: run this where the stacks are",
    entries: () => namedImages(name, context, context.stateImages.map(namedOf)),
  };
}

function namedOf({ reference, connection }: StateImage): NamedImage {
  if (connection === undefined) return { reference };
  return { reference, open: (registries, { repository }) => registries.openBy(connection, repository) };
}
