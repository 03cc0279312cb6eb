import { isRecord } from "../../oci/descriptor";
import type { OciError } from "../../oci/error";
import type { HttpResponse } from "../../oci/http";
import { readRegistryErrors } from "../../oci/responseErrors";
import { HarborApiError, type HarborApiErrorCode, type HarborErrorEntry } from "./error";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Throws HarborApiError for an answer that is not 2xx; `username` is for messages. */
export function assertSucceeded(
  { what, method }: { what: string; method: string },
  response: HttpResponse,
  username: string,
) {
  const { status } = response;
  if (status >= 200 && status < 300) return;
  const harborErrors = readRegistryErrors(response.body);
  const { code, way } = meaningOf(status, harborErrors, username);
  const words = harborErrors.map((entry) => `${entry.code} ${entry.message}`.trim()).join("; ");
  const answer = words === "" ? `status ${status}` : `status ${status}: ${JSON.stringify(words)}`;
  throw new HarborApiError(code, `${what} failed at ${response.url.host} (${answer}): ${way}.`, {
    status,
    harborErrors,
    outcomeUnknown: status >= 500 && method !== "GET",
  });
}

interface Meaning {
  readonly code: HarborApiErrorCode;
  readonly way: string;
}

function meaningOf(status: number, errors: readonly HarborErrorEntry[], username: string): Meaning {
  switch (status) {
    case 401:
      return {
        code: "HARBOR_UNAUTHORIZED",
        way: `set the right password of ${JSON.stringify(username)}, then run again`,
      };
    case 403:
      // Whoever asks: while Harbor is read-only, for instance.
      if (errors[0]?.code === "DENIED")
        return { code: "HARBOR_FORBIDDEN", way: "do first what Harbor's answer asks for" };
      return {
        code: "HARBOR_FORBIDDEN",
        way: `${JSON.stringify(username)} has no right to this, or there is no such thing; give it the right, or take an administrator`,
      };
    case 404:
      return isHarborsNotFound(errors)
        ? { code: "HARBOR_NOT_FOUND", way: "there is no such thing" }
        : { code: "HARBOR_RESPONSE_INVALID", way: "what answers has no such API; correct the `url`, or use Harbor 2" };
    case 409:
      return { code: "HARBOR_CONFLICT", way: "it exists already; somebody else may have made it" };
    case 412:
      return { code: "HARBOR_PRECONDITION_FAILED", way: "do first what Harbor's answer asks for" };
    default:
  }
  if (status >= 500) {
    return {
      code: "HARBOR_UNHEALTHY",
      way: "a part of Harbor is down or not up yet; look at its health and its logs, then run again",
    };
  }
  if (status >= 400) return { code: "HARBOR_REQUEST_REFUSED", way: "correct what Harbor's answer names" };
  return { code: "HARBOR_RESPONSE_INVALID", way: "it sends elsewhere; give Harbor's own address as `url`" };
}

/** Anything can answer 404: a proxy, another program, a Harbor without that API. Only Harbor's own word says that a thing is missing. */
function isHarborsNotFound([first]: readonly HarborErrorEntry[]): boolean {
  return first !== undefined && first.code === "NOT_FOUND" && !/^path \S+ was not found$/.test(first.message);
}

/** The JSON of an answer. Throws HarborApiError HARBOR_RESPONSE_INVALID: an empty body, a web page, damaged bytes. */
export function jsonOf(response: HttpResponse, what: string): unknown {
  try {
    return JSON.parse(utf8.decode(response.body)) as unknown;
  } catch {
    throw invalid(what, response, response.body.length === 0 ? "an empty answer" : "an answer that is no JSON");
  }
}

export function recordOf(response: HttpResponse, what: string): Record<string, unknown> {
  const value = jsonOf(response, what);
  if (isRecord(value)) return value;
  throw invalid(what, response, "JSON that is no object");
}

/** The id of what was made, from the answer's Location. Throws HarborApiError HARBOR_RESPONSE_INVALID. */
export function createdId(response: HttpResponse, what: string): number {
  const id = Number(/\/([1-9][0-9]{0,15})$/.exec(response.header("location") ?? "")?.[1]);
  if (Number.isSafeInteger(id)) return id;
  throw invalid(what, response, "no id of what it made");
}

function invalid(what: string, response: HttpResponse, got: string): HarborApiError {
  return new HarborApiError(
    "HARBOR_RESPONSE_INVALID",
    `${what}: ${response.url.host} gave ${got} with status ${response.status}: check that \`url\` is a Harbor's and that no proxy answers for it.`,
    { status: response.status },
  );
}

/** What an exchange threw, in Harbor's terms. */
export function harborError(error: OciError, { method, what, host }: { method: string; what: string; host: string }) {
  const options = { cause: error, outcomeUnknown: error.code === "CONNECTION_LOST" && method !== "GET" };
  switch (error.code) {
    case "REGISTRY_UNREACHABLE":
      return new HarborApiError("HARBOR_UNREACHABLE", `${what}: ${error.message}`, options);
    case "REGISTRY_TLS_UNTRUSTED":
      return new HarborApiError("HARBOR_TLS_UNTRUSTED", `${what}: ${error.message}`, options);
    case "CONNECTION_LOST":
      return new HarborApiError(
        "HARBOR_UNREACHABLE",
        `${what}: the connection to ${host} was lost before the answer: check that Harbor runs, then run again.`,
        options,
      );
    case "RESPONSE_TOO_LARGE":
      return new HarborApiError("HARBOR_RESPONSE_TOO_LARGE", `${what}: ${error.message}`, options);
    default:
      return new HarborApiError(
        "HARBOR_RESPONSE_INVALID",
        `${what}: ${host} sends elsewhere, or to where only https is spoken: give Harbor's own address as \`url\`.`,
        options,
      );
  }
}
