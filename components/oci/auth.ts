import { type Challenge, parseChallenges } from "./challenge";
import type { Credentials } from "./credentials";
import { isRecord } from "./descriptor";
import { OciError } from "./error";
import { TOKEN_LIMIT } from "./limits";
import { denied, responseError } from "./responseErrors";
import { type HttpResponse, parseLocation, type Transport } from "./transport";

export type RepositoryAction = "pull" | "pull,push" | "delete,pull";

/** What a request needs to be allowed to do. Source: Distribution's token scope documentation. */
export interface Scope {
  repository: string;
  actions: RepositoryAction;
}

interface CachedToken {
  authorization: string;
  expiresAt: number;
}

const DEFAULT_TOKEN_LIFETIME_SECONDS = 60;
/** A token is renewed this long before it expires, so that an upload does not begin with a dying one. */
const RENEW_BEFORE_SECONDS = 15;

/**
 * Logs in to one registry: Basic, or Bearer tokens that are kept for each scope until they expire.
 * Throws OciError REGISTRY_UNAUTHORIZED; messages name host, user and where the login was read, never a secret.
 */
export class Authenticator {
  readonly #host: string;
  readonly #credentials: Credentials;
  readonly #transport: Transport;
  /** The challenge that the registry last sent: later requests are authorised before they are asked to be. */
  #challenge: Challenge | undefined;
  readonly #tokens = new Map<string, Promise<CachedToken>>();

  constructor(host: string, credentials: Credentials, transport: Transport) {
    this.#host = host;
    this.#credentials = credentials;
    this.#transport = transport;
  }

  /** The `Authorization` header for a request, or undefined as long as the registry asked for none. */
  async authorization(scope: Scope): Promise<string | undefined> {
    if (this.#challenge === undefined) {
      return undefined;
    }
    return this.#challenge.scheme === "basic"
      ? this.#basic()
      : (await this.#token(this.#challenge, scope)).authorization;
  }

  /** Takes a 401 response into account; returns the header to try again with. */
  async answer(response: HttpResponse, scope: Scope, refused: string | undefined): Promise<string> {
    const challenges = parseChallenges(response.header("www-authenticate") ?? "");
    const challenge =
      challenges.find(({ scheme }) => scheme === "bearer") ?? challenges.find(({ scheme }) => scheme === "basic");
    if (challenge === undefined) {
      throw this.unauthorized(response, "the registry offers neither Basic nor Bearer authentication");
    }
    this.#challenge = challenge;
    if (challenge.scheme === "bearer") {
      this.#tokens.delete(keyOf(scope));
    }
    const authorization = await this.authorization(scope);
    if (authorization === undefined || authorization === refused) {
      throw this.unauthorized(response);
    }
    return authorization;
  }

  /** The error for a request that was refused although it carried what `answer` gave. */
  refused(response: HttpResponse): OciError {
    if (this.#challenge?.scheme === "bearer" && this.#credentials.kind !== "anonymous") {
      // The token server knows the user; a token without the right is refused with 401 as well.
      return denied(`The request of ${this.#user()}`, response);
    }
    return this.unauthorized(response);
  }

  unauthorized(response: HttpResponse, reason = "the registry refuses the login"): OciError {
    const { source } = this.#credentials;
    const way =
      this.#credentials.kind === "anonymous"
        ? `${this.#host} asks for a login and none was found (${source}): add one for ${this.#host} under \`auths\` of the Docker config.json`
        : `${this.#host} does not accept ${this.#user()} (login from ${source}): ${reason}. Correct the login there`;
    return responseError("REGISTRY_UNAUTHORIZED", `${way}, then run again.`, response);
  }

  #user(): string {
    return this.#credentials.kind === "password" ? `the user "${this.#credentials.username}"` : "the identity token";
  }

  #basic(): string | undefined {
    if (this.#credentials.kind !== "password") {
      return undefined;
    }
    const { username, password } = this.#credentials;
    return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  }

  async #token(challenge: Challenge, scope: Scope): Promise<CachedToken> {
    const key = keyOf(scope);
    const cached = await this.#tokens.get(key);
    if (cached !== undefined && cached.expiresAt > Date.now()) {
      return cached;
    }
    const token = this.#fetchToken(challenge, scope);
    this.#tokens.set(key, token);
    token.catch(() => this.#tokens.delete(key));
    return token;
  }

  async #fetchToken(challenge: Challenge, scope: Scope): Promise<CachedToken> {
    const { realm = "", service } = challenge.parameters;
    const parameters = new URLSearchParams({ scope: `repository:${scope.repository}:${scope.actions}` });
    if (service !== undefined) {
      parameters.set("service", service);
    }
    const url = parseLocation(realm, new URL(`https://${this.#host}/v2/`));
    const response = await this.#askForToken(url, parameters);
    if (response.status === 401 || response.status === 403) {
      throw this.unauthorized(response, `its token server ${url.host} refuses it`);
    }
    if (response.status !== 200) {
      throw responseError("REGISTRY_ERROR", `The token server ${url.host} of ${this.#host} gives no token.`, response);
    }
    return readToken(response, this.#host);
  }

  #askForToken(url: URL, parameters: URLSearchParams): Promise<HttpResponse> {
    const headers: Record<string, string> = { accept: "application/json" };
    if (this.#credentials.kind === "identityToken") {
      parameters.set("grant_type", "refresh_token");
      parameters.set("client_id", "breakwater");
      parameters.set("refresh_token", this.#credentials.token);
      headers["content-type"] = "application/x-www-form-urlencoded";
      return this.#transport.send({
        method: "POST",
        url,
        headers,
        body: Buffer.from(`${parameters}`),
        limit: TOKEN_LIMIT,
      });
    }
    const target = new URL(url);
    for (const [name, value] of parameters) {
      target.searchParams.set(name, value);
    }
    const basic = this.#basic();
    if (basic !== undefined) {
      headers.authorization = basic;
    }
    return this.#transport.send({ method: "GET", url: target, headers, limit: TOKEN_LIMIT });
  }
}

function keyOf(scope: Scope): string {
  return `${scope.repository}:${scope.actions}`;
}

/** Source: Distribution's token authentication specification § Token Response Fields. */
function readToken(response: HttpResponse, host: string): CachedToken {
  let fields: unknown;
  try {
    fields = JSON.parse(response.body.toString("utf8"));
  } catch {
    fields = undefined; // No cause: the text may hold the token.
  }
  const token = isRecord(fields) ? (fields.token ?? fields.access_token) : undefined;
  if (!isRecord(fields) || typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) {
    throw new OciError(
      "REGISTRY_RESPONSE_INVALID",
      `The token server of ${host} answers without a token: check its set-up.`,
    );
  }
  const lifetime = typeof fields.expires_in === "number" ? fields.expires_in : DEFAULT_TOKEN_LIFETIME_SECONDS;
  return {
    authorization: `Bearer ${token}`,
    expiresAt: Date.now() + Math.max(lifetime - RENEW_BEFORE_SECONDS, 1) * 1000,
  };
}
