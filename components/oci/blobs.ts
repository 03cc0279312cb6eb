import type { RegistryClient } from "./client";
import type { Descriptor } from "./descriptor";
import { parseDigest, verifyDigest } from "./digest";
import { OciError } from "./error";
import { responseError, unexpectedStatus } from "./responseErrors";

/** Source: distribution-spec § Checking if content exists in the registry. */
export async function hasBlob(client: RegistryClient, repository: string, digest: string): Promise<boolean> {
  parseDigest(digest);
  const response = await client.send({ method: "HEAD", repository, actions: "pull", target: `blobs/${digest}` });
  if (response.status !== 200 && response.status !== 404) {
    throw unexpectedStatus(`Looking for the blob ${client.host}/${repository}@${digest}`, response);
  }
  return response.status === 200;
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
