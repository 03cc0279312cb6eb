import { concurrently } from "../../concurrency/concurrently";
import { listRepositories, listTags } from "../../oci/catalog";
import type { Descriptor } from "../../oci/descriptor";
import type { UnknownImage } from "../report/report";
import type { InventoryContext } from "./context";
import { InventoryError } from "./error";
import { imagesOf, type Place } from "./images";
import type { InventoryEntry, InventorySource } from "./inventory";
import { isReferrersIndex, isReferrersTag } from "./referrersIndex";
import { type OpenRepository, Registries } from "./registries";
import { unknownEntry, unknownInventory } from "./unknown";

const CONCURRENT_REQUESTS = 16;

/**
 * `registry:HOST[/PREFIX]`: what has a tag in the repositories of a registry's catalog, all of them or that named PREFIX and
 * those below it. Lists of signatures that tools keep under tags are no images. What has no tag, a registry does not tell.
 */
export function registrySource(name: string, place: string, context: InventoryContext): InventorySource {
  const [host = "", ...parts] = place.split("/");
  const prefix = parts.join("/");
  const isWanted = (repository: string) =>
    prefix === "" || repository === prefix || repository.startsWith(`${prefix}/`);
  async function* entries(): AsyncGenerator<InventoryEntry> {
    const registries = new Registries(context);
    let isFound = prefix === "";
    try {
      for await (const repository of listRepositories(context.connectionTo(host))) {
        if (!isWanted(repository)) continue;
        isFound = true;
        yield* repositoryEntries(name, host, repository, registries, context);
      }
      if (!isFound) throw noRepository(host, prefix);
    } catch (error) {
      yield unknownInventory(name, error);
    }
  }
  return {
    name,
    ifEmpty: "no repository that its login may see has a tag there: push an image, or use a login that may see more",
    entries,
  };
}

/** A misspelt prefix would leave every image out in silence. */
function noRepository(host: string, prefix: string): InventoryError {
  return new InventoryError(
    "INVENTORY_EMPTY",
    `${host} lists no repository ${prefix}, nor one below it: correct the inventory, or use a login that may see it.`,
  );
}

async function* repositoryEntries(
  inventory: string,
  host: string,
  repository: string,
  registries: Registries,
  context: InventoryContext,
): AsyncGenerator<InventoryEntry> {
  try {
    const opened = registries.open(host, repository);
    const place = { inventory, scope: opened.scope, signatures: opened.signatures };
    const tags: string[] = [];
    const list = async () => {
      for await (const tag of listTags(context.connectionTo(host), repository)) tags.push(tag);
    };
    await context.health.ask(host, list);
    const tagged = new Map<string, { descriptor: Descriptor; tags: string[] }>();
    for await (const found of concurrently(tags, CONCURRENT_REQUESTS, (tag) => pointedTo(place, opened, tag))) {
      context.onTag?.();
      if ("unknown" in found) yield found;
      if (!("descriptor" in found)) continue;
      const { descriptor, tag } = found;
      const known = tagged.get(descriptor.digest) ?? { descriptor, tags: [] };
      known.tags.push(tag);
      tagged.set(descriptor.digest, known);
    }
    for (const { descriptor, tags } of tagged.values()) yield* imagesOf(place, descriptor, tags);
  } catch (error) {
    yield unknownEntry(inventory, `${host}/${repository}`, error);
  }
}

type PointedTo = { descriptor: Descriptor; tag: string } | { nothing: true } | { unknown: UnknownImage };

async function pointedTo(place: Place, repository: OpenRepository, tag: string): Promise<PointedTo> {
  try {
    const descriptor = await repository.resolve(tag);
    // Deleted since it was listed.
    if (descriptor === undefined) return { nothing: true };
    const fetch = (manifest: Descriptor) => place.signatures.fetchManifest(manifest);
    if (isReferrersTag(tag) && (await isReferrersIndex(tag, descriptor, fetch))) return { nothing: true };
    return { descriptor, tag };
  } catch (error) {
    return unknownEntry(place.inventory, `${place.scope}:${tag}`, error);
  }
}
