import { Resolver } from "node:dns";
import { isIP } from "node:net";
import { PropertyError } from "../provider/definition";
import { isUnknown } from "../provider/wire";
import { type AcmeServer, authorityOf, isPublicServer, PUBLIC_SERVER_NAMES, type PublicAcmeServer } from "./acmeServer";
import type { Challenge } from "./challenge";
import type { CertificateRequest } from "./order";

export interface AcmeCertificateInputs extends Omit<CertificateRequest, "server"> {
  readonly server: AcmeServer | PublicAcmeServer;
  /** Who issues, where another one means another certificate; found from the server. */
  readonly authority?: string;
  /** Relative to the project's folder; holds `chain.pem`, `key.pem` (0600) and, from a test server, `root.pem`. */
  readonly directory: string;
}

/** Completes the inputs. @throws PropertyError for what no ACME server can fulfil */
export function checkAcmeInputs(
  news: AcmeCertificateInputs,
  olds: Partial<AcmeCertificateInputs>,
): AcmeCertificateInputs {
  checkIdentifiers(news.identifiers);
  if (!isUnknown(news.challenge)) checkChallenge(news.challenge, news.identifiers);
  const { authority: _, ...inputs } = news;
  const authority = isUnknown(news.server) ? olds.authority : authorityOf(checkedServer(news.server));
  return { ...inputs, ...(authority !== undefined && { authority }) };
}

const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?$/i;

function checkIdentifiers(identifiers: readonly string[]): void {
  if (identifiers.length === 0) throw new PropertyError("identifiers", "name at least one host");
  for (const name of identifiers) {
    if (isUnknown(name) || isIP(name) !== 0) continue;
    const labels = name.replace(/^\*\./, "").split(".");
    if (name.length > 253 || labels.length < 2 || !labels.every((label) => LABEL.test(label))) {
      throw new PropertyError(
        "identifiers",
        `${JSON.stringify(name)} is neither an IP address nor a full DNS name in ASCII, such as registry.example.com`,
      );
    }
  }
}

function checkedServer(server: AcmeServer | PublicAcmeServer): AcmeServer | PublicAcmeServer {
  if (isPublicServer(server)) return server;
  if (typeof server === "object" && URL.canParse(server.url) && server.url.startsWith("https://")) return server;
  const names = PUBLIC_SERVER_NAMES.map((name) => JSON.stringify(name)).join(", ");
  throw new PropertyError(
    "server",
    `name a public ACME server (${names}) or give the https URL of another's directory`,
  );
}

function checkChallenge(challenge: Challenge, identifiers: readonly string[]): void {
  if (challenge.type === "http-01") {
    if (!Number.isInteger(challenge.port) || challenge.port < 1 || challenge.port > 65_535) {
      throw new PropertyError("challenge", `${challenge.port} is no port`);
    }
    const { httpsPort = 443 } = challenge.nginx ?? {};
    // RFC 8555 § 8.3 leaves redirects to the server; Let's Encrypt follows them to ports 80 and 443 alone. One that looks at
    // another port than 80 is a test's.
    if (challenge.port === 80 && httpsPort !== 443) {
      throw new PropertyError(
        "challenge",
        `nginx redirects to port ${httpsPort}, where no ACME server follows: the certificate could not be renewed. Take httpsPort 443, or dns-01`,
      );
    }
    const wildcard = identifiers.find((name) => name.startsWith("*."));
    if (wildcard !== undefined) {
      throw new PropertyError("challenge", `${wildcard} can only be had by a dns-01 challenge (RFC 8555 § 8.3)`);
    }
    return;
  }
  if (challenge.type !== "dns-01") throw new PropertyError("challenge", "its type is http-01 or dns-01");
  const address = identifiers.find((name) => isIP(name) !== 0);
  if (address !== undefined) {
    throw new PropertyError("challenge", `${address} can only be had by an http-01 challenge (RFC 8738 § 7)`);
  }
  if (!challenge.hook[0]) throw new PropertyError("challenge", "its hook names no command");
  const { nameservers, timeoutSeconds = 0, waitSeconds = 0 } = challenge.propagation ?? {};
  if (!(timeoutSeconds >= 0 && timeoutSeconds <= 3_600 && waitSeconds >= 0 && waitSeconds <= 3_600)) {
    throw new PropertyError("challenge", "its waiting times are seconds, an hour at most");
  }
  if (nameservers === undefined) return;
  try {
    if (nameservers.length === 0) throw new Error("there is none");
    new Resolver().setServers(nameservers);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PropertyError("challenge", `its name servers are addresses, with a port after a colon: ${why}`, {
      cause,
    });
  }
}
