import { setTimeout as sleep } from "node:timers/promises";
import type { RegistryClient } from "./client";
import { type Descriptor, readDescriptors } from "./descriptor";
import { parseDigest } from "./digest";
import { OciError } from "./error";
import type { HttpResponse } from "./http";
import { parseJsonObject } from "./json";
import { MANIFEST_LIMIT, REFERRERS_LIMIT } from "./limits";
import { mediaTypeOf, putManifest, resolveManifest } from "./manifests";
import { MANIFEST_ACCEPT, OCI_IMAGE_INDEX } from "./mediaTypes";
import type { ReferrersIndex } from "./recentIndexes";
import { unexpectedStatus } from "./responseErrors";
import { jittered } from "./retry";

const MAX_ROUNDS = 12;
const MAX_FAILED_WRITES = 3;
/**
 * Before the index is read back, this many times as long as the registry took for our own read and write is waited: another
 * writer that read it before our write has stored its own by then, so that a lost entry shows. One such look suffices, and
 * must not come sooner; other subjects do not wait for it.
 */
const SETTLE_FACTOR = 3;
const SETTLE_MS_MIN = 15;
const SETTLE_MS_MAX = 3000;
const BACKOFF_MS = 250;

/** `sha256-<64 hex>`; algorithm and value are cut to 32 and 64 characters. Source: distribution-spec § Referrers Tag Schema. */
export function referrersTag(subject: string): string {
  const { algorithm, hex } = parseDigest(subject);
  return `${algorithm.slice(0, 32)}-${hex.slice(0, 64)}`;
}

/** Throws OciError REFERRERS_INVALID when the tag names something else than an index. */
export function readReferrersTag(client: RegistryClient, repository: string, subject: string): Promise<ReferrersIndex> {
  return client.recentIndexes.read(`${repository}@${subject}`, () => fetchIndex(client, repository, subject));
}

async function fetchIndex(client: RegistryClient, repository: string, subject: string): Promise<ReferrersIndex> {
  const tag = referrersTag(subject);
  const place = `the referrers index ${client.host}/${repository}:${tag}`;
  const response = await client.send({
    method: "GET",
    repository,
    actions: "pull",
    target: `manifests/${tag}`,
    headers: { accept: MANIFEST_ACCEPT },
    limit: MANIFEST_LIMIT,
  });
  const { elapsedMs } = response;
  if (response.status === 404) {
    return { entries: [], document: undefined, elapsedMs };
  }
  if (response.status !== 200) {
    throw unexpectedStatus(`Reading ${place}`, response);
  }
  const document = parseJsonObject(response.body, `What is stored as ${place}`, "REFERRERS_INVALID");
  if (mediaTypeOf(response) !== OCI_IMAGE_INDEX || !Array.isArray(document.manifests)) {
    throw new OciError(
      "REFERRERS_INVALID",
      `What is stored as ${place} is no image index: remove the tag if nothing needs it; referrers are listed there.`,
    );
  }
  if (document.manifests.length > REFERRERS_LIMIT) {
    throw new OciError(
      "RESPONSE_TOO_LARGE",
      `There are more than ${REFERRERS_LIMIT} entries in ${place}: delete what is not needed.`,
    );
  }
  return { entries: readDescriptors(document.manifests, place), document, elapsedMs };
}

/**
 * Adds entries to the index of a subject's referrers and keeps all others. The registry has no conditional write, so the index
 * is read before each write, the first time at most a moment ago when it was listed, and read back after it until all entries
 * are there: another process may have replaced it in between. Throws OciError REFERRERS_CONTENDED when others never let it
 * through.
 */
export async function addToReferrersTag(
  client: RegistryClient,
  repository: string,
  subject: string,
  added: readonly Descriptor[],
): Promise<void> {
  const key = `${repository}@${subject}`;
  let failedWrites = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const recent = round === 0 ? client.recentIndexes.take(key) : undefined;
    const index = recent ?? (await fetchIndex(client, repository, subject));
    const listed = new Set(index.entries.map(({ digest }) => digest));
    const missing = added.filter(({ digest }) => !listed.has(digest));
    if (missing.length === 0) {
      if (recent === undefined) return;
      continue; // That it is there is told by the registry now, not by a memory.
    }
    let windowMs = 2 * index.elapsedMs;
    try {
      const written = await client.recentIndexes.write(key, () =>
        writeIndex(client, repository, subject, index, missing),
      );
      windowMs = index.elapsedMs + written.elapsedMs;
    } catch (error) {
      // Whether it was stored is unknown, and others may have written since: only a new look at the index tells.
      if (!mayPass(error) || ++failedWrites > MAX_FAILED_WRITES) throw error;
      await sleep(jittered(BACKOFF_MS * 2 ** failedWrites));
    }
    const settle = Math.min(Math.max(SETTLE_MS_MIN, SETTLE_FACTOR * windowMs), SETTLE_MS_MAX);
    await sleep(settle + Math.random() * settle * round);
  }
  throw new OciError(
    "REFERRERS_CONTENDED",
    `The referrers index of ${client.host}/${repository}@${subject} is replaced by others again and again: run again when they are done.`,
  );
}

async function writeIndex(
  client: RegistryClient,
  repository: string,
  subject: string,
  index: ReferrersIndex,
  added: readonly Descriptor[],
): Promise<HttpResponse> {
  const put = (document: Record<string, unknown> | undefined): Promise<HttpResponse> => {
    const bytes = appendEntries(document, added);
    if (bytes.length > MANIFEST_LIMIT) {
      throw new OciError(
        "RESPONSE_TOO_LARGE",
        `The referrers index of ${client.host}/${repository}@${subject} would be larger than ${MANIFEST_LIMIT} bytes: delete referrers that are not needed.`,
      );
    }
    const reference = referrersTag(subject);
    return putManifest(client, repository, { bytes, mediaType: OCI_IMAGE_INDEX, reference, repeat: "never" });
  };
  try {
    return await put(index.document);
  } catch (error) {
    if (!namesWhatIsDeleted(error)) throw error;
    return await put(await withoutDeleted(client, repository, index));
  }
}

function mayPass(error: unknown): boolean {
  if (!(error instanceof OciError)) {
    return false;
  }
  const { code, status = 0 } = error;
  return code === "CONNECTION_LOST" || (code === "REGISTRY_ERROR" && (status === 429 || status >= 500));
}

/** distribution takes no index with an entry whose manifest was deleted, though it keeps the one that it has. */
function namesWhatIsDeleted(error: unknown): boolean {
  return error instanceof OciError && error.registryErrors.some(({ code }) => code === "MANIFEST_BLOB_UNKNOWN");
}

/** The index without the entries that the registry says do not exist: nothing of anybody is lost with them. */
async function withoutDeleted(
  client: RegistryClient,
  repository: string,
  { document, entries }: ReferrersIndex,
): Promise<Record<string, unknown>> {
  const found = await Promise.all(entries.map(({ digest }) => resolveManifest(client, repository, digest)));
  const stored = Array.isArray(document?.manifests) ? document.manifests : [];
  return { ...document, manifests: stored.filter((_entry, at) => found[at] !== undefined) };
}

function appendEntries(document: Record<string, unknown> | undefined, added: readonly Descriptor[]): Buffer {
  const stored: unknown = document?.manifests;
  const manifests = [...(Array.isArray(stored) ? stored : []), ...added];
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, ...document, manifests }));
}
