import { isRecord } from "./descriptor";
import { OciError, type OciErrorCode, type RegistryErrorEntry } from "./error";
import type { HttpResponse } from "./http";
import { placeOf } from "./transportErrors";

const MAX_ENTRIES = 5;
const MAX_TEXT = 300;

/** An error that carries what the registry answered; `message` is followed by the registry's own words, shortened. */
export function responseError(code: OciErrorCode, message: string, response: HttpResponse): OciError {
  const registryErrors = readRegistryErrors(response.body);
  const words = registryErrors.map(({ code: name, message: text }) => `${name} ${text}`.trim()).join("; ");
  const answer = words === "" ? `status ${response.status}` : `status ${response.status}: ${words}`;
  return new OciError(code, `${message} (${answer})`, { status: response.status, registryErrors });
}

/** An error for a user who is known and has no right to do this. */
export function denied(what: string, response: HttpResponse): OciError {
  return responseError(
    "REGISTRY_DENIED",
    `${what} is not allowed at ${placeOf(response.url)}: give that user the right in the registry, then run again.`,
    response,
  );
}

/** An error for a status that the caller has no name for. */
export function unexpectedStatus(what: string, response: HttpResponse): OciError {
  return responseError(
    "REGISTRY_ERROR",
    `${what} failed at ${placeOf(response.url)}: see the registry's answer and its log, then run again.`,
    response,
  );
}

/** Source: distribution-spec § Error Codes. */
export function readRegistryErrors(body: Buffer): RegistryErrorEntry[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString("utf8"));
  } catch {
    return [];
  }
  const errors = isRecord(parsed) && Array.isArray(parsed.errors) ? parsed.errors : [];
  return errors
    .filter(isRecord)
    .slice(0, MAX_ENTRIES)
    .map(({ code, message }) => ({ code: plainText(code), message: plainText(message) }));
}

function plainText(value: unknown): string {
  return typeof value === "string" ? value.replace(/[^\x20-\x7e]+/g, " ").slice(0, MAX_TEXT) : "";
}
