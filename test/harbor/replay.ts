import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type LoopbackTls, makeLoopbackTls } from "../support/registries";
import { matches, type Recording, type ReplayedRequest, recording, recordings } from "./recording";

export interface ReplayOptions {
  /** Recordings by name that answer in this order, each once: for what changes on the way. All must have been asked for. */
  sequence?: readonly string[];
  /** Recordings by name that answer any number of times. Absent: `users-current-admin` with a sequence, else all of them. */
  pool?: readonly string[];
  /** After a wrong password its user is locked for 1.5 s, and the answer waits as long, as Harbor's does. Off when absent. */
  locks?: boolean;
}

export interface Replay {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  readonly host: string;
  /** PEM, and a file with it. */
  readonly ca: string;
  readonly caFile: string;
  /** All that was asked, in order. */
  readonly requests: readonly ReplayedRequest[];
  /** Those that would change something. */
  mutations(): string[];
  /** The most requests that were under way at once. */
  readonly mostAtOnce: number;
  /** Another sequence from here on, behind what is left. */
  expect(...sequence: string[]): void;
  /** What no recording knew, and what of the sequence was not asked for. */
  problems(): string[];
  /** Ends the server. Throws an error that names the problems, if there are any. */
  stop(): Promise<void>;
}

const LOCK_MS = 1_500;
const READS: ReadonlySet<string> = new Set(["GET", "HEAD"]);
/** Node.js writes these itself. */
const OWN_HEADERS: ReadonlySet<string> = new Set(["connection", "content-length", "date", "transfer-encoding"]);

let tls: Promise<LoopbackTls> | undefined;

/**
 * A Harbor that only says what a real one was recorded to say: a request is answered by the recording with the same method,
 * path, login and body. One that no recording knows, or that several answer differently (name those wanted), is a problem.
 * The right password of every user is RIGHT_PASSWORD.
 */
export async function startReplay({ sequence = [], pool, locks = false }: ReplayOptions = {}): Promise<Replay> {
  tls ??= makeLoopbackTls();
  const { ca, certificate, key } = await tls;
  const directory = await mkdtemp(join(tmpdir(), "breakwater-replay-"));
  const caFile = join(directory, "ca.crt");
  await writeFile(caFile, ca);
  const left = sequence.map(recording);
  const always = (pool ?? (sequence.length > 0 ? ["users-current-admin"] : [...recordings().keys()])).map(recording);
  const requests: ReplayedRequest[] = [];
  const strangers: string[] = [];
  const lockedUntil = new Map<string, number>();
  let [underWay, mostAtOnce] = [0, 0];

  const choose = (asked: ReplayedRequest): Recording | undefined => {
    const [next] = left;
    if (next !== undefined && matches(next, asked)) return left.shift();
    const known = always.filter((candidate) => matches(candidate, asked));
    const [first] = known;
    if (first !== undefined && known.every((other) => sameAnswer(first, other))) return first;
    const names = known.map(({ name }) => name).join(", ");
    const wanted =
      next === undefined ? "" : `; next would be ${next.name}: ${next.request.method} ${next.request.path}`;
    strangers.push(
      `${asked.method} ${asked.path} as ${asked.username ?? "nobody"} with ${JSON.stringify(asked.body)} ` +
        (names === ""
          ? `is in no recording${wanted}`
          : `is answered differently by ${names}: name the one that is meant`),
    );
    return undefined;
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = await read(request);
    requests.push(asked);
    const { username = "" } = asked;
    if (locks && username !== "" && performance.now() < (lockedUntil.get(username) ?? 0)) {
      return reply(response, recording("login-correct-password-while-locked"));
    }
    const chosen = choose(asked);
    if (locks && chosen?.name.includes("wrong-password") === true) {
      lockedUntil.set(username, performance.now() + LOCK_MS);
      await sleep(LOCK_MS);
    }
    if (chosen !== undefined) return reply(response, chosen);
    response.writeHead(400, { "content-type": "application/json" });
    response.end(JSON.stringify({ errors: [{ code: "REPLAY", message: "no recording knows this request" }] }));
  };

  const server = createServer({ cert: certificate, key }, (request, response) => {
    mostAtOnce = Math.max(mostAtOnce, ++underWay);
    answer(request, response)
      .catch((error: unknown) => {
        strangers.push(String(error));
        response.destroy();
      })
      .finally(() => {
        underWay--;
      });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const problems = () => [...strangers, ...left.map(({ name }) => `nobody asked for ${name}`)];
  return {
    url: `https://${host}`,
    host,
    ca,
    caFile,
    requests,
    mutations: () => requests.filter(({ method }) => !READS.has(method)).map(({ method, path }) => `${method} ${path}`),
    get mostAtOnce() {
      return mostAtOnce;
    },
    expect: (...names) => left.push(...names.map(recording)),
    problems,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(directory, { recursive: true, force: true });
      if (problems().length > 0) throw new Error(`The replay of Harbor's recordings:\n${problems().join("\n")}`);
    },
  };
}

function sameAnswer({ response: a }: Recording, { response: b }: Recording): boolean {
  const said = (response: Recording["response"]) =>
    JSON.stringify([response.status, response.headers.Location, response.body]);
  return said(a) === said(b);
}

function reply(response: ServerResponse, { request, response: recorded }: Recording): void {
  const headers = Object.entries(recorded.headers).filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()));
  response.writeHead(recorded.status, Object.fromEntries(headers));
  const { body } = recorded;
  const isText = typeof body === "string" && !/json/.test(recorded.headers["Content-Type"] ?? "");
  response.end(body === null || request.method === "HEAD" ? "" : isText ? body : JSON.stringify(body));
}

async function read(request: IncomingMessage): Promise<ReplayedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  const [, username, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(basic ?? "", "base64").toString("utf8")) ?? [];
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    username,
    password,
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    body: text === "" ? null : json(text),
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
