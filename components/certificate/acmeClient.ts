import { readFile } from "node:fs/promises";
import { Agent } from "node:https";
import * as acme from "acme-client";
import { messageOf } from "../errors";
import { resolvePath } from "../files/paths";
import { CertificateError, type CertificateErrorCode } from "./error";

export interface AcmeServer {
  /** Directory URL (RFC 8555 § 7.1.1). */
  readonly url: string;
  /** PEM file, relative to the project's folder, with the certificate of a private ACME server. */
  readonly caFile?: string;
  /** Where a test server shows the root that it made at its start; public ones have none. */
  readonly rootUrl?: string;
}

/** acme-client has one HTTP client for all servers, so the private CAs are kept by the server's origin. */
const agents = new Map<string, Agent>();
acme.axios.interceptors.request.use((config) => {
  const { origin, hostname } = new URL(config.url ?? "");
  const agent = agents.get(origin);
  if (agent !== undefined) config.httpsAgent = agent;
  if (hostname === "127.0.0.1") config.proxy = false; // what HTTPS_PROXY names can't reach this machine's loopback
  return config;
});
// A server that is down is said so within seconds, not after its defaults' 25.
Object.assign(acme.axios.defaults, { timeout: 20_000, acmeSettings: { retryMaxAttempts: 2, retryDefaultDelay: 1 } });

/** A client whose account exists: a server that has forgotten it (accountDoesNotExist) registers the same key again. */
export async function connectAcme(server: AcmeServer, accountKey: string, contact?: string): Promise<acme.Client> {
  await trust(server);
  await fetchText(server.url).catch((error) => {
    throw acmeError("ACME_SERVER_UNREACHABLE", `the ACME server ${server.url} does not answer`, error);
  });
  const client = new acme.Client({
    directoryUrl: server.url,
    accountKey,
    backoffAttempts: 30,
    backoffMin: 200,
    backoffMax: 3_000,
  });
  try {
    await client.createAccount({ termsOfServiceAgreed: true, ...(contact && { contact: [`mailto:${contact}`] }) });
  } catch (error) {
    if (!hasAccount(client)) {
      throw acmeError("ACME_ACCOUNT_REFUSED", `the ACME server ${server.url} refused the account`, error);
    }
  }
  return client;
}

/** For a known key acme-client updates the account at once, which a server may refuse for want of a change; it is found. */
function hasAccount(client: acme.Client): boolean {
  try {
    return client.getAccountUrl() !== "";
  } catch {
    return false;
  }
}

/** The root certificate (PEM) that a test server shows; undefined for a public server. */
export async function fetchRoot(server: AcmeServer): Promise<string | undefined> {
  if (server.rootUrl === undefined) return undefined;
  await trust({ ...server, url: server.rootUrl });
  return await fetchText(server.rootUrl).catch((error) => {
    throw acmeError("ACME_SERVER_UNREACHABLE", `the ACME server does not show its root at ${server.rootUrl}`, error);
  });
}

/** An error of ours around one of the library's, which are prose without a code. */
export function acmeError(code: CertificateErrorCode, what: string, cause: unknown): CertificateError {
  return new CertificateError(code, `${what}: ${messageOf(cause)}. Mend that and run the command again`, { cause });
}

async function trust(server: AcmeServer): Promise<void> {
  if (server.caFile === undefined) return;
  agents.set(new URL(server.url).origin, new Agent({ ca: await readFile(resolvePath(server.caFile), "utf8") }));
}

async function fetchText(url: string): Promise<string> {
  const answer = await acme.axios.get(url, {
    responseType: "text",
    transformResponse: (text) => text,
    timeout: 8_000, // a first request takes no longer, unless nobody is there
  });
  if (answer.status !== 200) throw new Error(`GET ${url} answers ${answer.status}`);
  return answer.data;
}
