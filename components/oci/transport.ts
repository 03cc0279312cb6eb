import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { rootCertificates } from "node:tls";
import { Agent, request as undiciRequest } from "undici";
import { OciError } from "./error";
import { ERROR_BODY_LIMIT } from "./limits";
import { connectionError, placeOf, responseTooLarge } from "./transportErrors";

export interface HttpRequest {
  method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  url: URL;
  headers?: Record<string, string>;
  body?: Buffer | Readable;
  /** The most that is read of a successful response, in bytes. */
  limit: number;
}

export interface HttpResponse {
  status: number;
  /** One header's value, several of the same name joined by ", ". */
  header(name: string): string | undefined;
  body: Buffer;
  /** Where the response came from, after redirects. */
  url: URL;
}

const CONNECT_TIMEOUT_MS = 10_000;
const SILENCE_TIMEOUT_MS = 60_000;
/** A registry may move a large blob to its final place before it answers the upload. */
const UPLOAD_ANSWER_TIMEOUT_MS = 300_000;
const READ_DEADLINE_MS = 300_000;
const KEEP_ALIVE_MS = 30_000;
const MAX_REDIRECTS = 5;
const MAX_TRIES = 3;
const BACKOFF_MS = 250;
const MAX_RETRY_AFTER_MS = 10_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const RETRIED: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/**
 * HTTPS exchanges with one registry and the hosts that it refers to; connections are kept open between requests.
 * Plain HTTP is never spoken. Only GET and HEAD are repeated and follow redirects.
 * Throws OciError REGISTRY_UNREACHABLE, REGISTRY_TLS_UNTRUSTED, CONNECTION_LOST or RESPONSE_TOO_LARGE; any HTTP status is a response.
 */
export class Transport {
  /** Requests sent so far, retries and redirects included. */
  requests = 0;
  readonly #host: string;
  readonly #registryAgent: Agent;
  readonly #otherAgent: Agent;

  /** `ca` is PEM; with it, the registry itself is trusted by this CA alone. */
  constructor(host: string, ca?: string) {
    this.#host = new URL(`https://${host}`).host;
    this.#registryAgent = createAgent(ca === undefined ? undefined : [ca]);
    // Token servers and blob stores elsewhere often have a public certificate although the registry's is private.
    this.#otherAgent = ca === undefined ? this.#registryAgent : createAgent([...rootCertificates, ca]);
  }

  async send(request: HttpRequest): Promise<HttpResponse> {
    const repeatable = request.method === "GET" || request.method === "HEAD";
    for (let attempt = 1; ; attempt++) {
      const last = !repeatable || attempt === MAX_TRIES;
      let waitMs = BACKOFF_MS * 2 ** (attempt - 1);
      try {
        const response = await this.#follow(request);
        if (last || !RETRIED.has(response.status)) {
          return response;
        }
        waitMs = retryAfterMs(response) ?? waitMs;
      } catch (error) {
        if (last || !(error instanceof OciError) || error.code !== "CONNECTION_LOST") {
          throw error;
        }
      }
      await sleep(waitMs);
    }
  }

  async #follow(request: HttpRequest): Promise<HttpResponse> {
    let { url, headers = {} } = request;
    for (let hops = 0; ; hops++) {
      const response = await this.#exchange({ ...request, url, headers });
      const location = response.header("location");
      const followed = request.method === "GET" || request.method === "HEAD";
      if (!followed || location === undefined || !REDIRECTS.has(response.status)) {
        return response;
      }
      if (hops === MAX_REDIRECTS) {
        throw new OciError(
          "REGISTRY_RESPONSE_INVALID",
          `${placeOf(request.url)} redirects more than ${MAX_REDIRECTS} times: correct the registry's external address.`,
        );
      }
      const next = parseLocation(location, url);
      if (next.host !== url.host) {
        headers = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "authorization"));
      }
      url = next;
    }
  }

  async #exchange(request: HttpRequest): Promise<HttpResponse> {
    const { method, url, headers, body, limit } = request;
    assertHttps(url);
    this.requests++;
    const upload = body !== undefined;
    try {
      const response = await undiciRequest(url, {
        method,
        dispatcher: url.host === this.#host ? this.#registryAgent : this.#otherAgent,
        headers: { "user-agent": "breakwater", ...headers },
        body: body ?? null,
        headersTimeout: upload ? UPLOAD_ANSWER_TIMEOUT_MS : SILENCE_TIMEOUT_MS,
        bodyTimeout: SILENCE_TIMEOUT_MS,
        signal: upload ? null : AbortSignal.timeout(READ_DEADLINE_MS),
      });
      const succeeded = response.statusCode < 400;
      return {
        status: response.statusCode,
        header: (name) => headerOf(response.headers, name),
        body: await readBounded(response.body, succeeded ? limit : ERROR_BODY_LIMIT, succeeded ? url : undefined),
        url,
      };
    } catch (error) {
      throw connectionError(error, method, url);
    }
  }
}

function createAgent(ca: string[] | undefined): Agent {
  return new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS, ...(ca === undefined ? {} : { ca }) },
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
}

/** Reads at most `limit` bytes; more is an error when `url` names the content, and is cut off otherwise (error bodies). */
async function readBounded(body: Readable, limit: number, url: URL | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) {
      if (url !== undefined) {
        throw responseTooLarge(url, limit);
      }
      break;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Resolves a `Location` header; https only. */
export function parseLocation(location: string, base: URL): URL {
  if (!URL.canParse(location, base.href)) {
    throw new OciError(
      "REGISTRY_RESPONSE_INVALID",
      `${placeOf(base)} answers with a Location that is no URL: correct the registry's external address.`,
    );
  }
  const url = new URL(location, base);
  assertHttps(url);
  return url;
}

function assertHttps(url: URL): void {
  if (url.protocol !== "https:" || url.username !== "" || url.password !== "") {
    throw new OciError(
      "REGISTRY_RESPONSE_INVALID",
      `${placeOf(url)} is not plain https: only https is spoken. If the registry sent this address, set its external address to https.`,
    );
  }
}

function headerOf(headers: Record<string, string | string[] | undefined>, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(", ") : value;
}

function retryAfterMs(response: HttpResponse): number | undefined {
  const value = response.header("retry-after");
  if (value === undefined) {
    return undefined;
  }
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}
