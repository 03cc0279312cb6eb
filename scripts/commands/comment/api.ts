import { OciError } from "../../../components/oci/error";
import type { HttpResponse } from "../../../components/oci/http";
import { Transport } from "../../../components/oci/transport";
import { CommentError, type CommentErrorCode } from "./error";

/** A page of comments, each as long as may be. */
const RESPONSE_LIMIT = 64 * 1024 * 1024;
const PAGE_SIZE = 50;
const PAGES_MAX = 200;

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
 * everything when the server says that it is too busy (429), after the pause that it asks for.
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
    const response = await this.#exchange(request);
    if (response.status >= 200 && response.status < 300) return jsonOf(response, request.what);
    throw refusal(response, request.what, this.#token);
  }

  /** The entries of a list, page by page, oldest first as the server has them. */
  async *list(request: Omit<ApiRequest, "method" | "body">): AsyncGenerator<unknown> {
    for (let page = 1; page <= PAGES_MAX; page += 1) {
      const query = { ...request.query, per_page: PAGE_SIZE, page };
      const entries = await this.send({ ...request, method: "GET", query });
      if (!Array.isArray(entries)) throw invalid(request.what, "gave no list");
      yield* entries;
      if (entries.length < PAGE_SIZE) return;
    }
    throw new CommentError(
      "THREAD_TOO_LONG",
      `${request.what}: there are more than ${PAGES_MAX * PAGE_SIZE} entries, the most that is read`,
    );
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
      throw new CommentError(code, `${what}: ${url.host} ${how} [${error.code}]: ${WAY_OUT[code] ?? "check --api"}`, {
        cause: error,
      });
    }
  }
}

function refusal(response: HttpResponse, what: string, token: string): CommentError {
  const { status } = response;
  // GitHub says so with 403, too.
  const isLimited =
    status === 403 && (response.header("retry-after") || response.header("x-ratelimit-remaining") === "0");
  const code = isLimited
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
