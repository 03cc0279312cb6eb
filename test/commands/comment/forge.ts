import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const TOKEN = "a-token-that-nobody-may-see";

export interface ForgeComment {
  id: number;
  body: string;
  author: string;
}

/** An answer in place of the one that the server would give. */
export interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The request does its work, and only its answer is lost. */
  readonly afterWork?: true;
  /** What happens meanwhile. */
  readonly meanwhile?: () => void;
}

/**
 * A server that answers as the APIs of GitHub (below /github) and GitLab (below /gitlab) are documented to, as far as comments go:
 * pages with `Link`, 401 for a wrong token, 404 for what is not there, 422 or 400 for a comment without text.
 */
export class Forge {
  readonly comments: ForgeComment[] = [];
  readonly log: string[] = [];
  /** Who holds the token; `bot` is a workflow of GitHub, which may not ask who it is. */
  login: "reviewer" | "bot" = "reviewer";
  /** Whom it answers otherwise, by `METHOD path-ending`; each once. */
  readonly refusals: { readonly on: string; readonly refusal: Refusal }[] = [];
  /** The most that it gives of a list at once, whatever is asked for. */
  pageMax = 100;
  pulls: object[] = [];
  files: object[] = [];
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  api(host: "github" | "gitlab"): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${host}`;
  }

  add(author: string, body: string): ForgeComment {
    const comment = { id: this.comments.length + 1, author, body };
    this.comments.push(comment);
    return comment;
  }

  refuse(on: string, refusal: Refusal): void {
    this.refusals.push({ on, refusal });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://forge");
    const call = `${request.method} ${pathname}`;
    this.log.push(call);
    const at = this.refusals.findIndex(
      ({ on }) => call.startsWith(on.split(" ")[0] ?? "") && call.endsWith(on.split(" ")[1] ?? ""),
    );
    const [refused] = at < 0 ? [] : this.refusals.splice(at, 1);
    refused?.refusal.meanwhile?.();
    if (refused?.refusal.afterWork === undefined && refused !== undefined) return send(response, refused.refusal);
    const answer =
      request.headers.authorization === `Bearer ${TOKEN}`
        ? this.#work(request.method ?? "", pathname, Buffer.concat(chunks).toString("utf8"))
        : { status: 401, body: { message: "Bad credentials" } };
    if (refused !== undefined) return send(response, refused.refusal);
    send(response, { status: answer.status, ...this.#paged(answer.body, searchParams) });
  }

  /** A list is given in pages; the next one is named, with an address that nobody should follow blindly. */
  #paged(body: unknown, query: URLSearchParams): Pick<Refusal, "headers" | "body"> {
    if (!Array.isArray(body)) return { body: JSON.stringify(body) };
    const size = Math.min(Number(query.get("per_page") ?? 30), this.pageMax);
    const number = Number(query.get("page") ?? 1);
    const links = [
      `<https://elsewhere.example/?page=1>; rel="first"`,
      ...(number * size < body.length ? [`<https://elsewhere.example/?page=${number + 1}>; rel="next"`] : []),
    ];
    return {
      headers: { link: links.join(", ") },
      body: JSON.stringify(body.slice((number - 1) * size, number * size)),
    };
  }

  #work(method: string, path: string, sent: string): { status: number; body: unknown } {
    const [, host, rest = ""] = /^\/(github|gitlab)(\/.*)$/.exec(path) ?? [];
    const isGithub = host === "github";
    if (rest === "/user") {
      if (isGithub && this.login === "bot")
        return { status: 403, body: { message: "Resource not accessible by integration" } };
      return { status: 200, body: isGithub ? { login: this.login, type: "User" } : { id: idOf(this.login) } };
    }
    if (rest === "/repos/acme/shop/pulls") return { status: 200, body: this.pulls };
    if (rest === "/repos/acme/shop/pulls/7/files") return { status: 200, body: this.files };
    if (rest === "/repos/acme/shop/pulls/7") return { status: 200, body: this.pulls[0] };
    const thread = isGithub ? "/repos/acme/shop/issues/7/comments" : "/projects/acme%2Fshop/merge_requests/7/notes";
    const one = isGithub ? "/repos/acme/shop/issues/comments/" : `${thread}/`;
    if (method === "GET" && rest === thread)
      return { status: 200, body: this.comments.map((comment) => shown(comment, isGithub)) };
    const { body } = sent === "" ? {} : (JSON.parse(sent) as { body?: string });
    if (method === "POST" && rest === thread) {
      if (body === undefined || body === "") return { status: 422, body: { message: "Validation Failed" } };
      return {
        status: 201,
        body: shown(this.add(isGithub && this.login === "bot" ? "github-actions[bot]" : this.login, body), isGithub),
      };
    }
    const comment = this.comments.find(({ id }) => rest === `${one}${id}`);
    if (comment === undefined || method !== (isGithub ? "PATCH" : "PUT"))
      return { status: 404, body: { message: "Not Found" } };
    comment.body = body ?? "";
    return { status: 200, body: shown(comment, isGithub) };
  }
}

function shown({ id, body, author }: ForgeComment, isGithub: boolean): object {
  if (!isGithub) return { id, body, author: { id: idOf(author), username: author } };
  const user = { login: author, type: author.endsWith("[bot]") ? "Bot" : "User" };
  return { id, body, user, html_url: `https://github.test/acme/shop/pull/7#issuecomment-${id}` };
}

function idOf(login: string): number {
  return [...login].reduce((sum, character) => sum * 31 + character.charCodeAt(0), 7) % 100_000;
}

function send(response: ServerResponse, { status, headers, body = "" }: Refusal): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(body);
}
