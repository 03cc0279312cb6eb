import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { Authenticator, type RepositoryAction } from "./auth";
import type { RegistryConnection } from "./connection";
import { readCredentials } from "./credentials";
import { OciError } from "./error";
import { assertHost } from "./reference";
import { denied } from "./responseErrors";
import { type HttpResponse, Transport } from "./transport";

export interface RegistryRequest {
  method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
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
 * The client for a connection. Connections with the same host, CA and login share one, so that they share open sockets and tokens;
 * a CA file or login that changed on disk gives a new one.
 * Throws OciError REFERENCE_INVALID, CA_FILE_UNREADABLE, CREDENTIALS_INVALID or CREDENTIAL_HELPER_UNSUPPORTED.
 */
export function clientFor(connection: RegistryConnection): RegistryClient {
  assertHost(connection.host);
  const ca = connection.caFile === undefined ? undefined : readCa(connection.caFile);
  const credentials = readCredentials(connection.host, connection.dockerConfig);
  const key = createHash("sha256")
    .update(JSON.stringify([connection.host, ca ?? null, credentials]))
    .digest("hex");
  let client = clients.get(key);
  if (client === undefined) {
    const transport = new Transport(connection.host, ca);
    client = new RegistryClient(connection.host, transport, new Authenticator(connection.host, credentials, transport));
    clients.set(key, client);
  }
  return client;
}

/** Authenticated requests to one registry. */
export class RegistryClient {
  readonly host: string;
  /** Until when (Unix milliseconds) a repository is known to be without the referrers API. */
  readonly referrersApiAbsentUntil = new Map<string, number>();
  readonly #transport: Transport;
  readonly #authenticator: Authenticator;

  constructor(host: string, transport: Transport, authenticator: Authenticator) {
    this.host = host;
    this.#transport = transport;
    this.#authenticator = authenticator;
  }

  /** HTTP requests sent so far, for benchmarks and tests. */
  get requests(): number {
    return this.#transport.requests;
  }

  /** Sends a request, logging in when asked to. Any status but 401 and 403 is the caller's to judge. */
  async send(request: RegistryRequest): Promise<HttpResponse> {
    const { method, repository, actions, target, headers, body } = request;
    const url = target instanceof URL ? target : new URL(`https://${this.host}/v2/${repository}/${target}`);
    const ours = url.host === new URL(`https://${this.host}`).host;
    const scope = { repository, actions };
    const sendWith = (authorization: string | undefined): Promise<HttpResponse> =>
      this.#transport.send({
        method,
        url,
        headers: { ...headers, ...(authorization === undefined || !ours ? {} : { authorization }) },
        ...(body === undefined ? {} : { body }),
        limit: request.limit ?? SMALL_RESPONSE,
      });

    const first = ours ? await this.#authenticator.authorization(scope) : undefined;
    let response = await sendWith(first);
    const repeatable = body === undefined || Buffer.isBuffer(body);
    if (response.status === 401 && ours && repeatable) {
      response = await sendWith(await this.#authenticator.answer(response, scope, first));
    }
    if (response.status === 401) {
      throw this.#authenticator.refused(response);
    }
    if (response.status === 403) {
      throw denied(`${method} in ${this.host}/${repository}`, response);
    }
    return response;
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
