import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { Authenticator } from "./auth";
import { originOf, type RegistryConnection } from "./connection";
import { readCredentials } from "./credentials";
import { OciError } from "./error";
import { gated, isGated } from "./gate";
import type { HttpRequest, HttpResponse } from "./http";
import { Login } from "./login";
import { RecentIndexes } from "./recentIndexes";
import { assertHost } from "./reference";
import { ReferrersSupport } from "./referrersSupport";
import { denied } from "./responseErrors";
import { CATALOG_SCOPE, type RepositoryAction, type Scope } from "./scope";
import { rootsSource } from "./systemRoots";
import { Transport } from "./transport";

export interface RegistryRequest extends Pick<HttpRequest, "repeat"> {
  method: HttpRequest["method"];
  repository: string;
  actions: RepositoryAction;
  /** Path below `/v2/<repository>/`, or a URL that the registry gave. */
  target: string | URL;
  headers?: Record<string, string>;
  body?: Buffer | Readable;
  /** The most that is read of the response, in bytes; 64 KiB when absent. */
  limit?: number;
}

const SMALL_RESPONSE = 64 * 1024;
const clients = new Map<string, RegistryClient>();

/**
 * The client for a connection. Equal connections with the same CA and login share one, so that they share open sockets and tokens;
 * a CA file or login that changed on disk gives a new one.
 * Throws OciError REFERENCE_INVALID, CA_FILE_UNREADABLE or CREDENTIALS_INVALID.
 */
export function clientFor(connection: RegistryConnection): RegistryClient {
  const { host, caFile, dockerConfig, login, systemRoots: system = false } = connection;
  assertHost(host);
  const ca = caFile === undefined ? undefined : readCa(caFile);
  const stored = login ? { kind: "password" as const, ...login } : readCredentials(host, dockerConfig);
  const origin = originOf(connection);
  const key = createHash("sha256")
    .update(JSON.stringify([host, origin.href, ca ?? null, system && rootsSource(), stored]))
    .digest("hex");
  let client = clients.get(key);
  if (client === undefined) {
    const transport = new Transport(origin, { ca, system });
    client = new RegistryClient(host, transport, new Authenticator(host, new Login(stored), transport));
    clients.set(key, client);
  }
  return client;
}

/** Authenticated requests to one registry. */
export class RegistryClient {
  readonly host: string;
  readonly referrersSupport = new ReferrersSupport();
  readonly recentIndexes = new RecentIndexes();
  /** Repositories that are known to have the empty JSON object `{}` as a blob. */
  readonly emptyBlobIn = new Set<string>();
  readonly #transport: Transport;
  readonly #authenticator: Authenticator;
  #begun: Promise<void> | undefined;

  constructor(host: string, transport: Transport, authenticator: Authenticator) {
    this.host = host;
    this.#transport = transport;
    this.#authenticator = authenticator;
  }

  /** HTTP requests sent so far, for benchmarks and tests. */
  get requests(): number {
    return this.#transport.requests;
  }

  /** True when a request may name a second repository without a token for it. */
  get mayMount(): boolean {
    return !this.#authenticator.tokenOfRepository;
  }

  /** Resolves an address that a response names. Throws OciError REGISTRY_RESPONSE_INVALID. */
  locate(location: string, base: URL): URL {
    return this.#transport.locate(location, base);
  }

  /**
   * Sends a request, logging in when asked to. Any status but 401 and 403 is the caller's to judge, and that of a manifest which
   * is kept back until it is signed: a signer may read it all the same, by a token that may push.
   */
  async send(request: RegistryRequest): Promise<HttpResponse> {
    const { method, repository, target } = request;
    const response = await this.#send(request);
    if (typeof target !== "string" || !isGated(method, target, response)) return response;
    const second = await this.#sendAsSigner(request);
    if (second !== undefined && !isGated(method, target, second)) return second;
    // The answer to HEAD does not say why; one more look does.
    const told = method === "HEAD" ? await this.#send({ ...request, method: "GET" }) : response;
    throw gated({ host: this.host, repository, target }, isGated("GET", target, told) ? told : response);
  }

  /**
   * Reads what is no repository's: a page of the registry's catalog. `target` is a path below `/v2/`, or a URL that the registry
   * gave. Any status but 401 and 403 is the caller's to judge.
   */
  readCatalog(target: string | URL, limit: number): Promise<HttpResponse> {
    const url = target instanceof URL ? target : new URL(`v2/${target}`, this.#transport.origin);
    return this.#send({ method: "GET", repository: "_catalog", actions: "pull", target: url, limit }, CATALOG_SCOPE);
  }

  /** Undefined where that would be the same request again, and for a login that gets no such token. */
  async #sendAsSigner(request: RegistryRequest): Promise<HttpResponse | undefined> {
    if (request.actions !== "pull" || !this.#authenticator.tokenOfRepository) return undefined;
    try {
      return await this.#send({ ...request, actions: "pull,push" });
    } catch (error) {
      if (error instanceof OciError && (error.code === "REGISTRY_UNAUTHORIZED" || error.code === "REGISTRY_DENIED")) {
        return undefined;
      }
      throw error;
    }
  }

  async #send(
    request: RegistryRequest,
    scope: Scope = { repository: request.repository, actions: request.actions },
  ): Promise<HttpResponse> {
    const { method, repository, target, body } = request;
    const url = target instanceof URL ? target : new URL(`v2/${repository}/${target}`, this.#transport.origin);
    const ours = url.origin === this.#transport.origin.origin;
    const sendWith = (authorization: string | undefined): Promise<HttpResponse> =>
      this.#transport.send({
        method,
        url,
        headers: { ...request.headers, ...(authorization === undefined || !ours ? {} : { authorization }) },
        ...(body === undefined ? {} : { body }),
        ...(request.repeat === undefined ? {} : { repeat: request.repeat }),
        limit: request.limit ?? SMALL_RESPONSE,
      });

    const repeatable = body === undefined || Buffer.isBuffer(body);
    const begun = await this.#begin();
    let response: HttpResponse;
    try {
      const first = ours ? await this.#authenticator.authorization(scope) : undefined;
      response = await sendWith(first);
      if (response.status === 401 && ours && repeatable) {
        const second = await this.#authenticator.answer(response, scope, first);
        begun();
        response = await sendWith(second);
        const third = response.status === 401 ? await this.#authenticator.renewed(scope, second) : undefined;
        if (third !== undefined) response = await sendWith(third);
      }
    } finally {
      begun();
    }
    if (response.status === 401) {
      throw await this.#authenticator.refused(response);
    }
    if (response.status === 403) {
      throw denied(`${method} in ${this.host}/${repository}`, response);
    }
    return response;
  }

  /**
   * Until the registry has told how to log in, one request asks it and the others wait: each of them would be refused. The first
   * caller is to call what it gets when the registry has told.
   */
  async #begin(): Promise<() => void> {
    if (this.#begun !== undefined) {
      await this.#begun;
      return () => undefined;
    }
    let begun = (): void => undefined;
    this.#begun = new Promise((resolve) => {
      begun = resolve;
    });
    return begun;
  }
}

function readCa(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new OciError("CA_FILE_UNREADABLE", `The CA file ${file} cannot be read: correct its path or create it.`, {
      cause: error,
    });
  }
  if (!text.includes("-----BEGIN CERTIFICATE-----")) {
    throw new OciError(
      "CA_FILE_UNREADABLE",
      `The CA file ${file} holds no PEM certificate: write the CA's certificate there.`,
    );
  }
  return text;
}
