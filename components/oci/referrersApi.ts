import type { RegistryClient } from "./client";
import { type Descriptor, readDescriptors } from "./descriptor";
import { OciError } from "./error";
import type { HttpResponse } from "./http";
import { parseJsonObject } from "./json";
import { MANIFEST_LIMIT, REFERRERS_LIMIT } from "./limits";
import { nextLink } from "./link";
import { OCI_IMAGE_INDEX } from "./mediaTypes";
import { readRegistryErrors, responseError, unexpectedStatus } from "./responseErrors";

const MAX_PAGES = 100;

/**
 * All pages of the referrers API's list, or undefined when the registry has no such API, which the client remembers.
 * A filter that the registry says to have applied (`OCI-Filters-Applied`) saves it work and us bytes; it is not relied on.
 * A malformed entry fails the list, as it does in notation: what cannot be read could be the one that counts.
 * Throws OciError REFERRERS_INVALID, DESCRIPTOR_INVALID, RESPONSE_TOO_LARGE. Source: distribution-spec § Listing Referrers.
 */
export async function listByApi(
  client: RegistryClient,
  repository: string,
  subject: string,
  artifactType?: string,
): Promise<Descriptor[] | undefined> {
  const query = artifactType === undefined ? "" : `?artifactType=${encodeURIComponent(artifactType)}`;
  const place = `the referrers of ${client.host}/${repository}@${subject}`;
  const entries: Descriptor[] = [];
  let target: string | URL = `referrers/${subject}${query}`;
  for (let page = 0; page < MAX_PAGES; page++) {
    const response = await client.send({
      method: "GET",
      repository,
      actions: "pull",
      target,
      headers: { accept: OCI_IMAGE_INDEX },
      limit: MANIFEST_LIMIT,
    });
    if (page === 0 && isAbsent(response)) {
      // A repository that does not exist tells nothing about the API.
      const unknown = readRegistryErrors(response.body).some(({ code }) => code === "NAME_UNKNOWN");
      if (!unknown) client.referrersSupport.observe(repository, false);
      return undefined;
    }
    if (response.status !== 200 || !isIndex(response)) {
      throw unexpectedStatus(`Listing ${place}`, response);
    }
    if (page === 0) client.referrersSupport.observe(repository, true);
    entries.push(...readList(response.body, `the list of ${place}`));
    if (entries.length > REFERRERS_LIMIT) {
      throw tooMany(place, `${REFERRERS_LIMIT} entries`);
    }
    const next = nextLink(response.header("link") ?? "");
    if (next === undefined) {
      return entries;
    }
    target = client.locate(next, response.url);
    if (target.origin !== response.url.origin) {
      throw responseError(
        "REFERRERS_INVALID",
        `The list of ${place} goes on at ${target.host}: check the registry.`,
        response,
      );
    }
  }
  throw tooMany(place, `${MAX_PAGES} pages`);
}

function isAbsent(response: HttpResponse): boolean {
  return response.status === 404 || (response.status === 200 && !isIndex(response));
}

function isIndex(response: HttpResponse): boolean {
  return response.header("content-type")?.split(";")[0]?.trim().toLowerCase() === OCI_IMAGE_INDEX;
}

function readList(bytes: Buffer, what: string): Descriptor[] {
  const { manifests } = parseJsonObject(bytes, `What answers as ${what}`, "REFERRERS_INVALID");
  if (manifests === null) {
    return []; // Registries written in Go encode an empty list so.
  }
  if (!Array.isArray(manifests)) {
    throw new OciError("REFERRERS_INVALID", `What answers as ${what} has no \`manifests\`: check the registry.`);
  }
  return readDescriptors(manifests, what);
}

function tooMany(place: string, limit: string): OciError {
  return new OciError("RESPONSE_TOO_LARGE", `There are more than ${limit} of ${place}: delete what is not needed.`);
}
