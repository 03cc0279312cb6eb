import type { Readable } from "node:stream";
import { Agent, request as undiciRequest } from "undici";
import { messageOf } from "../errors";
import { PkiError } from "./error";

/** One exchange with an OCSP responder, a CRL server or a time stamping authority. */
export interface BoundedRequest {
  url: string;
  method: "GET" | "POST";
  /** `body` and its media type, for POST. */
  body?: Buffer;
  contentType?: string;
  /** When given, the response must have exactly this media type (RFC 3161 § 3.4 for a time stamp). */
  responseType?: string;
  /** For the whole of it: connecting, redirects and reading. */
  timeoutMs: number;
  /** The most bytes that a response may have. */
  limit: number;
}

// Go's http.Client, which the reference implementation uses, makes ten requests and no more.
const MAX_REDIRECTS = 9;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const BODY_KEPT: ReadonlySet<number> = new Set([307, 308]);
const UNREACHABLE =
  /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT)$/;
const UNTRUSTED = /CERT|^UNABLE_TO_|^ERR_TLS_|^ERR_SSL_|^EPROTO$/;

const agent = new Agent({ connect: { timeout: 10_000 }, keepAliveTimeout: 4_000 });

/**
 * The body of the answer, which must have status 200. Goes to http and https only, also when redirected; sends no
 * credentials, and refuses an address that has some. Nothing is tried twice.
 * @throws PkiError
 */
export async function boundedRequest(request: BoundedRequest): Promise<Buffer> {
  const signal = AbortSignal.timeout(request.timeoutMs);
  let url = addressOf(request.url);
  let { method, body } = request;
  try {
    for (let hops = 0; ; hops++) {
      const response = await undiciRequest(url, {
        method,
        dispatcher: agent,
        headers: {
          "user-agent": "breakwater",
          ...(body && request.contentType !== undefined && { "content-type": request.contentType }),
        },
        body: body ?? null,
        headersTimeout: request.timeoutMs,
        bodyTimeout: request.timeoutMs,
        signal,
      });
      const location = single(response.headers.location);
      if (REDIRECTS.has(response.statusCode) && location !== undefined) {
        discard(response.body);
        if (hops === MAX_REDIRECTS) {
          throw new PkiError(
            "PKI_REDIRECTS_TOO_MANY",
            `${placeOf(url)} redirects more than ${MAX_REDIRECTS} times: have the server's addresses corrected`,
          );
        }
        url = addressOf(location, url);
        if (!BODY_KEPT.has(response.statusCode)) {
          method = "GET";
          body = undefined;
        }
        continue;
      }
      requireAnswer(response.statusCode, single(response.headers["content-type"]), request, url, response.body);
      return await readBounded(response.body, request.limit, url);
    }
  } catch (error) {
    throw failure(error, url, request.timeoutMs, signal.aborted);
  }
}

/** A URL for messages: without user, password and query, and not too long. */
export function placeOf(url: URL): string {
  const place = `${url.protocol}//${url.host}${url.pathname}`;
  return place.length <= 120 ? place : `${place.slice(0, 119)}…`;
}

function addressOf(text: string, base?: URL): URL {
  if (!URL.canParse(text, base?.href)) {
    throw new PkiError(
      "PKI_ADDRESS_REFUSED",
      `${base ? `${placeOf(base)} redirects to what is no URL` : "an address is no URL"}: give an http or https URL`,
    );
  }
  const url = new URL(text, base);
  if ((url.protocol !== "http:" && url.protocol !== "https:") || url.username !== "" || url.password !== "") {
    const from = base ? `${placeOf(base)} redirects to ` : "";
    throw new PkiError(
      "PKI_ADDRESS_REFUSED",
      `${from}${placeOf(url)}, which is not asked: only http and https without user and password are`,
    );
  }
  return url;
}

function requireAnswer(
  status: number,
  type: string | undefined,
  request: BoundedRequest,
  url: URL,
  body: Readable,
): void {
  if (status !== 200) {
    discard(body);
    throw new PkiError("PKI_RESPONSE_STATUS", `${placeOf(url)} answers with HTTP status ${status}: check its address`);
  }
  if (request.responseType !== undefined && type !== request.responseType) {
    discard(body);
    throw new PkiError(
      "PKI_RESPONSE_TYPE",
      `${placeOf(url)} answers with ${JSON.stringify(type ?? "no content type")} instead of ` +
        `${request.responseType}: check its address`,
    );
  }
}

async function readBounded(body: Readable, limit: number, url: URL): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop destroys the body, and with it the connection.
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) {
      throw new PkiError(
        "PKI_RESPONSE_TOO_LARGE",
        `${placeOf(url)} answers with more than ${limit} bytes, the most that is read`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Drops a body unread; what its connection reports afterwards concerns no one. */
function discard(body: Readable): void {
  body.on("error", () => undefined).destroy();
}

function failure(error: unknown, url: URL, timeoutMs: number, timedOut: boolean): PkiError {
  if (error instanceof PkiError) return error;
  const options = { cause: error };
  const code = codeOf(error);
  if (timedOut || code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT") {
    return new PkiError("PKI_TIMEOUT", `${placeOf(url)} did not answer within ${timeoutMs} ms`, options);
  }
  if (UNTRUSTED.test(code)) {
    return new PkiError(
      "PKI_SERVER_UNTRUSTED",
      `${url.host} does not prove who it is (${code}): have its certificate corrected`,
      options,
    );
  }
  if (UNREACHABLE.test(code)) {
    return new PkiError(
      "PKI_SERVER_UNREACHABLE",
      `${url.host} cannot be reached (${code}): check the network and the address`,
      options,
    );
  }
  return new PkiError(
    "PKI_CONNECTION_LOST",
    `the connection to ${placeOf(url)} was lost (${code || messageOf(error)})`,
    options,
  );
}

/** The system's code of an error, looked up in what it wraps. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const own = (error as NodeJS.ErrnoException).code;
  if (typeof own === "string") return own;
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  return inner === undefined ? "" : codeOf(inner);
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
