import type { Readable } from "node:stream";

export interface HttpRequest {
  method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  url: URL;
  headers?: Record<string, string>;
  body?: Buffer | Readable;
  /** The most that is read of a successful response, in bytes. */
  limit: number;
  /**
   * When the request may be sent again: `safe` when it fails in any way that may pass, `refused` only when the server says that it
   * did not look at it (429), `never`. Absent: `safe` for GET and HEAD, else `refused`. A stream is never sent again.
   */
  repeat?: "safe" | "refused" | "never";
}

export interface HttpResponse {
  status: number;
  /** One header's value, several of the same name joined by ", ". */
  header(name: string): string | undefined;
  body: Buffer;
  /** Where the response came from, after redirects. */
  url: URL;
  /** From the request's first byte to the response's last, in ms, without the wait for a free connection. */
  elapsedMs: number;
}
