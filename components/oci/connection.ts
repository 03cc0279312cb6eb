/** How to reach one registry; plain JSON. Paths are resolved by the caller. */
export interface RegistryConnection {
  /** `host[:port]` */
  host: string;
  /** PEM file of the CA that issued the registry's certificate: the one CA that the registry itself is trusted by. */
  caFile?: string;
  /** Docker configuration directory whose `config.json` has the login; without it the anonymous user. */
  dockerConfig?: string;
  /** A login that was given by hand, instead of one in `dockerConfig`: never in state. `source` is for messages. */
  login?: { username: string; password: string; source: string };
  /** Speaks HTTP without TLS to this host, as `notation --insecure-registry`. Off when absent. */
  plainHttp?: boolean;
  /**
   * Without a `caFile`: trusts the machine's CAs, and SSL_CERT_FILE and SSL_CERT_DIR, as tools written in Go do. When absent,
   * the public CAs that Node.js brings along.
   */
  systemRoots?: boolean;
}

/** notation speaks plain HTTP to the name `localhost` with a port, and to no other host unless it is told to. */
export function isPlainHttpByDefault(host: string): boolean {
  return /^localhost:[0-9]+$/.test(host);
}

/** Where a registry's API is: Docker Hub serves that of `docker.io` under another name. Ends with a slash. */
export function originOf({ host, plainHttp = false }: RegistryConnection): URL {
  const name = host === "docker.io" ? "registry-1.docker.io" : host;
  return new URL(`${plainHttp ? "http" : "https"}://${name}/`);
}
