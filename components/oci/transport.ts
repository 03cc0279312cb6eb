import { setTimeout as sleep } from "node:timers/promises";
import { Agents, type RegistryPlace } from "./agents";
import { OciError } from "./error";
import { exchange } from "./exchange";
import type { HttpRequest, HttpResponse } from "./http";
import { retryDelayMs } from "./retry";
import { placeOf } from "./transportErrors";

const MAX_REDIRECTS = 5;
const MAX_TIME_TRYING_MS = 50_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Exchanges with one registry and the hosts that it refers to; connections are kept open between requests. Plain HTTP is spoken
 * to a registry whose origin says so, and never to another host. Only GET and HEAD follow redirects.
 * Throws OciError REGISTRY_UNREACHABLE, REGISTRY_TLS_UNTRUSTED, REGISTRY_RESPONSE_INVALID, CONNECTION_LOST or
 * RESPONSE_TOO_LARGE; any HTTP status is a response.
 */
export class Transport {
  /** Requests sent so far, retries and redirects included. */
  requests = 0;
  /** The registry's API. */
  readonly origin: URL;
  readonly #agents: Agents;

  constructor(origin: URL, place: RegistryPlace = {}) {
    this.origin = origin;
    this.#agents = new Agents(place);
  }

  async send(request: HttpRequest): Promise<HttpResponse> {
    const started = performance.now();
    for (let attempt = 1; ; attempt++) {
      let response: HttpResponse | undefined;
      let lost: unknown;
      try {
        response = await this.#follow(request);
      } catch (error) {
        if (!(error instanceof OciError) || error.code !== "CONNECTION_LOST") {
          throw error;
        }
        lost = error;
      }
      // A server that is silent for a minute is not waited for five times.
      const late = performance.now() - started > MAX_TIME_TRYING_MS;
      const delay = late ? undefined : retryDelayMs(request, attempt, response);
      if (delay === undefined) {
        if (response === undefined) throw lost;
        return response;
      }
      await sleep(delay);
    }
  }

  /** Resolves an address that a response names. Throws OciError REGISTRY_RESPONSE_INVALID for one that is not spoken to. */
  locate(location: string, base: URL): URL {
    if (!URL.canParse(location, base.href)) {
      throw new OciError(
        "REGISTRY_RESPONSE_INVALID",
        `${placeOf(base)} answers with an address that is no URL: correct the registry's external address.`,
      );
    }
    const url = new URL(location, base);
    this.#assertSpoken(url);
    return url;
  }

  async #follow(request: HttpRequest): Promise<HttpResponse> {
    let { url, headers = {} } = request;
    for (let hops = 0; ; hops++) {
      this.#assertSpoken(url);
      this.requests++;
      const agent = url.origin === this.origin.origin ? this.#agents.registry : this.#agents.others;
      const response = await exchange(agent, { ...request, url, headers });
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
      const next = this.locate(location, url);
      if (next.origin !== url.origin) {
        headers = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "authorization"));
      }
      url = next;
    }
  }

  #assertSpoken(url: URL): void {
    const plain = url.protocol === "http:" && this.origin.protocol === "http:" && url.hostname === this.origin.hostname;
    if (!(url.protocol === "https:" || plain) || url.username !== "" || url.password !== "") {
      throw new OciError(
        "REGISTRY_RESPONSE_INVALID",
        `${placeOf(url)} is not plain https: only https is spoken. If the registry sent this address, set its external address to https.`,
      );
    }
  }
}
