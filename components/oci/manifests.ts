import type { RegistryClient } from "./client";
import type { Descriptor } from "./descriptor";
import { digestOf, isDigest, parseDigest, verifyDigest } from "./digest";
import { OciError } from "./error";
import type { HttpRequest, HttpResponse } from "./http";
import { MANIFEST_LIMIT } from "./limits";
import { MANIFEST_ACCEPT } from "./mediaTypes";
import { responseError, unexpectedStatus } from "./responseErrors";

export interface FetchedManifest {
  descriptor: Descriptor;
  bytes: Buffer;
}

/**
 * What a tag or digest names, or undefined when the registry has no such manifest.
 * Source: distribution-spec § Checking if content exists in the registry, § Pulling manifests.
 */
export async function resolveManifest(
  client: RegistryClient,
  repository: string,
  reference: string,
): Promise<Descriptor | undefined> {
  const response = await sendRead(client, "HEAD", repository, reference);
  if (response.status === 404) {
    return undefined;
  }
  const place = nameOf(client, repository, reference);
  if (response.status !== 200) {
    throw unexpectedStatus(`Resolving ${place}`, response);
  }
  const mediaType = mediaTypeOf(response);
  const digest = response.header("docker-content-digest");
  const size = Number(response.header("content-length") ?? Number.NaN);
  if (digest === undefined || mediaType === undefined || !Number.isSafeInteger(size) || size < 0) {
    return (await getManifest(client, repository, reference))?.descriptor;
  }
  parseDigest(digest);
  if (isDigest(reference) && digest !== reference) {
    throw new OciError(
      "DIGEST_MISMATCH",
      `The registry answers ${digest} when asked for ${place}: check the registry.`,
    );
  }
  return { mediaType, digest, size };
}

/** The manifest's bytes, verified when `reference` is a digest; undefined when the registry has no such manifest. */
export async function getManifest(
  client: RegistryClient,
  repository: string,
  reference: string,
): Promise<FetchedManifest | undefined> {
  const response = await sendRead(client, "GET", repository, reference);
  if (response.status === 404) {
    return undefined;
  }
  const place = nameOf(client, repository, reference);
  if (response.status !== 200) {
    throw unexpectedStatus(`Reading ${place}`, response);
  }
  const mediaType = mediaTypeOf(response);
  if (mediaType === undefined) {
    throw responseError(
      "REGISTRY_RESPONSE_INVALID",
      `${place} comes without a Content-Type: check the registry.`,
      response,
    );
  }
  const bytes = response.body;
  const digest = isDigest(reference) ? reference : digestOf(bytes);
  if (digest === reference) verifyDigest(bytes, digest, place);
  return { descriptor: { mediaType, digest, size: bytes.length }, bytes };
}

/**
 * The manifest that a digest or descriptor names; with a descriptor, media type and size must be as it says.
 * Throws OciError MANIFEST_UNKNOWN, DIGEST_MISMATCH, DESCRIPTOR_MISMATCH, RESPONSE_TOO_LARGE.
 */
export async function fetchManifest(
  client: RegistryClient,
  repository: string,
  wanted: string | Descriptor,
): Promise<FetchedManifest> {
  const digest = typeof wanted === "string" ? wanted : wanted.digest;
  parseDigest(digest);
  const place = nameOf(client, repository, digest);
  if (typeof wanted !== "string" && wanted.size > MANIFEST_LIMIT) {
    throw new OciError(
      "RESPONSE_TOO_LARGE",
      `${place} says ${wanted.size} bytes, a manifest has ${MANIFEST_LIMIT} at most.`,
    );
  }
  const fetched = await getManifest(client, repository, digest);
  if (fetched === undefined) {
    throw new OciError("MANIFEST_UNKNOWN", `${place} does not exist: push it, or correct the reference.`, {
      status: 404,
    });
  }
  if (typeof wanted === "string") {
    return fetched;
  }
  const { mediaType, size } = fetched.descriptor;
  if (mediaType !== wanted.mediaType || size !== wanted.size) {
    throw new OciError(
      "DESCRIPTOR_MISMATCH",
      `${place} is ${mediaType} of ${size} bytes, its descriptor says ${wanted.mediaType} of ${wanted.size}: use the descriptor that was resolved from the registry.`,
    );
  }
  return { descriptor: wanted, bytes: fetched.bytes };
}

/**
 * Returns the response for its headers. Under its digest a manifest may be stored as often as one likes; a tag that was written
 * may have been moved by somebody else since, so that such a request is not repeated when it is unknown whether it arrived.
 * Source: distribution-spec § Pushing Manifests.
 */
export async function putManifest(
  client: RegistryClient,
  repository: string,
  manifest: { bytes: Buffer; mediaType: string; reference: string; repeat?: HttpRequest["repeat"] },
): Promise<HttpResponse> {
  const { bytes, mediaType, reference, repeat = isDigest(reference) ? "safe" : "refused" } = manifest;
  const response = await client.send({
    method: "PUT",
    repository,
    actions: "pull,push",
    target: `manifests/${reference}`,
    headers: { "content-type": mediaType },
    body: bytes,
    repeat,
  });
  const place = nameOf(client, repository, reference);
  if (response.status !== 201) {
    throw unexpectedStatus(`Pushing ${place}`, response);
  }
  const stored = response.header("docker-content-digest");
  if (stored !== undefined && stored !== reference) {
    verifyDigest(bytes, stored, `What the registry stored as ${place}`);
  }
  return response;
}

/** True when it was deleted, false when there was none. Source: distribution-spec § Deleting Manifests. */
export async function deleteManifest(client: RegistryClient, repository: string, digest: string): Promise<boolean> {
  parseDigest(digest);
  const target = `manifests/${digest}`;
  const response = await client.send({ method: "DELETE", repository, actions: "delete,pull", target });
  if (response.status !== 404 && response.status !== 202 && response.status !== 200) {
    throw unexpectedStatus(`Deleting ${nameOf(client, repository, digest)}`, response);
  }
  return response.status !== 404;
}

function sendRead(
  client: RegistryClient,
  method: "GET" | "HEAD",
  repository: string,
  reference: string,
): Promise<HttpResponse> {
  const target = `manifests/${reference}`;
  const headers = { accept: MANIFEST_ACCEPT };
  return client.send({ method, repository, actions: "pull", target, headers, limit: MANIFEST_LIMIT });
}

/** Without parameters. */
export function mediaTypeOf(response: HttpResponse): string | undefined {
  return response.header("content-type")?.split(";")[0]?.trim() || undefined;
}

function nameOf(client: RegistryClient, repository: string, reference: string): string {
  return `${client.host}/${repository}${isDigest(reference) ? "@" : ":"}${reference}`;
}
