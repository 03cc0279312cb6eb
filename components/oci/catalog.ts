import { messageOf } from "../errors";
import { clientFor, type RegistryClient } from "./client";
import type { RegistryConnection } from "./connection";
import { OciError } from "./error";
import type { HttpResponse } from "./http";
import { parseJsonObject } from "./json";
import { MANIFEST_LIMIT } from "./limits";
import { nextLink } from "./link";
import { assertRepository, assertTag } from "./reference";
import { responseError, unexpectedStatus } from "./responseErrors";

const PAGE_SIZE = 1000;
/** Of one list. */
const MAX_PAGES = 1000;

/**
 * The names of a registry's repositories, page by page, in the registry's order. Many registries list them to administrators
 * only (REGISTRY_DENIED, REGISTRY_UNAUTHORIZED), or to nobody (REGISTRY_ERROR).
 * Throws OciError REGISTRY_RESPONSE_INVALID and others. Source: Distribution's API specification § Listing Repositories.
 */
export async function* listRepositories(connection: RegistryConnection): AsyncGenerator<string> {
  const client = clientFor(connection);
  const what = `the catalog of ${client.host}`;
  const read = (target: string | URL) => client.readCatalog(target, MANIFEST_LIMIT);
  for await (const page of pages(client, `_catalog?n=${PAGE_SIZE}`, read, what)) {
    for (const repository of namesOf(page, "repositories", what)) {
      checked(() => assertRepository(repository), what, page);
      yield repository;
    }
  }
}

/**
 * The tags of a repository, in the registry's order; none where it is gone.
 * Throws OciError REGISTRY_RESPONSE_INVALID and others. Source: distribution-spec § Listing Tags.
 */
export async function* listTags(connection: RegistryConnection, repository: string): AsyncGenerator<string> {
  const client = clientFor(connection);
  const what = `the tags of ${client.host}/${repository}`;
  const read = (target: string | URL) =>
    client.send({ method: "GET", repository, actions: "pull", target, limit: MANIFEST_LIMIT });
  for await (const page of pages(client, `tags/list?n=${PAGE_SIZE}`, read, what)) {
    if (page.status === 404) return;
    for (const tag of namesOf(page, "tags", what)) {
      checked(() => assertTag(tag), what, page);
      yield tag;
    }
  }
}

async function* pages(
  client: RegistryClient,
  first: string,
  read: (target: string | URL) => Promise<HttpResponse>,
  what: string,
): AsyncGenerator<HttpResponse> {
  let target: string | URL = first;
  for (let page = 0; page < MAX_PAGES; page++) {
    const response = await read(target);
    yield response;
    const next = nextLink(response.header("link") ?? "");
    if (next === undefined || response.status !== 200) return;
    const following = client.locate(next, response.url);
    if (following.origin !== response.url.origin || following.href === response.url.href) {
      throw responseError("REGISTRY_RESPONSE_INVALID", `The list of ${what} does not go on there.`, response);
    }
    target = following;
  }
  throw new OciError("RESPONSE_TOO_LARGE", `There are more than ${MAX_PAGES} pages of ${what}: review a part of it.`);
}

/** A list without entries may be null, as registries written in Go encode it. */
function namesOf(response: HttpResponse, member: "repositories" | "tags", what: string): string[] {
  if (response.status !== 200) throw unexpectedStatus(`Listing ${what}`, response);
  const { [member]: names } = parseJsonObject(response.body, `The list of ${what}`, "REGISTRY_RESPONSE_INVALID");
  if (names === null || names === undefined) return [];
  if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names;
  throw responseError("REGISTRY_RESPONSE_INVALID", `The list of ${what} holds no names: check the registry.`, response);
}

/** What is no name would become part of an address. */
function checked(check: () => void, what: string, response: HttpResponse): void {
  try {
    check();
  } catch (error) {
    throw responseError("REGISTRY_RESPONSE_INVALID", `In ${what}: ${messageOf(error)}`, response);
  }
}
