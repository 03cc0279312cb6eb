import { Resolver } from "node:dns/promises";
import { authoritativeServers } from "./authoritativeServers";
import type { DnsRecord } from "./dns01Records";
import { CertificateError } from "./error";

/** How it is known that the ACME server will find the records. */
export interface Propagation {
  /** Only wait so long, without a look; for a machine that can't ask the name servers. */
  readonly waitSeconds?: number;
  /** Who is asked, `ADDRESS` or `ADDRESS:PORT`; when left out, the name servers of the zone. */
  readonly nameservers?: readonly string[];
  /** How long they are asked at most; 300 when left out. */
  readonly timeoutSeconds?: number;
}

const TIMEOUT_SECONDS = 300;
const PAUSE_MS = 2_000;
/** Where the zone's name servers can't be found. */
const FALLBACK_SECONDS = 60;

/** Returns when every name server that answers has all records. */
export async function awaitPropagation(records: readonly DnsRecord[], propagation: Propagation = {}): Promise<void> {
  const { waitSeconds, nameservers, timeoutSeconds = TIMEOUT_SECONDS } = propagation;
  if (waitSeconds !== undefined) return await sleep(waitSeconds * 1000);
  const until = Date.now() + timeoutSeconds * 1000;
  for (const record of records) {
    const place = nameservers
      ? { name: record.name, servers: nameservers }
      : await authoritativeServers(record.name, new Resolver({ timeout: 3_000, tries: 2 }));
    if (place === undefined) {
      console.log(`the name servers of ${record.name} are not found: ${FALLBACK_SECONDS} s are waited instead`);
      await sleep(FALLBACK_SECONDS * 1000);
      return;
    }
    for (;;) {
      const missing = await whereMissing(place.name, place.servers, record.value);
      if (missing === "") break;
      if (Date.now() >= until) throw notPropagated(record, missing, timeoutSeconds);
      await sleep(Math.min(PAUSE_MS, Math.max(0, until - Date.now())));
    }
  }
}

/** Which servers don't have the value, in words; empty when all that answer have it, and one does. */
async function whereMissing(name: string, servers: readonly string[], value: string): Promise<string> {
  const found = await Promise.all(servers.map((server) => hasValue(name, server, value)));
  const without = servers.filter((_, at) => found[at] === false);
  if (without.length > 0) return `${without.join(", ")} answer without it`;
  return found.includes(true) ? "" : `none of ${servers.join(", ")} answers`;
}

/** Undefined when the server does not answer: it may be out of order, or not be reached from here. */
async function hasValue(name: string, server: string, value: string): Promise<boolean | undefined> {
  const resolver = new Resolver({ timeout: 3_000, tries: 2 });
  resolver.setServers([server]);
  try {
    return (await resolver.resolveTxt(name)).some((parts) => parts.join("") === value);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === "ENODATA" || code === "ENOTFOUND" ? false : undefined;
  }
}

function notPropagated(record: DnsRecord, missing: string, seconds: number): CertificateError {
  return new CertificateError(
    "CHALLENGE_NOT_PROPAGATED",
    `the hook said that the TXT record ${record.name} is there, but after ${seconds} s ${missing}. The ACME server was not ` +
      "asked to look, so nothing is lost: look at what the hook does, or raise the challenge's `timeoutSeconds`, and run the " +
      "command again",
  );
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
