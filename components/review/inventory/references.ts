import { concurrently } from "../../concurrency/concurrently";
import { formatReference, parseReference, type Reference } from "../../oci/reference";
import type { InventoryContext } from "./context";
import { InventoryError } from "./error";
import { imagesOf } from "./images";
import type { InventoryEntry } from "./inventory";
import { type OpenRepository, Registries } from "./registries";
import { unknownEntry } from "./unknown";

const CONCURRENT_REQUESTS = 16;

/** Something that names images by references. */
export interface NamedImage {
  /** `host/repository[:tag][@digest]` */
  readonly reference: string;
  readonly open?: (registries: Registries, reference: Reference) => OpenRepository;
}

/**
 * The images that references name: by their digests, or by what their tags point to now. One that is not there, or can't be asked
 * for, is unknown.
 */
export async function* namedImages(
  inventory: string,
  context: InventoryContext,
  named: Iterable<NamedImage> | AsyncIterable<NamedImage>,
): AsyncGenerator<InventoryEntry> {
  const registries = new Registries(context);
  const found = concurrently(named, CONCURRENT_REQUESTS, async (each) => {
    try {
      return await entriesOf(inventory, registries, each);
    } catch (error) {
      return [unknownEntry(inventory, each.reference, error)];
    }
  });
  for await (const entries of found) yield* entries;
}

async function entriesOf(inventory: string, registries: Registries, named: NamedImage): Promise<InventoryEntry[]> {
  const { reference: text, open = openAsUsual } = named;
  const reference = parseReference(text);
  const { tag, digest } = reference;
  if (tag === undefined && digest === undefined) {
    throw new InventoryError("INVENTORY_INVALID", `${text} names no image of its repository: add a tag or a digest.`);
  }
  const repository = open(registries, reference);
  const descriptor = await repository.resolve(digest ?? tag ?? "");
  if (descriptor === undefined) {
    throw new InventoryError(
      "IMAGE_ABSENT",
      `${formatReference(reference)} does not exist: push it, or take it out of the inventory.`,
    );
  }
  const place = { inventory, scope: repository.scope, signatures: repository.signatures };
  const entries: InventoryEntry[] = [];
  for await (const entry of imagesOf(place, descriptor, tag === undefined ? [] : [tag])) entries.push(entry);
  return entries;
}

function openAsUsual(registries: Registries, { host, repository }: Reference): OpenRepository {
  return registries.open(host, repository);
}
