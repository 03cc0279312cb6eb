import type { RegistryClient } from "./client";
import { type Descriptor, isRecord, readDescriptor } from "./descriptor";
import { OciError } from "./error";
import { MANIFEST_LIMIT } from "./limits";
import { getManifest, putManifest } from "./manifests";
import { OCI_IMAGE_INDEX } from "./mediaTypes";
import { readJsonObject, referrerDescriptor } from "./referrerDescriptor";
import { addToReferrersTag, readReferrersTag } from "./referrersTag";
import { unexpectedStatus } from "./responseErrors";
import { parseLocation } from "./transport";
import { inTurn } from "./turns";

const MAX_PAGES = 100;
/** How many manifests are read to learn an artifact type that their index does not tell. */
const MAX_LOOKUPS = 200;
/** A registry without the referrers API is not asked again for this long. */
const API_ABSENT_MS = 60_000;

/**
 * Manifests whose `subject` has this digest, in the registry's order: by the referrers API, else by the referrers tag schema.
 * With `artifactType` only those of that type; an entry that does not tell its type is looked up.
 * Throws OciError REFERRERS_INVALID and others. Source: distribution-spec § Listing Referrers, § Referrers Tag Schema.
 */
export async function listReferrers(
  client: RegistryClient,
  repository: string,
  subject: string,
  artifactType?: string,
): Promise<Descriptor[]> {
  const entries =
    (await listByApi(client, repository, subject, artifactType)) ??
    (await readReferrersTag(client, repository, subject)).entries;
  return artifactType === undefined ? entries : filterByType(client, repository, entries, artifactType);
}

/**
 * Pushes a manifest that has a `subject` by its digest, and makes sure that it is listed. Referrers of one subject are pushed one
 * after the other: there are registries with the API, too, that lose entries which arrive at the same moment.
 * Source: distribution-spec § Pushing Manifests with Subject.
 */
export async function pushReferrer(
  client: RegistryClient,
  repository: string,
  referrer: { bytes: Buffer; descriptor: Descriptor; subject: Descriptor },
): Promise<void> {
  const { bytes, descriptor, subject } = referrer;
  const { digest: reference, mediaType } = descriptor;
  await inTurn(`${client.host}/${repository}@${subject.digest}`, async () => {
    const response = await putManifest(client, repository, { bytes, mediaType, reference });
    if (response.header("oci-subject") !== undefined) {
      return;
    }
    if ((await listByApi(client, repository, subject.digest)) === undefined) {
      await addToReferrersTag(client, repository, subject.digest, referrerDescriptor(bytes, descriptor));
    }
  });
}

/** Undefined when the registry has no referrers API. */
async function listByApi(
  client: RegistryClient,
  repository: string,
  subject: string,
  artifactType?: string,
): Promise<Descriptor[] | undefined> {
  if ((client.referrersApiAbsentUntil.get(repository) ?? 0) > Date.now()) {
    return undefined;
  }
  const query = artifactType === undefined ? "" : `?artifactType=${encodeURIComponent(artifactType)}`;
  let target: string | URL = `referrers/${subject}${query}`;
  const place = `the referrers of ${client.host}/${repository}@${subject}`;
  const entries: Descriptor[] = [];
  for (let page = 0; page < MAX_PAGES; page++) {
    const headers = { accept: OCI_IMAGE_INDEX };
    const response = await client.send({
      method: "GET",
      repository,
      actions: "pull",
      target,
      headers,
      limit: MANIFEST_LIMIT,
    });
    const isIndex = response.header("content-type")?.split(";")[0]?.trim() === OCI_IMAGE_INDEX;
    if (page === 0 && (response.status === 404 || (response.status === 200 && !isIndex))) {
      client.referrersApiAbsentUntil.set(repository, Date.now() + API_ABSENT_MS);
      return undefined;
    }
    if (response.status !== 200 || !isIndex) {
      throw unexpectedStatus(`Listing ${place}`, response);
    }
    entries.push(...readIndexEntries(response.body, place));
    const next = nextPage(response.header("link"));
    if (next === undefined) {
      return entries;
    }
    target = parseLocation(next, response.url);
  }
  throw new OciError(
    "RESPONSE_TOO_LARGE",
    `There are more than ${MAX_PAGES} pages of ${place}: delete what is not needed.`,
  );
}

function readIndexEntries(bytes: Buffer, place: string): Descriptor[] {
  const { manifests } = readJsonObject(bytes, place);
  if (manifests === null) {
    return []; // Registries written in Go encode an empty list so.
  }
  if (!Array.isArray(manifests)) {
    throw new OciError("REFERRERS_INVALID", `The list of ${place} has no \`manifests\`: check the registry.`);
  }
  return manifests.map((entry) => readDescriptor(entry, `The list of ${place}`));
}

/** The target of `rel="next"`. Source: RFC 8288 § 3. */
function nextPage(link: string | undefined): string | undefined {
  return link === undefined ? undefined : /<([^>]*)>[^,<]*;\s*rel="?next"?(?=[\s,;]|$)/i.exec(link)?.[1];
}

async function filterByType(
  client: RegistryClient,
  repository: string,
  entries: Descriptor[],
  artifactType: string,
): Promise<Descriptor[]> {
  const found: Descriptor[] = [];
  let lookups = 0;
  for (const entry of entries) {
    let complete: Descriptor | undefined = entry;
    if (entry.artifactType === undefined) {
      if (++lookups > MAX_LOOKUPS) {
        throw new OciError(
          "RESPONSE_TOO_LARGE",
          `More than ${MAX_LOOKUPS} referrers in ${client.host}/${repository} do not tell their artifactType: delete what is not needed.`,
        );
      }
      complete = await lookUp(client, repository, entry);
    }
    if (complete?.artifactType === artifactType) {
      found.push(complete);
    }
  }
  return found;
}

/** Undefined when the listed manifest no longer exists. */
async function lookUp(client: RegistryClient, repository: string, entry: Descriptor): Promise<Descriptor | undefined> {
  const fetched = await getManifest(client, repository, entry.digest);
  if (fetched === undefined || !isRecord(tryParse(fetched.bytes))) {
    return undefined;
  }
  return referrerDescriptor(fetched.bytes, entry);
}

function tryParse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
