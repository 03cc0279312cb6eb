import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { makeLoopbackTls } from "../../support/registries";
import { recording } from "../recording";

/** What the fake is asked. */
export interface Asked {
  method: string;
  /** With the query. */
  path: string;
  body: unknown;
  /** How often this method and path was asked for before. */
  before: number;
}

/** An answer; `text` instead of a JSON body, `cut` to close the connection: before an answer, or in the middle of it. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  text?: string;
  cut?: "before" | "within";
}

export interface Fake {
  readonly login: { url: string; ca: string; username: string; password: string };
  /** `METHOD path` in order. */
  readonly asked: string[];
  stop(): Promise<void>;
}

/** A server over TLS that answers as the test says: for faults and lists that nobody recorded. */
export async function startFake(answer: (asked: Asked) => Answer): Promise<Fake> {
  const { ca, certificate, key } = await makeLoopbackTls();
  const asked: string[] = [];
  const server = createServer({ cert: certificate, key }, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString("utf8");
    const { method = "", url: path = "" } = request;
    const before = asked.filter((earlier) => earlier === `${method} ${path}`).length;
    asked.push(`${method} ${path}`);
    const given = answer({ method, path, body: text === "" ? undefined : JSON.parse(text), before });
    if (given.cut === "before") {
      response.destroy();
      return;
    }
    const body = given.text ?? (given.body === undefined ? "" : JSON.stringify(given.body));
    response.writeHead(given.status ?? 200, { "content-type": "application/json", ...given.headers });
    if (given.cut === "within") response.write(body.slice(0, body.length / 2), () => response.destroy());
    else response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    login: { url, ca, username: "admin", password: "Any-Passw0rd" },
    asked,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The answer to the check of the login, which every client asks first; undefined for anything else. */
export function knownUser({ path }: Asked): Answer | undefined {
  return path === "/api/v2.0/users/current"
    ? { body: { user_id: 1, username: "admin", sysadmin_flag: true } }
    : undefined;
}

/** What was recorded, for a request that was not. */
export function recordedAnswer(name: string): Answer {
  const { status, body } = recording(name).response;
  return { status, body };
}
