import { type Challenge, parseChallenges } from "./challenge";
import type { Credentials } from "./credentials";
import type { HttpResponse } from "./http";
import { TOKEN_LIMIT } from "./limits";
import type { Login } from "./login";
import { denied, responseError } from "./responseErrors";
import { formatScope, mergeScopes, type Scope } from "./scope";
import { readToken, type Token } from "./token";
import type { Transport } from "./transport";
import type { OciError } from "./error";

/**
 * Logs in to one registry: Basic, or Bearer tokens that are kept for each scope until shortly before they expire.
 * Throws OciError REGISTRY_UNAUTHORIZED and those of credential helpers; messages name host, user and where the login was read,
 * never a secret.
 */
export class Authenticator {
  readonly #host: string;
  readonly #login: Login;
  readonly #transport: Transport;
  /** The challenge that the registry last sent: later requests are authorised before they are asked to be. */
  #challenge: Challenge | undefined;
  readonly #tokens = new Map<string, Promise<Token>>();
  /** What the registry asked for beyond the scope by which a token is kept. */
  readonly #challenged = new Map<string, string>();

  constructor(host: string, login: Login, transport: Transport) {
    this.#host = host;
    this.#login = login;
    this.#transport = transport;
  }

  /** True when a token is good for one repository only. */
  get tokenOfRepository(): boolean {
    return this.#challenge?.scheme === "bearer";
  }

  /** The `Authorization` header for a request, or undefined as long as the registry asked for none. */
  async authorization(scope: Scope): Promise<string | undefined> {
    if (this.#challenge === undefined) {
      return undefined;
    }
    const credentials = await this.#login.credentials();
    if (credentials.kind === "registryToken") {
      return `Bearer ${credentials.token}`;
    }
    return this.#challenge.scheme === "basic" ? basic(credentials) : await this.#tokenFor(this.#challenge, scope);
  }

