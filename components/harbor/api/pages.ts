import type { HarborClient, HarborRequest } from "./client";
import { HarborApiError } from "./error";
import { Fields } from "./fields";
import { jsonOf } from "./responses";

/** Harbor's own limit; a larger one is refused. */
const PAGE_SIZE = 100;
/** How much of one list is read. */
const MAX_PAGES = 200;

/**
 * All entries of a list, page by page; one that moved to a later page while it was read comes once, by `key`.
 * Throws HarborApiError HARBOR_RESPONSE_TOO_LARGE beyond 20,000 entries.
 */
export async function listAll<Item>(
  client: HarborClient,
  request: Pick<HarborRequest, "path" | "query" | "headers" | "what">,
  read: (entry: Fields) => Item,
  key: (item: Item) => string | number,
): Promise<Item[]> {
  const items = new Map<string | number, Item>();
  for (let page = 1; page <= MAX_PAGES; page++) {
    const query = { ...request.query, page, page_size: PAGE_SIZE };
    const response = await client.send({ ...request, method: "GET", query });
    const entries = jsonOf(response, request.what);
    // A list without entries may be null.
    if (entries !== null && !Array.isArray(entries)) {
      throw new HarborApiError(
        "HARBOR_RESPONSE_INVALID",
        `${request.what}: ${client.host} gave no list: check \`url\`.`,
      );
    }
    for (const entry of entries ?? []) {
      const item = read(new Fields(entry, `An entry (${request.what})`));
      items.set(key(item), item);
    }
    const more = /;\s*rel="?next"?/.test(response.header("link") ?? "");
    if (entries === null || entries.length === 0 || !more) return [...items.values()];
  }
  throw new HarborApiError(
    "HARBOR_RESPONSE_TOO_LARGE",
    `${request.what}: there are more than ${MAX_PAGES * PAGE_SIZE} entries, the most that is read: remove some.`,
  );
}
