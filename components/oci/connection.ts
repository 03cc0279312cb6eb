/** How to reach one registry; plain JSON. Paths are resolved by the caller. */
export interface RegistryConnection {
  /** `host[:port]` */
  host: string;
  /** PEM file of the CA that issued the registry's certificate; without it the public CAs are trusted. */
  caFile?: string;
  /** Docker configuration directory whose `config.json` has the login; without it the anonymous user. */
  dockerConfig?: string;
}
