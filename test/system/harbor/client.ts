import { createHash } from "node:crypto";
import { get, type RequestOptions, request } from "node:https";
import { connect } from "node:tls";
import { HOSTNAME, type Machine } from "./machine";

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly location: string;
}

export interface Asked {
  readonly method?: string;
  readonly password?: string;
  readonly body?: string | Buffer;
  readonly port?: number;
}

/** Asks the machine's Harbor as any client does: by its name, trusting the test's root. No connection is kept. */
export async function ask(machine: Machine, path: string, asked: Asked = {}): Promise<Answer> {
  const { method = "GET", password, body, port = machine.ports.https } = asked;
  const options: RequestOptions = {
    host: HOSTNAME,
    port,
    path,
    method,
    ca: machine.root.pem,
    agent: false,
    timeout: 10_000,
    headers: {
      ...(password !== undefined && { authorization: `Basic ${Buffer.from(`admin:${password}`).toString("base64")}` }),
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
        resolve({ status: response.statusCode ?? 0, body: text, location: response.headers.location ?? "" }),
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
export async function pushBlob(machine: Machine, password: string, content: string): Promise<string> {
  const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  const started = await ask(machine, "/v2/sample/blobs/uploads/", { method: "POST", password });
  const { pathname, search } = new URL(started.location, `https://${HOSTNAME}`);
  const separator = search === "" ? "?" : `${search}&`;
  const ended = await ask(machine, `${pathname}${separator}digest=${digest}`, {
    method: "PUT",
    password,
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

export interface Polling {
  /** Ends it; what it has met. */
  stop(): Promise<{ readonly answers: number; readonly failures: string[] }>;
}

/** A client that asks without a pause, with a connection for each request, and notes each answer that is not 200. */
export function startPolling(machine: Machine, path: string, ca: string): Polling {
  let [going, answers] = [true, 0];
  const failures: string[] = [];
  const poll = async () => {
    while (going) {
      await status(machine, path, ca).then(
        (found) => {
          answers++;
          if (found !== 200) failures.push(`status ${found}`);
        },
        (error: Error) => failures.push(error.message),
      );
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const pollers = [poll(), poll()];
  return {
    async stop() {
      going = false;
      await Promise.all(pollers);
      return { answers, failures };
    },
  };
}

async function status(machine: Machine, path: string, ca: string): Promise<number> {
  return await new Promise((resolve, reject) => {
    const asked = get(
      { host: HOSTNAME, port: machine.ports.https, path, ca, agent: false, timeout: 10_000 },
      (answer) => {
        answer.resume();
        answer.once("end", () => resolve(answer.statusCode ?? 0));
        answer.once("error", reject);
      },
    );
    asked.once("error", reject);
    asked.once("timeout", () => asked.destroy(new Error("no answer within 10 s")));
  });
}
