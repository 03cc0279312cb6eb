import { readFile } from "node:fs/promises";
import * as acme from "acme-client";
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from "undici";
import { messageOf } from "../errors";
import { resolvePath } from "../files/paths";
import { AcmeProblem, readProblem, readRetryAfter } from "./acmeProblem";

const BODY_MAX = 2 ** 20;
const TIMEOUT_MS = 20_000;
const CONNECT_TIMEOUT_MS = 8_000; // nobody needs longer, unless nobody is there
const RETRIES = 2;
/** The longest that an answer may tell this process to wait before it tries again by itself. */
const WAIT_MAX_MS = 10_000;

/** One exchange with an ACME server; header names in lower case. */
export interface AcmeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** No answer was had: nobody is there, the connection was cut, or the server is not the one that is trusted. */
export class AcmeConnectionError extends Error {}

export interface AcmeExchange {
  readonly method?: "GET" | "HEAD" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs?: number;
  /** How often a cut connection or an error of the server's own (5xx) is tried again. */
  readonly retries?: number;
}

/** What each private server is trusted by, by its origin: the library has one HTTP client for all servers. */
const dispatchers = new Map<string, { ca: string; dispatcher: Dispatcher }>();
const publicServers = new EnvHttpProxyAgent({ connect: { timeout: CONNECT_TIMEOUT_MS } });
/** What HTTPS_PROXY names can't reach this machine's loopback. */
const loopback = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS } });

/** Trusts a private ACME server by the certificates of a PEM file. */
export async function trustServer(url: string, caFile: string): Promise<void> {
  const { origin } = new URL(url);
  const ca = await readFile(resolvePath(caFile), "utf8");
  const known = dispatchers.get(origin);
  if (known?.ca === ca) return;
  dispatchers.set(origin, { ca, dispatcher: new Agent({ connect: { ca, timeout: CONNECT_TIMEOUT_MS } }) });
  await known?.dispatcher.close();
}

/**
 * Sends one request to an ACME server.
 * @throws AcmeProblem for every answer of status 400 or more but `badNonce`, which the library answers with another nonce
 * @throws AcmeConnectionError when no answer is had
 */
export async function exchange(url: string, { retries = RETRIES, ...rest }: AcmeExchange = {}): Promise<AcmeAnswer> {
  for (let attempt = 0; ; attempt++) {
    let wait = 1_000 * (attempt + 1);
    try {
      const answer = await send(url, rest);
      const problem = problemOf(url, answer);
      if (problem === undefined) return answer;
      if (problem.status < 500 || attempt >= retries || isSpent(rest, problem)) throw problem;
      if (problem.retryAfter !== undefined) wait = Math.max(wait, problem.retryAfter.getTime() - Date.now());
      if (wait > WAIT_MAX_MS) throw problem;
    } catch (error) {
      if (error instanceof AcmeProblem) throw error;
      if (attempt >= retries || isFinal(error)) throw new AcmeConnectionError(messageOf(error), { cause: error });
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** A signed request that the server itself took has used up its nonce: sent again it would be refused for that alone. */
function isSpent({ method }: AcmeExchange, problem: AcmeProblem): boolean {
  return method === "POST" && problem.type !== "";
}

async function send(url: string, { method = "GET", headers, body, timeoutMs = TIMEOUT_MS }: AcmeExchange) {
  const { origin, hostname } = new URL(url);
  const answer = await request(url, {
    method,
    headers: { "user-agent": "breakwater", ...headers }, // RFC 8555 § 6.1 asks for one
    body: body ?? null,
    dispatcher: dispatchers.get(origin)?.dispatcher ?? (hostname === "127.0.0.1" ? loopback : publicServers),
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    signal: AbortSignal.timeout(timeoutMs),
  });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_MAX) throw new Error(`${url} answers with more than ${BODY_MAX} bytes`);
    chunks.push(chunk);
  }
  const single = Object.entries(answer.headers).map(([name, value]) => [name, [value ?? ""].flat().join(", ")]);
  return {
    status: answer.statusCode,
    headers: Object.fromEntries(single) as Record<string, string>,
    body: Buffer.concat(chunks).toString("utf8"),
  };
}

function problemOf(url: string, { status, headers, body }: AcmeAnswer): AcmeProblem | undefined {
  if (status < 400) return undefined;
  const retryAfter = readRetryAfter(headers["retry-after"], new Date());
  const problem = readProblem(parsed(body), status, retryAfter);
  if (problem?.type === "badNonce") return undefined;
  return problem ?? new AcmeProblem("", status, `${url} answers with HTTP status ${status}`, retryAfter);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Trust and names don't mend themselves within seconds, and who let one request time out may do it again. */
function isFinal(error: unknown): boolean {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  const name = error instanceof Error ? error.name : "";
  return /CERT|^UNABLE_TO_|^ERR_TLS_|^ENOTFOUND$|TIMEOUT/.test(String(code)) || name === "TimeoutError";
}

/**
 * Lets the library speak through `exchange`. Its own retries obey whatever `Retry-After` says, for hours, and its errors
 * are prose: neither the type of a problem nor that time can be read of them.
 */
export function installTransport(): void {
  acme.axios.defaults.adapter = async (config) => {
    const url = acme.axios.getUri(config);
    const method = String(config.method).toUpperCase() as NonNullable<AcmeExchange["method"]>;
    const type = config.headers.get("content-type");
    const agent = config.headers.get("user-agent");
    const headers = {
      ...(typeof type === "string" && { "content-type": type }),
      ...(typeof agent === "string" && { "user-agent": `breakwater ${agent}` }),
    };
    const body = typeof config.data === "string" ? { body: config.data } : {};
    // What this throws carries no configuration of a request: such an error would be retried by the library.
    const answer = await exchange(url, { method, headers, ...body });
    return { status: answer.status, data: answer.body, statusText: "", headers: { ...answer.headers }, config };
  };
}
