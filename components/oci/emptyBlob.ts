import { hasBlob } from "./blobs";
import type { RegistryClient } from "./client";
import { EMPTY_CONFIG, EMPTY_CONFIG_DIGEST } from "./signatureManifest";
import { uploadBytes } from "./uploads";

const EMPTY_BLOB = {
  mediaType: "application/vnd.oci.empty.v1+json",
  digest: EMPTY_CONFIG_DIGEST,
  size: EMPTY_CONFIG.length,
};
const pending = new WeakMap<RegistryClient, Map<string, Promise<void>>>();

/**
 * Sees to it that a repository has the blob `{}`, the config of every signature. Each repository is asked once in a process;
 * where another one of the registry has the blob, it is mounted from there, which needs one request.
 */
export async function ensureEmptyBlob(client: RegistryClient, repository: string): Promise<void> {
  if (client.emptyBlobIn.has(repository)) {
    return;
  }
  const all = pending.get(client) ?? new Map<string, Promise<void>>();
  pending.set(client, all);
  let work = all.get(repository);
  if (work === undefined) {
    work = push(client, repository).finally(() => all.delete(repository));
    all.set(repository, work);
  }
  await work;
}

async function push(client: RegistryClient, repository: string): Promise<void> {
  const [other] = client.mayMount ? client.emptyBlobIn : [];
  if (other !== undefined || !(await hasBlob(client, repository, EMPTY_BLOB.digest))) {
    await uploadBytes(client, repository, EMPTY_BLOB, EMPTY_CONFIG, other);
  }
  client.emptyBlobIn.add(repository);
}
