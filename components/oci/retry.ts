import type { HttpRequest, HttpResponse } from "./http";

const MAX_TRIES = 5;
const BACKOFF_MS = 250;
/** A server that wants a longer pause than this is not waited for: its answer is given to the caller. */
const MAX_RETRY_AFTER_MS = 30_000;
const TOO_MANY_REQUESTS = 429;
const RETRIED: ReadonlySet<number> = new Set([TOO_MANY_REQUESTS, 500, 502, 503, 504]);

/**
 * How long to wait before a request is sent again, in ms; undefined when it is not to be sent again. `response` is absent when the
 * connection was lost. Reads are repeated, and writes that the caller calls safe; other writes only when the server refused
 * to look at them (429).
 */
export function retryDelayMs(
  request: HttpRequest,
  attempt: number,
  response: HttpResponse | undefined,
): number | undefined {
  if (attempt >= MAX_TRIES || !mayRepeat(request, response)) {
    return undefined;
  }
  const asked = response === undefined ? undefined : retryAfterMs(response);
  if (asked !== undefined && asked > MAX_RETRY_AFTER_MS) {
    return undefined;
  }
  // With jitter, so that many who were refused at once do not come back at once.
  return (asked ?? 0) + jittered(asked === undefined ? BACKOFF_MS * 2 ** (attempt - 1) : Math.min(asked, BACKOFF_MS));
}

/** Between half of `ms` and all of it. */
export function jittered(ms: number): number {
  return ms * (0.5 + Math.random() / 2);
}

function mayRepeat({ method, body, repeat }: HttpRequest, response: HttpResponse | undefined): boolean {
  if ((response !== undefined && !RETRIED.has(response.status)) || (body !== undefined && !Buffer.isBuffer(body))) {
    return false;
  }
  const rule = repeat ?? (method === "GET" || method === "HEAD" ? "safe" : "refused");
  return rule === "safe" || (rule === "refused" && response?.status === TOO_MANY_REQUESTS);
}

/** Source: RFC 9110 § 10.2.3 Retry-After. */
function retryAfterMs(response: HttpResponse): number | undefined {
  const value = response.header("retry-after")?.trim();
  if (value === undefined) {
    return undefined;
  }
  const ms = /^[0-9]+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
}
