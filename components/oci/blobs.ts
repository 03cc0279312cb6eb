import { pipeline, type Readable } from "node:stream";
import type { RegistryClient } from "./client";
import type { Descriptor } from "./descriptor";
import { digestVerifier, parseDigest, verifyDigest } from "./digest";
import { OciError } from "./error";
import { responseError, unexpectedStatus } from "./responseErrors";
import { parseLocation } from "./transport";

/** Source: distribution-spec § Checking if content exists in the registry. */
export async function hasBlob(client: RegistryClient, repository: string, digest: string): Promise<boolean> {
  parseDigest(digest);
  const response = await client.send({ method: "HEAD", repository, actions: "pull", target: `blobs/${digest}` });
  if (response.status !== 200 && response.status !== 404) {
    throw unexpectedStatus(`Looking for the blob ${client.host}/${repository}@${digest}`, response);
  }
  return response.status === 200;
}

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
  const what = `the blob ${client.host}/${repository}@${blob.digest}`;
  const started = await client.send({
    method: "POST",
    repository,
    actions: "pull,push",
    target: "blobs/uploads/",
    headers: { "content-length": "0" },
  });
  const location = started.header("location");
  if (started.status !== 202) {
    throw unexpectedStatus(`Starting to push ${what}`, started);
  }
  if (location === undefined) {
    throw responseError(
      "REGISTRY_RESPONSE_INVALID",
      `The upload of ${what} gets no Location: check the registry.`,
      started,
    );
  }
  const target = parseLocation(location, started.url);
  target.searchParams.set("digest", blob.digest);

  let sourceError: Error | undefined;
  const verified = pipeline(open(), digestVerifier(blob, `Blob ${blob.digest}`), (error) => {
    sourceError = error ?? undefined;
  });
  try {
    const response = await client.send({
      method: "PUT",
      repository,
      actions: "pull,push",
      target,
      headers: { "content-type": "application/octet-stream", "content-length": String(blob.size) },
      body: verified,
    });
    if (response.status !== 201) {
      throw unexpectedStatus(`Pushing ${what}`, response);
    }
  } catch (error) {
    // A source that fails also cuts the connection; its own error is the one that helps.
    throw sourceError instanceof OciError ? sourceError : error;
  } finally {
    verified.destroy();
  }
}

/** The blob's bytes, verified. Throws OciError BLOB_UNKNOWN, DIGEST_MISMATCH, DESCRIPTOR_MISMATCH, RESPONSE_TOO_LARGE (more than `limit` bytes). */
export async function fetchBlob(
  client: RegistryClient,
  repository: string,
  blob: Descriptor,
  limit: number,
): Promise<Buffer> {
  parseDigest(blob.digest);
  const place = `${client.host}/${repository}@${blob.digest}`;
  if (blob.size > limit) {
    throw new OciError(
      "RESPONSE_TOO_LARGE",
      `The blob ${place} says ${blob.size} bytes, ${limit} is the most that is read.`,
    );
  }
  const target = `blobs/${blob.digest}`;
  const response = await client.send({ method: "GET", repository, actions: "pull", target, limit: blob.size });
  if (response.status === 404) {
    throw responseError("BLOB_UNKNOWN", `The blob ${place} does not exist: push the image again.`, response);
  }
  if (response.status !== 200) {
    throw unexpectedStatus(`Reading the blob ${place}`, response);
  }
  verifyDigest(response.body, blob.digest, `The blob ${place}`);
  if (response.body.length !== blob.size) {
    throw new OciError(
      "DESCRIPTOR_MISMATCH",
      `The blob ${place} has ${response.body.length} bytes, its descriptor says ${blob.size}: push the image again.`,
    );
  }
  return response.body;
}
