import type { Agent, Dispatcher } from "undici";
import { USER_AGENT } from "./gate";
import type { HttpRequest, HttpResponse } from "./http";
import { ERROR_BODY_LIMIT } from "./limits";
import { connectionError, responseTooLarge } from "./transportErrors";

export interface ExchangeLimits {
  /** The longest pause of the server, in ms. */
  readonly silenceMs: number;
  /** For all of an exchange whose request is no stream, in ms. */
  readonly deadlineMs: number;
}

const LIMITS: ExchangeLimits = { silenceMs: 60_000, deadlineMs: 300_000 };
/** A registry may move a large blob to its final place before it answers the upload. */
const UPLOAD_ANSWER_TIMEOUT_MS = 300_000;

/**
 * One HTTP exchange, without redirects or repetition; the response's body is read as far as `limit`.
 * Throws OciError REGISTRY_UNREACHABLE, REGISTRY_TLS_UNTRUSTED, CONNECTION_LOST or RESPONSE_TOO_LARGE.
 */
export function exchange(agent: Agent, request: HttpRequest, limits = LIMITS): Promise<HttpResponse> {
  const { method, url, headers, body } = request;
  const upload = body !== undefined;
  return new Promise((resolve, reject) => {
    const handler = new ResponseHandler(request, limits.deadlineMs, resolve, (error) =>
      reject(connectionError(error, method, url)),
    );
    // The interface below undici's `request`: a batch's small responses need no stream each. What it throws is an argument's.
    agent.dispatch(
      {
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method,
        headers: { "user-agent": USER_AGENT, ...headers },
        // undici closes the connection after each HEAD, in case a body follows against the rule; a handshake for each of thousands
        // of tags costs more than all else. A body would be no answer to the next request: a connection lost, and tried again.
        reset: false,
        body: body ?? null,
        headersTimeout: upload ? UPLOAD_ANSWER_TIMEOUT_MS : limits.silenceMs,
        bodyTimeout: limits.silenceMs,
      },
      handler,
    );
  });
}

/** Collects one response. */
class ResponseHandler implements Dispatcher.DispatchHandler {
  readonly #request: HttpRequest;
  readonly #resolve: (response: HttpResponse) => void;
  readonly #reject: (error: Error) => void;
  readonly #deadlineMs: number;
  #deadline: NodeJS.Timeout | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #startedAt = 0;
  #status = 0;
  #headers: Record<string, string | string[] | undefined> = {};
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(
    request: HttpRequest,
    deadlineMs: number,
    resolve: (response: HttpResponse) => void,
    reject: (error: Error) => void,
  ) {
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#deadlineMs = deadlineMs;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#startedAt = performance.now();
    const { body } = this.#request;
    if (body === undefined || Buffer.isBuffer(body)) {
      const ms = this.#deadlineMs;
      this.#deadline = setTimeout(() => this.#fail(new Error(`no whole answer within ${ms} ms`)), ms);
      this.#deadline.unref();
    }
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Record<string, string | string[]>): void {
    if (status < 200) {
      return; // Informational: the response is still to come.
    }
    this.#status = status;
    this.#headers = headers;
    const { method, limit, url } = this.#request;
    if (method !== "HEAD" && status < 400 && Number(headers["content-length"]) > limit) {
      this.#fail(responseTooLarge(url, limit));
    }
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    const succeeded = this.#status < 400;
    this.#size += chunk.length;
    if (this.#size <= (succeeded ? this.#request.limit : ERROR_BODY_LIMIT)) {
      this.#chunks.push(chunk);
    } else if (succeeded) {
      this.#fail(responseTooLarge(this.#request.url, this.#request.limit));
    } else {
      this.#succeed(); // An error's text is cut off.
      this.#controller?.abort(new Error("the rest of the error's text is not needed"));
    }
  }

  onResponseEnd(): void {
    this.#succeed();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }

  #succeed(): void {
    clearTimeout(this.#deadline);
    const [only] = this.#chunks;
    const headers = this.#headers;
    this.#resolve({
      status: this.#status,
      header: (name) => {
        const value = headers[name.toLowerCase()];
        return Array.isArray(value) ? value.join(", ") : value;
      },
      body: this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks),
      url: this.#request.url,
      elapsedMs: performance.now() - this.#startedAt,
    });
  }

  #fail(error: Error): void {
    clearTimeout(this.#deadline);
    this.#reject(error);
    if (this.#controller !== undefined && !this.#controller.aborted) {
      this.#controller.abort(error);
    }
  }
}
