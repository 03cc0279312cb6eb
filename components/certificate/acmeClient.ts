import * as acme from "acme-client";
import { AcmeProblem, explain, explainRateLimit } from "./acmeProblem";
import type { AcmeServer } from "./acmeServer";
import { AcmeConnectionError, exchange, installTransport, trustServer } from "./acmeTransport";
import { CertificateError, type CertificateErrorCode } from "./error";

installTransport();

/** What a server's directory offers (RFC 8555 § 7.1.1), as far as it is used here. */
export interface AcmeDirectory {
  /** Where renewal information is had (RFC 9773 § 3). */
  readonly renewalInfo?: string;
  readonly profiles: readonly string[];
}

export interface AcmeConnection {
  readonly client: acme.Client;
  readonly directory: AcmeDirectory;
}

/** A client whose account exists: a server that has forgotten it (accountDoesNotExist) registers the same key again. */
export async function connectAcme(server: AcmeServer, accountKey: string, contact?: string): Promise<AcmeConnection> {
  const directory = await fetchDirectory(server).catch((error) => {
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
  return { client, directory };
}

/** For a known key acme-client updates the account at once, which a server may refuse for want of a change; it is found. */
function hasAccount(client: acme.Client): boolean {
  try {
    return client.getAccountUrl() !== "";
  } catch {
    return false;
  }
}

const FIRST_ANSWER_MS = 8_000; // a first request takes no longer, unless nobody is there

/** @throws AcmeProblem, or what the connection throws */
export async function fetchDirectory(server: AcmeServer, retries?: number): Promise<AcmeDirectory> {
  if (server.caFile !== undefined) await trustServer(server.url, server.caFile);
  const { body } = await exchange(server.url, {
    timeoutMs: FIRST_ANSWER_MS,
    ...(retries !== undefined && { retries }),
  });
  const { renewalInfo, meta } = JSON.parse(body) as { renewalInfo?: unknown; meta?: { profiles?: unknown } };
  const profiles = meta?.profiles;
  return {
    ...(typeof renewalInfo === "string" && { renewalInfo }),
    profiles: profiles !== null && typeof profiles === "object" ? Object.keys(profiles) : [],
  };
}

/** The root certificate (PEM) that a test server shows; undefined for a public server. */
export async function fetchRoot(server: AcmeServer): Promise<string | undefined> {
  const { rootUrl, caFile } = server;
  if (rootUrl === undefined) return undefined;
  try {
    if (caFile !== undefined) await trustServer(rootUrl, caFile);
    return (await exchange(rootUrl, { timeoutMs: FIRST_ANSWER_MS })).body;
  } catch (error) {
    throw acmeError("ACME_SERVER_UNREACHABLE", `the ACME server does not show its root at ${rootUrl}`, error);
  }
}

/** True when the server did not decide: nobody answered, it was in trouble itself, or asks for patience. */
export function isPassing(error: unknown): boolean {
  if (error instanceof AcmeConnectionError) return true;
  return error instanceof AcmeProblem && (error.status >= 500 || error.status === 429 || error.type === "rateLimited");
}

/** An error of ours around one of the server's, in words; a rate limit, wherever it was met, has a code of its own. */
export function acmeError(code: CertificateErrorCode, what: string, cause: unknown): CertificateError {
  if (cause instanceof CertificateError) return cause;
  if (cause instanceof AcmeProblem && cause.type === "rateLimited") {
    const why = explainRateLimit(cause, new Date());
    return new CertificateError("ACME_RATE_LIMITED", `${what}: ${why}`, { cause });
  }
  if (cause instanceof AcmeConnectionError) {
    const why = `the ACME server does not answer (${cause.message})`;
    return new CertificateError("ACME_SERVER_UNREACHABLE", `${what}: ${why}. Run the command again when it does`, {
      cause,
    });
  }
  return new CertificateError(code, `${what}: ${explain(cause)}. Mend that and run the command again`, { cause });
}
