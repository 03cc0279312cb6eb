import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { makeLoopbackTls, startOlareg, type TestRegistry } from "./registries";

const SIGNATURE = "application/vnd.cncf.notary.signature";

/**
 * Whom a gate lets read what is not signed: `signers` by a token that may push and an agent called `notation`, as Harbor 2.15
 * does; `nobody` where the installation switched that off; `off` for no gate at all.
 */
export type Gate = "signers" | "nobody" | "off";

/**
 * A real registry (olareg, with the referrers API) behind a gate that answers as Harbor was recorded to: tokens, 412 for a
 * manifest without a signature accessory, HEAD without a body, signatures readable, 404 for what is not there.
 */
export interface GatedRegistry extends Omit<TestRegistry, "kill" | "restart"> {
  gate: Gate;
  /** Whether tags may be pushed again, once they are there: an immutable tag rule over all of them. */
  immutable: boolean;
  /** Whether the project's quota is used up: no blob is taken any more. */
  isFull: boolean;
  /** Folder with the login of a user who may pull only. */
  readonly pullerConfigDirectory: string;
  /** `METHOD path status` of what clients sent, and the actions of every token. */
  readonly log: string[];
  /** The registry itself, behind the gate. */
  readonly behind: TestRegistry;
}

interface Identity {
  readonly password: string;
  readonly actions: readonly string[];
}

interface Token {
  readonly user: string;
  readonly access: Readonly<Record<string, readonly string[]>>;
}

const USERS: Readonly<Record<string, Identity>> = {
  "robot$notation-project+signer": { password: "signs all day", actions: ["pull", "push"] },
  "robot$notation-project+puller": { password: "only looks", actions: ["pull"] },
};

