import { setTimeout as sleep } from "node:timers/promises";
import type { RegistryClient } from "./client";
import { type Descriptor, isRecord, readDescriptor } from "./descriptor";
import { parseDigest } from "./digest";
import { OciError } from "./error";
import { MANIFEST_LIMIT } from "./limits";
import { getManifest, putManifest, resolveManifest } from "./manifests";
import { OCI_IMAGE_INDEX } from "./mediaTypes";
import { readJsonObject } from "./referrerDescriptor";

const MAX_ROUNDS = 12;
/**
 * Before the index is read back, this many times as long as our own read and write took is waited: another writer that read
 * it before our write has stored its own by then, so that a lost entry shows.
 */
const SETTLE_FACTOR = 3;
const SETTLE_MS_MIN = 15;

export interface ReferrersIndex {
  entries: Descriptor[];
  /** The stored document, whose unknown members are kept; undefined when there is none yet. */
  document: Record<string, unknown> | undefined;
}

/** `sha256-<64 hex>`; algorithm and value are cut to 32 and 64 characters. Source: distribution-spec § Referrers Tag Schema. */
export function referrersTag(subject: string): string {
  const { algorithm, hex } = parseDigest(subject);
  return `${algorithm.slice(0, 32)}-${hex.slice(0, 64)}`;
}

/** Throws OciError REFERRERS_INVALID when the tag names something else than an index. */
export async function readReferrersTag(
  client: RegistryClient,
  repository: string,
  subject: string,
): Promise<ReferrersIndex> {
  const tag = referrersTag(subject);
  const place = `the referrers index ${client.host}/${repository}:${tag}`;
  const fetched = await getManifest(client, repository, tag);
  if (fetched === undefined) {
    return { entries: [], document: undefined };
  }
  const document = readJsonObject(fetched.bytes, place);
  if (fetched.descriptor.mediaType !== OCI_IMAGE_INDEX || !Array.isArray(document.manifests)) {
    throw new OciError(
      "REFERRERS_INVALID",
      `What is stored as ${place} is no image index: remove the tag if nothing needs it; referrers are listed there.`,
    );
  }
  return { entries: document.manifests.map((entry) => readDescriptor(entry, place)), document };
}

/**
 * Adds one entry to the index of a subject's referrers and keeps all others. The registry has no conditional write, so after
 * each write the index is read back, and written again when another process replaced it in between.
 * Throws OciError REFERRERS_CONTENDED when others never let it through.
 */
export async function addToReferrersTag(
  client: RegistryClient,
  repository: string,
  subject: string,
  entry: Descriptor,
): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const started = performance.now();
    const index = await readReferrersTag(client, repository, subject);
    if (index.entries.some(({ digest }) => digest === entry.digest)) {
      return;
    }
    const bytes = appendEntry(index.document, entry);
    if (bytes.length > MANIFEST_LIMIT) {
      throw new OciError(
        "RESPONSE_TOO_LARGE",
        `The referrers index of ${client.host}/${repository}@${subject} would be larger than ${MANIFEST_LIMIT} bytes: delete referrers that are not needed.`,
      );
    }
    await putIndex(client, repository, subject, bytes).catch(async (error: unknown) => {
      if (!namesWhatIsDeleted(error)) throw error;
      const living = await withoutDeleted(client, repository, index);
      await putIndex(client, repository, subject, appendEntry(living, entry));
    });
    const settle = Math.max(SETTLE_MS_MIN, SETTLE_FACTOR * (performance.now() - started));
    await sleep(settle + Math.random() * settle * round);
  }
  throw new OciError(
    "REFERRERS_CONTENDED",
    `The referrers index of ${client.host}/${repository}@${subject} is replaced by others again and again: run again when they are done.`,
  );
}

function putIndex(client: RegistryClient, repository: string, subject: string, bytes: Buffer): Promise<unknown> {
  return putManifest(client, repository, { bytes, mediaType: OCI_IMAGE_INDEX, reference: referrersTag(subject) });
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

function appendEntry(document: Record<string, unknown> | undefined, entry: Descriptor): Buffer {
  const stored: unknown = document?.manifests;
  const manifests = Array.isArray(stored) ? stored.filter(isRecord) : [];
  const index = { schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, ...document, manifests: [...manifests, entry] };
  return Buffer.from(JSON.stringify(index));
}
