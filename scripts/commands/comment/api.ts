import { setTimeout as sleep } from "node:timers/promises";
import { OciError } from "../../../components/oci/error";
import type { HttpResponse } from "../../../components/oci/http";
import { Transport } from "../../../components/oci/transport";
import { CommentError, type CommentErrorCode } from "./error";

/** A page of comments, each as long as may be. */
const RESPONSE_LIMIT = 64 * 1024 * 1024;
const PAGE_SIZE = 50;
const PAGES_MAX = 200;
const TRIES = 4;
/** A longer pause than this is not waited for. */
const PAUSE_MAX_MS = 60_000;

export interface ApiOptions {
  /** `https://host[/path]`, ends with no slash. */
  readonly base: string;
  /** Sent as a bearer's; in no message. */
  readonly token: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH";
  /** Below the base, its parts encoded, with a slash in front. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  /** Sent as JSON. */
  readonly body?: object;
  /** What is done, for messages: `Reading the comments`. */
  readonly what: string;
}

const CODE_OF: Readonly<Record<number, CommentErrorCode>> = {
  401: "API_UNAUTHORIZED",
  403: "API_FORBIDDEN",
  404: "API_NOT_FOUND",
  429: "API_RATE_LIMITED",
};
const WAY_OUT: Readonly<Partial<Record<CommentErrorCode, string>>> = {
  API_UNAUTHORIZED: "the token is wrong or has expired: give a new one",
  API_FORBIDDEN: "the token may not do this: give it the right to comment (README.md, Review a trust change)",
  API_NOT_FOUND: "there is no such thing, or the token may not see it: check names and numbers, and what the token may",
  API_RATE_LIMITED: "too many requests were made: run it again later",
  API_UNAVAILABLE: "run it again later",
  API_REFUSED: "correct what it says",
};

/**
 * The JSON API of GitHub or GitLab under one token. What can be sent twice is repeated when the connection or the server fails, and
 * everything when the server says that there are too many requests (429, or 403 at GitHub), after the pause that it asks for.
 * Throws CommentError; an answer that is not 2xx is one.
 */
export class Api {
  readonly #base: string;
  readonly #token: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #transport: Transport;

  constructor({ base, token, headers = {} }: ApiOptions) {
    this.#base = base;
    this.#token = token;
    this.#headers = { accept: "application/json", ...headers, authorization: `Bearer ${token}` };
    this.#transport = new Transport(new URL(new URL(base).origin), { system: true });
  }

  /** The answer's JSON. */
  async send(request: ApiRequest): Promise<unknown> {
    return jsonOf(await this.#answer(request), request.what);
  }

  /** The entries of a list, page by page, oldest first as the server has them. */
  async *list(request: Omit<ApiRequest, "method" | "body">): AsyncGenerator<unknown> {
    for (let page = 1; page <= PAGES_MAX; page += 1) {
      const query = { ...request.query, per_page: PAGE_SIZE, page };
      const response = await this.#answer({ ...request, method: "GET", query });
      const entries = jsonOf(response, request.what);
      if (!Array.isArray(entries)) throw invalid(request.what, "gave no list");
      yield* entries;
      if (!hasNext(response, entries.length)) return;
    }
    throw new CommentError(
      "THREAD_TOO_LONG",
      `${request.what}: there are more than ${PAGES_MAX * PAGE_SIZE} entries, the most that is read`,
    );
  }

  /** An answer that is 2xx. */
  async #answer(request: ApiRequest): Promise<HttpResponse> {
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.#exchange(request);
      if (response.status >= 200 && response.status < 300) return response;
      // With 429, a pause was made already.
      const pause = response.status === 403 && isLimited(response) ? pauseOf(response) : undefined;
      if (attempt === TRIES || pause === undefined || pause > PAUSE_MAX_MS)
        throw refusal(response, request.what, this.#token);
      await sleep(pause);
    }
  }

  async #exchange({ method, path, query = {}, body, what }: ApiRequest): Promise<HttpResponse> {
    const url = new URL(this.#base + path);
    for (const [name, value] of Object.entries(query)) url.searchParams.append(name, String(value));
    try {
      return await this.#transport.send({
        method,
        url,
        headers: { ...this.#headers, ...(body && { "content-type": "application/json" }) },
        ...(body && { body: Buffer.from(JSON.stringify(body)) }),
        limit: RESPONSE_LIMIT,
        // A comment that is created twice would be two.
        repeat: method === "POST" ? "refused" : "safe",
      });
    } catch (error) {
      if (!(error instanceof OciError)) throw error;
      const code = error.code === "RESPONSE_TOO_LARGE" ? "API_ANSWER_INVALID" : "API_UNAVAILABLE";
      const how = error.code === "REGISTRY_TLS_UNTRUSTED" ? "does not prove who it is" : "can't be reached";
      throw new CommentError(code, `${what}: ${url.host} ${how}: ${WAY_OUT[code] ?? "check --api"}`, {
        cause: error,
      });
    }
  }
}

/**
 * Whether there is another page. Both servers name it in `Link`; only its presence is heeded, since it may name any host.
 * Source: docs.github.com/rest, § Using pagination; docs.gitlab.com/api/rest, § Pagination. A page may be shorter than was asked for.
 */
function hasNext(response: HttpResponse, length: number): boolean {
  const links = response.header("link");
  return links === undefined ? length >= PAGE_SIZE : /;\s*rel="?next"?\s*(?:[,;]|$)/i.test(links);
}

/** GitHub says so with 403, too. Source: docs.github.com/rest, § Rate limits for the REST API. */
function isLimited(response: HttpResponse): boolean {
  if (response.status !== 403) return response.status === 429;
  return response.header("retry-after") !== undefined || response.header("x-ratelimit-remaining") === "0";
}

/** How long the server wants to be left alone, in ms; undefined when it does not say. */
function pauseOf(response: HttpResponse): number | undefined {
  const after = Number(response.header("retry-after") ?? Number.NaN);
  if (!Number.isNaN(after)) return after * 1000;
  const reset = Number(response.header("x-ratelimit-reset") ?? Number.NaN);
  return Number.isNaN(reset) ? undefined : Math.max(0, reset * 1000 - Date.now()) + 1000;
}

function refusal(response: HttpResponse, what: string, token: string): CommentError {
  const { status } = response;
  const code = isLimited(response)
    ? "API_RATE_LIMITED"
    : (CODE_OF[status] ?? (status >= 500 ? "API_UNAVAILABLE" : "API_REFUSED"));
  const said = wordsOf(response).replaceAll(token, "…");
  return new CommentError(code, `${what}: ${response.url.host} answers ${status}${said}: ${WAY_OUT[code]}`);
}

/** What the server says, in short. */
function wordsOf({ body }: HttpResponse): string {
  try {
    const { message, error } = JSON.parse(body.toString("utf8")) as { message?: unknown; error?: unknown };
    const said = message ?? error;
    return said === undefined ? "" : ` (${(typeof said === "string" ? said : JSON.stringify(said)).slice(0, 300)})`;
  } catch {
    return "";
  }
}

function jsonOf({ body }: HttpResponse, what: string): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (error) {
    throw invalid(what, "gave no JSON", error);
  }
}

export function invalid(what: string, how: string, cause?: unknown): CommentError {
  return new CommentError("API_ANSWER_INVALID", `${what}: the server ${how}: check --api`, { cause });
}