export async function startGated(gate: Gate): Promise<GatedRegistry> {
  const behind = await startOlareg();
  const directory = await mkdtemp(join(tmpdir(), "breakwater-gated-"));
  const tls = await makeLoopbackTls();
  const server = createServer({ cert: tls.certificate, key: tls.key }, (request, response) => {
    void new Exchange(registry, request, response).answer().catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(502);
      response.end(String(error));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeFile(join(directory, "ca.crt"), tls.ca);
  const [signer = "", puller = ""] = Object.keys(USERS);
  const loginOf = async (user: string, folder: string): Promise<string> => {
    await mkdir(join(directory, folder));
    const auth = Buffer.from(`${user}:${USERS[user]?.password}`).toString("base64");
    const config = JSON.stringify({ auths: { [host]: { auth } } });
    await writeFile(join(directory, folder, "config.json"), config, { mode: 0o600 });
    return join(directory, folder);
  };
  const registry: GatedRegistry = {
    gate,
    immutable: false,
    isFull: false,
    host,
    caFile: join(directory, "ca.crt"),
    dockerConfigDirectory: await loginOf(signer, "signer"),
    pullerConfigDirectory: await loginOf(puller, "puller"),
    username: signer,
    password: USERS[signer]?.password ?? "",
    log: [],
    behind,
    async stop() {
      server.closeAllConnections();
      server.close();
      await behind.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return registry;
}

class Exchange {
  readonly #registry: GatedRegistry;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #url: URL;

  constructor(registry: GatedRegistry, request: IncomingMessage, response: ServerResponse) {
    this.#registry = registry;
    this.#request = request;
    this.#response = response;
    this.#url = new URL(request.url ?? "/", `https://${registry.host}`);
    const { pathname } = this.#url;
    response.on("finish", () => registry.log.push(`${request.method} ${pathname} ${response.statusCode}`));
  }

  async answer(): Promise<void> {
    const { pathname } = this.#url;
    if (pathname === "/service/token") return this.#token();
    const token = readToken(this.#request.headers.authorization);
    if (token === undefined) return this.#unauthorized();
    const [, repository = "", kind = "", reference = ""] =
      /^\/v2\/(.+?)\/(manifests|blobs|referrers|tags)\/(.*)$/.exec(pathname) ?? [];
    const reads = this.#request.method === "GET" || this.#request.method === "HEAD";
    if (!token.access[repository]?.includes(reads ? "pull" : "push")) return this.#unauthorized();
    if (kind === "manifests" && reads && !(await this.#passes(repository, reference, token))) return this.#keptBack();
    if (kind === "manifests" && !reads && (await this.#isImmutable(repository, reference))) {
      // As recorded: immutable-overwrite-push. Harbor does not look whether it is the same content.
      const name = repository.split("/").slice(1).join("/");
      const message = `Failed to process request due to '${name}:${reference}' configured as immutable.`;
      return this.#json(412, { errors: [{ code: "PRECONDITION", message }] });
    }
    if (kind === "blobs" && !reads && this.#registry.isFull) {
      // As recorded: quota-exceeded-blob-post.
      const message =
        "subtracting 0 B of storage resource, which when updated to current usage of 35.8 KiB will exceed the configured upper limit of 10 B.";
      return this.#json(403, { errors: [{ code: "DENIED", message }] });
    }
    this.#forward();
  }

  async #isImmutable(repository: string, reference: string): Promise<boolean> {
    if (!this.#registry.immutable || reference.includes(":")) return false;
    return (await this.#behind(`/v2/${repository}/manifests/${reference}`)).status === 200;
  }

  /** A token is what it may do. As in Harbor, a login that is not known is answered as the anonymous user. */
  #token(): void {
    const [user = "", password] = decode(/^Basic (.+)$/.exec(this.#request.headers.authorization ?? "")?.[1]).split(
      ":",
    );
    const known = USERS[user]?.password === password ? (USERS[user]?.actions ?? []) : [];
    const access: Record<string, string[]> = {};
    for (const scope of this.#url.searchParams.getAll("scope")) {
      const [, repository = "", actions = ""] = /^repository:(.+):([a-z,]+)$/.exec(scope) ?? [];
      access[repository] = actions.split(",").filter((action) => known.includes(action));
      this.#registry.log.push(`token ${actions}`);
    }
    const token = Buffer.from(JSON.stringify({ user, access } satisfies Token)).toString("base64url");
    this.#json(200, { token, access_token: "", expires_in: 1800 });
  }

  async #passes(repository: string, reference: string, { access }: Token): Promise<boolean> {
    if (this.#registry.gate === "off") return true;
    const manifest = await this.#behind(`/v2/${repository}/manifests/${reference}`);
    if (manifest.status === 404) return true; // "newtag": 404, whatever the gate.
    const document = JSON.parse(manifest.text) as { artifactType?: string; config?: { mediaType?: string } };
    if ((document.artifactType ?? document.config?.mediaType) === SIGNATURE) return true;
    const listed = await this.#behind(`/v2/${repository}/referrers/${manifest.digest}`);
    const { manifests } = JSON.parse(listed.text) as { manifests: { artifactType?: string }[] | null };
    if (manifests?.some(({ artifactType }) => artifactType === SIGNATURE)) return true;
    const agent = this.#request.headers["user-agent"] ?? "";
    const signer = access[repository]?.includes("push") && agent.includes("notation");
    return this.#registry.gate === "signers" && signer === true;
  }

  /** Byte for byte what Harbor was recorded to answer: ct-pull-robot-pull-unsigned-by-tag-ua-docker, ct-head-unsigned. */
  #keptBack(): void {
    this.#json(412, {
      errors: [{ code: "PROJECTPOLICYVIOLATION", message: "The image is not signed by notation." }],
    });
  }

  #unauthorized(): void {
    const challenge = `Bearer realm="https://${this.#registry.host}/service/token",service="harbor-registry"`;
    const errors = [{ code: "UNAUTHORIZED", message: "unauthorized: unauthorized" }];
    this.#json(401, { errors }, { "www-authenticate": challenge });
  }

  #json(status: number, body: object, headers: Record<string, string> = {}): void {
    const text = JSON.stringify(body);
    this.#request.resume();
    this.#response.writeHead(status, {
      "content-type": "application/json; charset=utf-8",
      "content-length": Buffer.byteLength(text),
      ...headers,
    });
    this.#response.end(this.#request.method === "HEAD" ? undefined : text);
  }

  #forward(): void {
    const { host } = this.#registry.behind;
    const { authorization: _, ...headers } = this.#request.headers;
    const onward = httpsRequest(
      `https://${host}${this.#url.pathname}${this.#url.search}`,
      { method: this.#request.method, headers: { ...headers, host }, ca: this.#ca() },
      (answer) => {
        const given = { ...answer.headers };
        if (given.location !== undefined) given.location = given.location.replace(host, this.#registry.host);
        this.#response.writeHead(answer.statusCode ?? 502, given);
        answer.pipe(this.#response);
      },
    );
    onward.on("error", () => this.#response.destroy());
    this.#request.pipe(onward);
  }

  async #behind(path: string): Promise<{ status: number; text: string; digest: string }> {
    const accept = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json";
    const onward = httpsRequest(`https://${this.#registry.behind.host}${path}`, {
      headers: { accept },
      ca: this.#ca(),
    });
    onward.end();
    const [answer] = (await once(onward, "response")) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    const digest = String(answer.headers["docker-content-digest"] ?? "");
    return { status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString(), digest };
  }

  #ca(): Buffer {
    return readFileSync(this.#registry.behind.caFile);
  }
}

/** Basic on a request itself is a login, too, but opens no gate; no client here sends it. */
function readToken(authorization: string | undefined): Token | undefined {
  const text = /^Bearer (.+)$/.exec(authorization ?? "")?.[1];
  return text === undefined ? undefined : (JSON.parse(Buffer.from(text, "base64url").toString()) as Token);
}

function decode(base64: string | undefined): string {
  return Buffer.from(base64 ?? "", "base64").toString();
}
