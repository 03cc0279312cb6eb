import { BreakwaterError, messageOf } from "../errors";
import { OciError } from "./error";

const UNREACHABLE: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
]);
const NO_TLS = /WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG/;
const UNTRUSTED = /CERT|^UNABLE_TO_|^ERR_TLS_|^ERR_SSL_|^EPROTO$/;

/** Turns what an HTTP exchange threw into an OciError; an error of our own (a bad blob, an oversize body) stays what it is. */
export function connectionError(error: unknown, method: string, url: URL): Error {
  if (error instanceof BreakwaterError) {
    return error;
  }
  const code = codeOf(error);
  const options = { cause: error };
  if (NO_TLS.test(code)) {
    return new OciError(
      "REGISTRY_TLS_UNTRUSTED",
      `${url.host} does not speak TLS (${code}): have it set up, or allow plain HTTP to this host (--insecure-registry, where a command has it) if nothing depends on it.`,
      options,
    );
  }
  if (UNTRUSTED.test(code)) {
    return new OciError(
      "REGISTRY_TLS_UNTRUSTED",
      `${url.host} does not prove who it is (${messageOf(error)}): give the PEM file of the CA that issued its certificate as \`caFile\`, or have the certificate corrected.`,
      options,
    );
  }
  if (UNREACHABLE.has(code)) {
    return new OciError(
      "REGISTRY_UNREACHABLE",
      `${url.host} cannot be reached (${code}): check the host's name and port and that the registry runs, then run again.`,
      options,
    );
  }
  return new OciError(
    "CONNECTION_LOST",
    `The connection was lost during ${method} ${placeOf(url)} (${code || messageOf(error)}): check that the registry runs, then run again; what has arrived is not sent twice.`,
    options,
  );
}

export function responseTooLarge(url: URL, limit: number): OciError {
  return new OciError(
    "RESPONSE_TOO_LARGE",
    `${placeOf(url)} is larger than ${limit} bytes, the most that is read of it: remove or rebuild that content.`,
  );
}

/** A URL for messages, without its query, which may hold upload state or a signature that grants access. */
export function placeOf(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/** The system's code of an error, looked up in what it wraps (several addresses tried: the first one's). */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return "";
  }
  const own = (error as NodeJS.ErrnoException).code;
  if (typeof own === "string") {
    return own;
  }
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  return inner === undefined ? "" : codeOf(inner);
}
