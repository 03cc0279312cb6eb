import type { OciError } from "./error";
import type { HttpRequest, HttpResponse } from "./http";
import { readRegistryErrors, responseError } from "./responseErrors";

const PRECONDITION_FAILED = 412;
/** Harbor's word for a manifest that a policy of its project keeps back. */
const POLICY_VIOLATION = "PROJECTPOLICYVIOLATION";

/**
 * What every request says of its sender. Harbor lets an identity that may push, and whose agent calls itself `notation`, read
 * what is not signed yet: without that nobody could sign it. Source: Harbor's middleware `contenttrust`.
 */
export const USER_AGENT = "breakwater (notation signer)";

/**
 * True when a manifest is kept back until it is signed, and not absent. The answer to HEAD has no body, so that there the status
 * has to do: nothing that we send makes a read conditional.
 */
export function isGated(method: HttpRequest["method"], target: string | URL, response: HttpResponse): boolean {
  if (response.status !== PRECONDITION_FAILED || !isManifest(target)) return false;
  if (method === "HEAD") return true;
  return method === "GET" && readRegistryErrors(response.body).some(({ code }) => code === POLICY_VIOLATION);
}

/** The error for what stays gated; `response` is better one with a body, whose words tell the policy. */
export function gated(place: { host: string; repository: string; target: string }, response: HttpResponse): OciError {
  const reference = place.target.slice(MANIFESTS.length);
  const name = `${place.host}/${place.repository}${reference.includes(":") ? "@" : ":"}${reference}`;
  const words = readRegistryErrors(response.body);
  const unsigned = words.length === 0 || words.some(({ message }) => /not signed/i.test(message));
  const why = unsigned
    ? `${name} is unsigned and gated: it is there, but the registry gives it to nobody before it is signed, except to a signer whose login may push (by token). Sign it, or give this login the right to push`
    : `${name} is gated: it is there, but a policy of its project keeps it back. Do what the policy asks for`;
  return responseError("IMAGE_GATED", `${why}, then run again.`, response);
}

const MANIFESTS = "manifests/";

function isManifest(target: string | URL): target is string {
  return typeof target === "string" && target.startsWith(MANIFESTS);
}
