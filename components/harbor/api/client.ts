import { OciError } from "../../oci/error";
import type { HttpRequest, HttpResponse } from "../../oci/http";
import { Transport } from "../../oci/transport";
import { HarborApiError } from "./error";
import { checkLogin, LOCK_PAUSE_MS, type Login } from "./login";
import { assertSucceeded, harborError } from "./responses";

/** A page of a hundred artifacts, each with its image's config. */
const RESPONSE_LIMIT = 32 * 1024 * 1024;
const API = "/api/v2.0/";

export interface HarborClientOptions {
  /** `https://host[:port]`, no path. */
  url: string;
  /** PEM: Harbor is trusted by this CA alone. Absent: the public CAs that Node.js brings along. */
  ca?: string;
  /** Where Harbor is asked instead of the address that its name has; its certificate is checked for the name. */
  address?: string;
  username: string;
  password: string;
}

export interface HarborRequest {
  method: HttpRequest["method"];
  /** Below /api/v2.0/, its parts encoded: see `path`. */
  path: string;
  query?: Readonly<Record<string, string | number>>;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  body?: unknown;
  /** What is done, for messages: `Reading project x`. */
  what: string;
  /** Sent without the login, and once. */
  anonymous?: boolean;
}

/**
 * One Harbor under one login. No cookie is ever kept: Harbor takes a request that sends one back for a browser's. Reads are
 * repeated when the connection or the server fails; writes are not (see `settle`).
 * Throws HarborApiError; an answer that is not 2xx is one.
 */
export class HarborClient {
  readonly origin: URL;
  readonly username: string;
  readonly #transport: Transport;
  readonly #login: Login;
  #identity: Promise<void> | undefined;

  constructor({ url, ca, address, username, password }: HarborClientOptions) {
    this.origin = originOf(url);
    const { hostname } = this.origin;
    this.username = username;
    this.#transport = new Transport(this.origin, { ca, ...(address !== undefined && { at: { hostname, address } }) });
    this.#login = { origin: this.origin.origin, username, password };
  }

  /** `host[:port]`, also the registry's. */
  get host(): string {
    return this.origin.host;
  }

  /** Checks the login, unless this client did so before. Throws HarborApiError HARBOR_UNAUTHORIZED. */
  async authenticate(): Promise<void> {
    this.#identity ??= this.#checkLogin();
    const asked = this.#identity;
    asked.catch(() => {
      if (this.#identity === asked) this.#identity = undefined;
    });
    await asked;
  }

  async send(request: HarborRequest): Promise<HttpResponse> {
    if (request.anonymous === true) return this.#answered(request, await this.#exchange(request));
    // Harbor answers a wrong password as it would nobody, with 200 where nobody may read: only this tells.
    await this.authenticate();
    const identity = this.#identity;
    const response = await this.#exchange(request);
    if (response.status !== 401) return this.#answered(request, response);
    // Harbor looked at nothing but the login. It may be locked for what somebody else sent, and correct all the same.
    if (this.#identity === identity) this.#identity = this.#checkLogin(LOCK_PAUSE_MS);
    await this.authenticate();
    return this.#answered(request, await this.#exchange(request));
  }

  #checkLogin(pauseMs = 0): Promise<void> {
    const request: HarborRequest = { method: "GET", path: "users/current", what: "Checking the login" };
    return checkLogin(this.#login, pauseMs, async () => {
      const response = await this.#exchange(request);
      // 412: there is such a login, and it is a robot's, which is no user.
      return response.status === 401 || response.status === 412 ? response : this.#answered(request, response);
    });
  }

  #answered(request: HarborRequest, response: HttpResponse): HttpResponse {
    assertSucceeded(request, response, this.username);
    return response;
  }

  async #exchange({ method, path, query = {}, headers, body, what, anonymous = false }: HarborRequest) {
    const url = new URL(API + path, this.origin);
    for (const [name, value] of Object.entries(query)) url.searchParams.append(name, String(value));
    const { username, password } = this.#login;
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
    try {
      const response = await this.#transport.send({
        method,
        url,
        headers: {
          accept: "application/json",
          ...(!anonymous && { authorization }),
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: Buffer.from(JSON.stringify(body)) }),
        limit: RESPONSE_LIMIT,
        ...(anonymous && { repeat: "never" as const }),
      });
      // A redirect elsewhere loses the login on the way: the answer would be one to nobody.
      if (response.url.origin === this.origin.origin) return response;
    } catch (error) {
      throw error instanceof OciError ? harborError(error, { method, what, host: this.host }) : error;
    }
    throw new HarborApiError(
      "HARBOR_RESPONSE_INVALID",
      `${what}: ${this.host} sends to another host: give Harbor's own address as \`url\`.`,
    );
  }
}

function originOf(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const bare = parsed !== undefined && parsed.pathname === "/" && parsed.search === "" && parsed.hash === "";
  if (!bare || parsed.protocol !== "https:" || parsed.username !== "" || parsed.password !== "") {
    throw new HarborApiError(
      "HARBOR_URL_INVALID",
      "Harbor's `url` must be https://host or https://host:port and no more: no path, no user, no plain http.",
    );
  }
  return parsed;
}
