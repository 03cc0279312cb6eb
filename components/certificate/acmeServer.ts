/** A server of one's own, or of a test. */
export interface AcmeServer {
  /** Directory URL (RFC 8555 § 7.1.1). */
  readonly url: string;
  /** PEM file, relative to the project's folder, with the certificate of a private ACME server. */
  readonly caFile?: string;
  /** Where a test server shows the root that it made at its start; public ones have none. */
  readonly rootUrl?: string;
}

/** Public servers by name. What `letsencrypt-staging` issues is trusted by nobody; its rate limits are far higher. */
export type PublicAcmeServer = "letsencrypt" | "letsencrypt-staging";

const PUBLIC_SERVERS: Readonly<Record<PublicAcmeServer, string>> = {
  letsencrypt: "https://acme-v02.api.letsencrypt.org/directory",
  "letsencrypt-staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
};

export const PUBLIC_SERVER_NAMES = Object.keys(PUBLIC_SERVERS) as PublicAcmeServer[];

/** True for the name of a public server: a program may also pass a server's own description. */
export function isPublicServer(server: unknown): server is PublicAcmeServer {
  return PUBLIC_SERVER_NAMES.some((name) => name === server);
}

export function serverOf(server: AcmeServer | PublicAcmeServer): AcmeServer {
  return typeof server === "string" ? { url: PUBLIC_SERVERS[server] } : server;
}

/**
 * Who issues, as far as another one means another certificate: undefined for a test server on loopback, whose port and root
 * change whenever it is restarted.
 */
export function authorityOf(server: AcmeServer | PublicAcmeServer): string | undefined {
  if (typeof server === "string") return server;
  return ["127.0.0.1", "[::1]", "localhost"].includes(new URL(server.url).hostname) ? undefined : server.url;
}