  /** Takes a 401 response into account; returns the header to try again with. */
  async answer(response: HttpResponse, scope: Scope, refused: string | undefined): Promise<string> {
    const challenges = parseChallenges(response.header("www-authenticate") ?? "");
    const challenge =
      challenges.find(({ scheme }) => scheme === "bearer") ?? challenges.find(({ scheme }) => scheme === "basic");
    const credentials = await this.#login.credentials();
    if (challenge === undefined) {
      throw this.#unauthorized(credentials, response, "the registry offers neither Basic nor Bearer authentication");
    }
    this.#challenge = challenge;
    if (challenge.scheme === "bearer") {
      await this.#dropToken(scope, refused, challenge.parameters.scope);
    }
    let authorization = await this.authorization(scope);
    if (authorization === refused && (await this.#login.renew(credentials))) {
      authorization = await this.authorization(scope);
    }
    if (authorization === undefined || authorization === refused) {
      throw this.#unauthorized(credentials, response);
    }
    return authorization;
  }

  /** The header of a login that a credential helper gives in place of the one that was refused; undefined for none. */
  async renewed(scope: Scope, refused: string): Promise<string | undefined> {
    const credentials = await this.#login.credentials();
    const given = this.#challenge?.scheme === "basic" && basic(credentials) === refused;
    return given && (await this.#login.renew(credentials)) ? await this.authorization(scope) : undefined;
  }

  /** The error for a request that was refused although it carried what `answer` gave. */
  async refused(response: HttpResponse): Promise<OciError> {
    const credentials = await this.#login.credentials();
    const [challenge] = parseChallenges(response.header("www-authenticate") ?? "");
    const invalid = challenge?.parameters.error === "invalid_token";
    if (this.#challenge?.scheme === "bearer" && credentials.kind !== "anonymous" && !invalid) {
      // The token server knows the user; a token without the right is refused with 401 (insufficient_scope) as well.
      return denied(`The request of ${nameOf(credentials)}`, response);
    }
    return this.#unauthorized(credentials, response);
  }

  #unauthorized(credentials: Credentials, response: HttpResponse, reason = "the registry refuses the login"): OciError {
    const { source } = credentials;
    const way =
      credentials.kind === "anonymous"
        ? `${this.#host} asks for a login and none was found (${source}): log in to ${this.#host} with Docker, or add one under \`auths\` of the Docker config.json`
        : `${this.#host} does not accept ${nameOf(credentials)} (login from ${source}): ${reason}. Correct the login there`;
    return responseError("REGISTRY_UNAUTHORIZED", `${way}, then run again.`, response);
  }

  /** Many requests may be refused with the same token at once: only the first of them drops it. */
  async #dropToken(scope: Scope, refused: string | undefined, challenged: string | undefined): Promise<void> {
    const key = formatScope(scope);
    const kept = this.#tokens.get(key);
    if (challenged !== undefined && this.#challenged.get(key) !== challenged) {
      this.#challenged.set(key, challenged);
      if (kept !== undefined && mergeScopes(scope, challenged).join(" ") !== key) this.#tokens.delete(key);
    }
    if (kept !== undefined && refused !== undefined && (await kept).authorization === refused) {
      if (this.#tokens.get(key) === kept) this.#tokens.delete(key);
    }
  }

  async #tokenFor(challenge: Challenge, scope: Scope): Promise<string> {
    const key = formatScope(scope);
    for (let kept = this.#tokens.get(key); kept !== undefined; kept = this.#tokens.get(key)) {
      const { authorization, renewAt } = await kept;
      if (renewAt > Date.now()) {
        return authorization;
      }
      if (this.#tokens.get(key) === kept) this.#tokens.delete(key);
    }
    const token = this.#fetchToken(challenge, scope);
    this.#tokens.set(key, token);
    token.catch(() => {
      if (this.#tokens.get(key) === token) this.#tokens.delete(key);
    });
    return (await token).authorization;
  }

  async #fetchToken(challenge: Challenge, scope: Scope): Promise<Token> {
    const { realm = "", service } = challenge.parameters;
    const url = this.#transport.locate(realm, this.#transport.origin);
    const scopes = mergeScopes(scope, this.#challenged.get(formatScope(scope)));
    const parameters = new URLSearchParams(service === undefined ? {} : { service });
    for (const text of scopes) parameters.append("scope", text);
    const ask = (as: Credentials) => this.#askForToken(url, new URLSearchParams(parameters), as);
    let credentials = await this.#login.credentials();
    let response = await ask(credentials);
    if (isRefusal(response) && (await this.#login.renew(credentials))) {
      credentials = await this.#login.credentials();
      response = await ask(credentials);
    }
    if (isRefusal(response)) {
      throw this.#unauthorized(credentials, response, `its token server ${url.host} refuses it`);
    }
    if (response.status !== 200) {
      throw responseError("REGISTRY_ERROR", `The token server ${url.host} of ${this.#host} gives no token.`, response);
    }
    return readToken(response, this.#host);
  }

  /** Source: Distribution's token authentication specification § Requesting a Token; its oauth document for refresh tokens. */
  #askForToken(url: URL, parameters: URLSearchParams, credentials: Credentials): Promise<HttpResponse> {
    const headers: Record<string, string> = { accept: "application/json" };
    if (credentials.kind === "identityToken") {
      const scopes = parameters.getAll("scope");
      parameters.set("scope", scopes.join(" "));
      parameters.set("grant_type", "refresh_token");
      parameters.set("client_id", "breakwater");
      parameters.set("refresh_token", credentials.token);
      headers["content-type"] = "application/x-www-form-urlencoded";
      const body = Buffer.from(`${parameters}`);
      return this.#transport.send({ method: "POST", url, headers, body, limit: TOKEN_LIMIT, repeat: "safe" });
    }
    const target = new URL(url);
    for (const [name, value] of parameters) {
      target.searchParams.append(name, value);
    }
    const authorization = basic(credentials);
    if (authorization !== undefined) {
      headers.authorization = authorization;
    }
    return this.#transport.send({ method: "GET", url: target, headers, limit: TOKEN_LIMIT });
  }
}

function basic(credentials: Credentials): string | undefined {
  if (credentials.kind !== "password") {
    return undefined;
  }
  const { username, password } = credentials;
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

function isRefusal({ status }: HttpResponse): boolean {
  return status === 401 || status === 403;
}

function nameOf(credentials: Credentials): string {
  return credentials.kind === "password" ? `the user "${credentials.username}"` : "the identity token";
}
