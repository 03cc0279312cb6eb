import "reflect-metadata";
import { AuthorityKeyIdentifierExtension, X509Certificate } from "@peculiar/x509";
import { fetchDirectory } from "./acmeClient";
import { AcmeProblem, readRetryAfter } from "./acmeProblem";
import type { AcmeServer } from "./acmeServer";
import { exchange } from "./acmeTransport";
import { parseChain } from "./chain";
import type { RenewalInfo, RenewalWindow } from "./renewal";

const HOUR_MS = 3_600_000;
/** After a failure, and where the server does not say when it wants to be asked again (RFC 9773 § 4.3.3). */
const ASKED_AGAIN_MS = 6 * HOUR_MS;
/** Limits of what the server may say of it (RFC 9773 § 4.3.2). */
const [ASKED_AGAIN_MIN_MS, ASKED_AGAIN_MAX_MS] = [60_000, 24 * HOUR_MS];
const TIMEOUT_MS = 8_000;

/**
 * Asks the server when it suggests to renew a certificate (RFC 9773 § 4). Without an answer that makes sense, what was known
 * before stays. Never throws.
 */
export async function askRenewalInfo(
  server: AcmeServer,
  chain: string,
  now: Date,
  known?: RenewalInfo,
): Promise<RenewalInfo> {
  const before = known?.window && { window: known.window };
  try {
    const { renewalInfo } = await fetchDirectory(server, 0);
    if (renewalInfo === undefined) return { askAfter: after(now, ASKED_AGAIN_MAX_MS) };
    const url = `${renewalInfo}/${certificateId(chain)}`;
    const { headers, body } = await exchange(url, { timeoutMs: TIMEOUT_MS, retries: 0 });
    const window = readWindow(JSON.parse(body));
    const again = readRetryAfter(headers["retry-after"], now);
    return {
      ...(window ? { window } : before),
      askAfter: after(now, again ? again.getTime() - now.getTime() : ASKED_AGAIN_MS),
    };
  } catch (error) {
    const again = error instanceof AcmeProblem ? error.retryAfter : undefined;
    return { ...before, askAfter: after(now, Math.max(ASKED_AGAIN_MS, again ? again.getTime() - now.getTime() : 0)) };
  }
}

/** Undefined for a window that ends before it begins, which is as good as none (RFC 9773 § 4.2). */
function readWindow(body: unknown): RenewalWindow | undefined {
  const { suggestedWindow, explanationURL } = (body ?? {}) as Record<string, unknown>;
  const { start, end } = (suggestedWindow ?? {}) as Record<string, unknown>;
  const [from, to] = [Date.parse(String(start)), Date.parse(String(end))];
  if (!(from < to)) return undefined;
  const explained = typeof explanationURL === "string" && /^https?:\/\/[\x21-\x7e]{1,500}$/.test(explanationURL);
  return {
    start: new Date(from).toISOString(),
    end: new Date(to).toISOString(),
    ...(explained && { explanation: explanationURL }),
  };
}

/** The certificate's identifier (RFC 9773 § 4.1): issuer's key identifier and serial number, each as base64url. */
export function certificateId(chain: string): string {
  const [leaf] = parseChain(chain);
  if (leaf === undefined) throw new Error("the chain holds no certificate");
  const certificate = new X509Certificate(leaf.raw);
  const keyId = certificate.getExtension(AuthorityKeyIdentifierExtension)?.keyId;
  if (keyId === undefined) throw new Error("the certificate does not identify its issuer's key");
  let serial = certificate.serialNumber;
  if (/^[89a-f]/i.test(serial)) serial = `00${serial}`; // DER: a positive integer
  return [keyId, serial].map((hex) => Buffer.from(hex, "hex").toString("base64url")).join(".");
}

function after(now: Date, ms: number): string {
  const bounded = Math.min(ASKED_AGAIN_MAX_MS, Math.max(ASKED_AGAIN_MIN_MS, ms));
  return new Date(now.getTime() + bounded).toISOString();
}
