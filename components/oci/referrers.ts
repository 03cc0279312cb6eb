import type { RegistryClient } from "./client";
import type { Descriptor } from "./descriptor";
import { OciError } from "./error";
import { getManifest, putManifest } from "./manifests";
import { referrerDescriptor } from "./referrerDescriptor";
import { listByApi } from "./referrersApi";
import { addToReferrersTag, readReferrersTag } from "./referrersTag";
import { inBatch, inTurn } from "./turns";

/** How many manifests are read to learn an artifact type that their index does not tell. */
const MAX_LOOKUPS = 200;

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
  const entries = await listAll(client, repository, subject, artifactType);
  return artifactType === undefined ? entries : filterByType(client, repository, entries, artifactType);
}

async function listAll(
  client: RegistryClient,
  repository: string,
  subject: string,
  artifactType?: string,
): Promise<Descriptor[]> {
  const known = client.referrersSupport.known(repository);
  const byTag = async () => (await readReferrersTag(client, repository, subject)).entries;
  if (known === false) {
    return byTag();
  }
  if (known === undefined && client.referrersSupport.presumedAbsent) {
    // "No referrers" is never presumed: an empty index makes this repository be asked itself.
    const entries = await byTag();
    return entries.length > 0 ? entries : ((await listByApi(client, repository, subject, artifactType)) ?? entries);
  }
  return (await listByApi(client, repository, subject, artifactType)) ?? byTag();
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
  const key = `${client.host}/${repository}@${subject.digest}`;
  const response = await inTurn(key, () => putManifest(client, repository, { bytes, mediaType, reference }));
  if (response.header("oci-subject") !== undefined) {
    client.referrersSupport.observe(repository, true);
    return;
  }
  if (await isListedByApi(client, repository, subject.digest, descriptor.digest)) {
    return;
  }
  await inBatch(`index of ${key}`, referrerDescriptor(bytes, descriptor), (entries) =>
    addToReferrersTag(client, repository, subject.digest, entries),
  );
}

/** Registries with the API say so when they take a referrer; one that has it and keeps silent must list it all the same. */
async function isListedByApi(
  client: RegistryClient,
  repository: string,
  subject: string,
  referrer: string,
): Promise<boolean> {
  const { referrersSupport } = client;
  const known = referrersSupport.known(repository);
  if (known === false || (known === undefined && referrersSupport.presumedAbsent)) {
    return false;
  }
  const entries = await listByApi(client, repository, subject);
  return entries?.some(({ digest }) => digest === referrer) ?? false;
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

/** Undefined when the listed manifest no longer exists, or is no JSON object, and so of no type at all. */
async function lookUp(client: RegistryClient, repository: string, entry: Descriptor): Promise<Descriptor | undefined> {
  const fetched = await getManifest(client, repository, entry.digest);
  try {
    return fetched === undefined ? undefined : referrerDescriptor(fetched.bytes, entry);
  } catch (error) {
    if (error instanceof OciError && error.code === "REFERRERS_INVALID") return undefined;
    throw error;
  }
}
