import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type LoopbackTls, makeLoopbackTls } from "../support/registries";
import { RIGHT_PASSWORD, recording } from "./recording";
import { failed, type Sent, StandInStore } from "./standInApi";

/**
 * What is to happen to a request beside its answer: the answer is lost, or the connection before anything is done; or Harbor
 * fails (500) before it does anything, or the proxy before it answers in its place (an HTML 502), when all is done.
 */
export type Fault = "lost" | "refused" | "failed" | "bad gateway" | undefined;

/**
 * A stand-in for Harbor, for the life of a resource from its creation to its end: it keeps things, which a replay of
 * recordings can't, and behaves as Harbor was recorded to (`standIn.test.ts`).
 */
export interface StandIn {
  readonly url: string;
  /** Another address of the same Harbor. */
  readonly otherUrl: string;
  readonly host: string;
  readonly caFile: string;
  readonly store: StandInStore;
  /** The administrator's; RIGHT_PASSWORD at first. */
  password: string;
  /** `METHOD /path`, without /api/v2.0, of all requests that would change something; forgets them. */
  mutations(): string[];
  fault: (request: string) => Fault;
  stop(): Promise<void>;
}

const LOCK_MS = 1_500;
/** For the sake of the tests' time; a real Harbor does not say when to come again. */
const AT_ONCE = { "retry-after": "0" };
const INTERNAL = recording("pg-down-project-get").response.body;
const HTML = String(recording("core-down-project-get").response.body);
let tls: Promise<LoopbackTls> | undefined;

export async function startStandIn(): Promise<StandIn> {
  tls ??= makeLoopbackTls();
  const { ca, certificate, key } = await tls;
  const directory = await mkdtemp(join(tmpdir(), "breakwater-harbor-"));
  const caFile = join(directory, "ca.crt");
  await writeFile(caFile, ca);

  const store = new StandInStore();
  let mutations: string[] = [];
  const lockedUntil = new Map<string, number>();
  const standIn = { password: RIGHT_PASSWORD, fault: (_request: string): Fault => undefined };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url = "" } = request;
    const [path = "", search] = url.split("?", 2);
    const name = `${method} ${path.replace("/api/v2.0", "")}`;
    const fault = standIn.fault(name);
    if (fault === "refused") return void request.socket.destroy();
    if (fault === "failed") return void response.writeHead(500, AT_ONCE).end(JSON.stringify(INTERNAL));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const login = await identify(request.headers.authorization);
    const reply = (status: number, body?: unknown, location?: string) => {
      if (fault === "lost") return void request.socket.destroy();
      if (fault === "bad gateway") return void response.writeHead(502, AT_ONCE).end(HTML);
      response.writeHead(status, {
        "content-type": "application/json",
        "set-cookie": "sid=1; Path=/; Secure; HttpOnly",
        ...(location !== undefined && { location }),
      });
      response.end(body === undefined ? "" : JSON.stringify(body));
    };
    if (login === undefined) return reply(401, { errors: [{ code: "UNAUTHORIZED", message: "unauthorized" }] });
    if (path === "/api/v2.0/users/current") {
      const refused = failed(412, "get current user not available for security context: robot");
      return login === "robot"
        ? reply(refused.status, refused.body)
        : reply(200, { user_id: 1, username: "admin", sysadmin_flag: true });
    }
    if (method !== "GET") mutations.push(name);
    if (login === "robot" || (method !== "GET" && request.headers.cookie !== undefined)) {
      return reply(403, { errors: [{ code: "FORBIDDEN", message: "forbidden" }] });
    }
    const text = Buffer.concat(chunks).toString("utf8");
    const answered = store.answer({
      method,
      parts: path.replace("/api/v2.0/", "").split("/").map(decodeURIComponent),
      query: new URLSearchParams(search),
      byName: request.headers["x-is-resource-name"] === "true",
      body: text === "" ? {} : (JSON.parse(text) as Sent),
    });
    return reply(answered.status, answered.body, answered.location);
  };

  /** A wrong password is answered after 1.5 s, and whoever has the right one is refused as long. */
  const identify = async (authorization = ""): Promise<"admin" | "robot" | undefined> => {
    const [, username = "", password] =
      /^([^:]*):(.*)$/s.exec(Buffer.from(authorization.replace("Basic ", ""), "base64").toString("utf8")) ?? [];
    if (performance.now() < (lockedUntil.get(username) ?? 0)) return undefined;
    if (username === "admin" && password === standIn.password) return "admin";
    const robot = store.robots.find((candidate) => store.fullName(candidate) === username);
    if (robot?.secret === password && robot?.disable === false) return "robot";
    lockedUntil.set(username, performance.now() + LOCK_MS);
    await sleep(LOCK_MS);
    return undefined;
  };

  const listen = async () => {
    const server = createServer({ cert: certificate, key }, (request, response) => {
      answer(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { server, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
  };
  const [{ server, host }, other] = await Promise.all([listen(), listen()]);
  return Object.assign(standIn, {
    url: `https://${host}`,
    otherUrl: `https://${other.host}`,
    host,
    caFile,
    store,
    mutations() {
      const seen = mutations;
      mutations = [];
      return seen;
    },
    async stop() {
      for (const one of [server, other.server]) {
        one.closeAllConnections();
        await new Promise((resolve) => one.close(resolve));
      }
      await rm(directory, { recursive: true, force: true });
    },
  });
}
