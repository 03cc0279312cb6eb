import { createHash } from "node:crypto";
import { type RequestOptions, request } from "node:https";
import { connect } from "node:tls";
import { HOSTNAME, type Machine } from "./machine";

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly location: string;
  /** How one is to log in. */
  readonly challenge: string;
}

export interface Asked {
  readonly method?: string;
  readonly password?: string;
  /** In place of the password. */
  readonly token?: string;
  /** The root that is trusted; the test's own when left out. */
  readonly ca?: string;
  readonly body?: string | Buffer;
  readonly port?: number;
}

/** Asks the machine's Harbor as any client does: by its name. No connection is kept. */
export async function ask(machine: Machine, path: string, asked: Asked = {}): Promise<Answer> {
  const { method = "GET", password, token, ca = machine.root.pem, body, port = machine.ports.https } = asked;
  const options: RequestOptions = {
    host: HOSTNAME,
    port,
    path,
    method,
    ca,
    agent: false,
    timeout: 10_000,
    headers: {
      ...(password !== undefined && { authorization: `Basic ${Buffer.from(`admin:${password}`).toString("base64")}` }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-length": Buffer.byteLength(body) }),
    },
  };
  return await new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.once("error", reject);
      response.once("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          body: text,
          location: response.headers.location ?? "",
          challenge: response.headers["www-authenticate"] ?? "",
        }),
      );
    });
    sent.once("error", reject);
    sent.once("timeout", () => sent.destroy(new Error("no answer within 10 s")));
    sent.end(body);
  });
}

/** The status of a login with this password. */
export async function login(machine: Machine, password: string): Promise<number> {
  return (await ask(machine, "/api/v2.0/users/current", { password })).status;
}

/** The release that answers. */
export async function runningRelease(machine: Machine, password: string): Promise<string> {
  const { body } = await ask(machine, "/api/v2.0/systeminfo", { password });
  return (JSON.parse(body) as { harbor_version: string }).harbor_version.replace(/^v|-.*$/g, "");
}

/** Puts a blob into the registry behind Harbor; returns its path. */
export async function pushBlob(
  machine: Machine,
  password: string,
  content: string,
  ca = machine.root.pem,
): Promise<string> {
  const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  const started = await ask(machine, "/v2/sample/blobs/uploads/", { method: "POST", password, ca });
  const { pathname, search } = new URL(started.location, `https://${HOSTNAME}`);
  const separator = search === "" ? "?" : `${search}&`;
  const ended = await ask(machine, `${pathname}${separator}digest=${digest}`, {
    method: "PUT",
    password,
    ca,
    body: content,
  });
  if (ended.status !== 201) throw new Error(`the upload answers ${ended.status}: ${ended.body}`);
  return `/v2/sample/blobs/${digest}`;
}

/** SHA-256 of the leaf that is served, in lower hex, whoever issued it. */
export async function servedCertificate(machine: Machine): Promise<string> {
  return await new Promise((resolve, reject) => {
    const socket = connect({
      host: "127.0.0.1",
      port: machine.ports.https,
      servername: HOSTNAME,
      rejectUnauthorized: false,
    });
    socket.once("secureConnect", () => {
      const { raw } = socket.getPeerCertificate();
      socket.destroy();
      resolve(createHash("sha256").update(raw).digest("hex"));
    });
    socket.once("error", reject);
  });
}

export interface Pulling {
  /** Ends it; how often it pulled, and what it met instead. */
  stop(): Promise<{ readonly pulls: number; readonly failures: string[] }>;
}

/**
 * A client of the registry that pulls a blob again and again without a pause, with a connection for each request, as Docker does:
 * `/v2/` tells where tokens are had, a token is had there, and opens `/v2/` and the blob.
 *
 * @param ca the root that it trusts
 */
export function startPulling(machine: Machine, blob: string, password: string, ca: string): Pulling {
  let [going, pulls] = [true, 0];
  const failures: string[] = [];
  const work = async () => {
    while (going) {
      await pull(machine, blob, password, ca).then(
        () => pulls++,
        (error: Error) => failures.push(error.message),
      );
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const workers = [work(), work()];
  return {
    async stop() {
      going = false;
      await Promise.all(workers);
      return { pulls, failures };
    },
  };
}

async function pull(machine: Machine, blob: string, password: string, ca: string): Promise<void> {
  const asked = async (path: string, expected: number, more: Asked = {}) => {
    const answer = await ask(machine, path, { ca, ...more });
    if (answer.status !== expected) throw new Error(`${path} answers ${answer.status}, not ${expected}`);
    return answer;
  };
  const { challenge } = await asked("/v2/", 401);
  const { pathname, search } = new URL(/realm="([^"]+)"/.exec(challenge)?.[1] ?? "");
  const { token } = JSON.parse((await asked(`${pathname}${search}`, 200, { password })).body) as { token: string };
  await asked("/v2/", 200, { token });
  await asked(blob, 200, { token });
}
