import type { Agent, Dispatcher } from "undici";
import type { HttpRequest, HttpResponse } from "./http";
import { ERROR_BODY_LIMIT } from "./limits";
import { connectionError, responseTooLarge } from "./transportErrors";

const SILENCE_TIMEOUT_MS = 60_000;
/** A registry may move a large blob to its final place before it answers the upload. */
const UPLOAD_ANSWER_TIMEOUT_MS = 300_000;
/** For all of an exchange whose request is no stream. */
const DEADLINE_MS = 300_000;

/**
 * One HTTP exchange, without redirects or repetition; the response's body is read as far as `limit`.
 * Throws OciError REGISTRY_UNREACHABLE, REGISTRY_TLS_UNTRUSTED, CONNECTION_LOST or RESPONSE_TOO_LARGE.
 */
export function exchange(agent: Agent, request: HttpRequest): Promise<HttpResponse> {
  const { method, url, headers, body } = request;
  const upload = body !== undefined;
  return new Promise((resolve, reject) => {
    const handler = new ResponseHandler(request, resolve, (error) => reject(connectionError(error, method, url)));
    // undici's stream-based `request` costs a third more of a small exchange's time than its handlers do.
    agent.dispatch(
      {
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method,
        headers: { "user-agent": "breakwater", ...headers },
        body: body ?? null,
        headersTimeout: upload ? UPLOAD_ANSWER_TIMEOUT_MS : SILENCE_TIMEOUT_MS,
        bodyTimeout: SILENCE_TIMEOUT_MS,
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
  readonly #deadline: NodeJS.Timeout | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #failure: Error | undefined;
  #startedAt = 0;
  #status = 0;
  #headers: Record<string, string | string[] | undefined> = {};
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(request: HttpRequest, resolve: (response: HttpResponse) => void, reject: (error: Error) => void) {
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
    if (request.body === undefined || Buffer.isBuffer(request.body)) {
      this.#deadline = setTimeout(() => this.#fail(new Error(`no whole answer within ${DEADLINE_MS} ms`)), DEADLINE_MS);
      this.#deadline.unref();
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#startedAt = performance.now();
    if (this.#failure !== undefined) {
      controller.abort(this.#failure);
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
    this.#failure ??= error;
    this.#reject(this.#failure);
    if (this.#controller !== undefined && !this.#controller.aborted) {
      this.#controller.abort(this.#failure);
    }
  }
}
