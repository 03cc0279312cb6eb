import { pipeline, type Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { RegistryClient } from "./client";
import type { Descriptor } from "./descriptor";
import { digestVerifier, parseDigest } from "./digest";
import { OciError } from "./error";
import type { HttpResponse } from "./http";
import { responseError, unexpectedStatus } from "./responseErrors";
import { jittered } from "./retry";

const MAX_TRIES = 3;
const BACKOFF_MS = 250;

/**
 * Uploads a blob in one request, streaming. `open` is called once; content that is not what the descriptor says fails before
 * the registry can commit it.
 * Throws OciError DIGEST_MISMATCH, CONNECTION_LOST and others. Source: distribution-spec § POST then PUT.
 */
export async function uploadBlob(
  client: RegistryClient,
  repository: string,
  blob: Descriptor,
  open: () => Readable,
): Promise<void> {
  parseDigest(blob.digest);
  const target = uploadTarget(client, blob, await startUpload(client, repository, blob, ""));
  let sourceError: Error | undefined;
  const verified = pipeline(open(), digestVerifier(blob, `Blob ${blob.digest}`), (error) => {
    sourceError = error ?? undefined;
  });
  try {
    await finishUpload(client, repository, blob, { target, body: verified });
  } catch (error) {
    // A source that fails also cuts the connection; its own error is the one that helps.
    throw sourceError instanceof OciError ? sourceError : error;
  } finally {
    verified.destroy();
  }
}

/**
 * Uploads a small blob from memory, whose digest the caller has verified. It is safe to begin anew: only content that has the
 * digest is ever committed. With `mountFrom`, a repository that has it, the registry is asked to take it from there.
 * Source: distribution-spec § POST then PUT, § Mounting a blob from another repository.
 */
export async function uploadBytes(
  client: RegistryClient,
  repository: string,
  blob: Descriptor,
  bytes: Buffer,
  mountFrom?: string,
): Promise<void> {
  const mount =
    mountFrom === undefined ? "" : `?${new URLSearchParams({ mount: blob.digest, from: mountFrom }).toString()}`;
  for (let attempt = 1; ; attempt++) {
    try {
      const started = await startUpload(client, repository, blob, mount);
      if (started.status === 202) {
        await finishUpload(client, repository, blob, { target: uploadTarget(client, blob, started), body: bytes });
      }
      return;
    } catch (error) {
      if (attempt === MAX_TRIES || !mayPass(error)) {
        throw error;
      }
      await sleep(jittered(BACKOFF_MS * 2 ** attempt));
    }
  }
}

/** An orphaned upload is all that is left of a request that is sent twice; registries remove those. */
async function startUpload(
  client: RegistryClient,
  repository: string,
  blob: Descriptor,
  query: string,
): Promise<HttpResponse> {
  const started = await client.send({
    method: "POST",
    repository,
    actions: "pull,push",
    target: `blobs/uploads/${query}`,
    headers: { "content-length": "0" },
    repeat: "safe",
  });
  if (started.status !== 202 && !(started.status === 201 && query !== "")) {
    throw unexpectedStatus(`Starting to push ${nameOf(client, repository, blob)}`, started);
  }
  return started;
}

function uploadTarget(client: RegistryClient, blob: Descriptor, started: HttpResponse): URL {
  const location = started.header("location");
  if (location === undefined) {
    throw responseError(
      "REGISTRY_RESPONSE_INVALID",
      `The upload of the blob ${blob.digest} to ${client.host} gets no Location: check the registry.`,
      started,
    );
  }
  const target = client.locate(location, started.url);
  target.searchParams.set("digest", blob.digest);
  return target;
}

async function finishUpload(
  client: RegistryClient,
  repository: string,
  blob: Descriptor,
  { target, body }: { target: URL; body: Buffer | Readable },
): Promise<void> {
  const response = await client.send({
    method: "PUT",
    repository,
    actions: "pull,push",
    target,
    headers: { "content-type": "application/octet-stream", "content-length": String(blob.size) },
    body,
  });
  if (response.status !== 201) {
    throw unexpectedStatus(`Pushing ${nameOf(client, repository, blob)}`, response);
  }
}

function mayPass(error: unknown): boolean {
  if (!(error instanceof OciError)) {
    return false;
  }
  const { code, status, registryErrors } = error;
  return (
    code === "CONNECTION_LOST" ||
    (code === "REGISTRY_ERROR" && status !== undefined && status >= 500) ||
    registryErrors.some((entry) => entry.code === "BLOB_UPLOAD_UNKNOWN")
  );
}

function nameOf(client: RegistryClient, repository: string, blob: Descriptor): string {
  return `the blob ${client.host}/${repository}@${blob.digest}`;
}
