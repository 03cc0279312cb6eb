import { shellWord } from "../../components/shellWord";

/** What `npm run login -- --json` prints; the login itself is in no output. */
export interface ClientLogin {
  readonly registry: string;
  readonly username: string;
  readonly directory: string;
  /** Of the registry's certificate. */
  readonly issuer: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** The same for a person. */
export function loginWords({ registry, username, directory, issuer, environment }: ClientLogin): string {
  const host = new URL(registry).host;
  return [
    `Login of ${username} for ${host}, and the trust, are in ${directory}. Use them:`,
    ...Object.entries(environment).map(([name, value]) => `  export ${name}=${shellWord(value)}`),
    ...wordsOnRoot({ host, issuer, ca: environment.SSL_CERT_FILE }),
  ].join("\n");
}

/** What a client needs that an environment can't give: Docker Engine, which pulls, has a place of its own for roots. */
function wordsOnRoot({ host, issuer, ca }: { host: string; issuer: string; ca: string | undefined }): string[] {
  const place = `/etc/docker/certs.d/${host}/ca.crt`;
  const from = `The registry's certificate is issued by ${issuer}`;
  if (ca === undefined) {
    return [`${from}. A machine that doesn't trust it needs its root, as ${place} for \`docker pull\`.`];
  }
  return [
    `${from}, which clients don't know. notation and breakwater find its root by SSL_CERT_FILE,`,
    "and with that set they trust no other; Docker Engine, on each machine that pulls, after this as root:",
    `  install -D -m 644 ${shellWord(ca)} ${shellWord(place)}`,
  ];
}
