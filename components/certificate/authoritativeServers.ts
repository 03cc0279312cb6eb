import type { Resolver } from "node:dns/promises";

const ALIASES_MAX = 8;

/** Where a record really is. */
export interface AuthoritativePlace {
  /** The name itself, or what its aliases (CNAME) lead to: `_acme-challenge` is often delegated so. */
  readonly name: string;
  /** Addresses of the name servers of its zone. */
  readonly servers: readonly string[];
}

/** Finds a name's zone and its name servers through `resolver`; undefined when they can't be found. */
export async function authoritativeServers(name: string, resolver: Resolver): Promise<AuthoritativePlace | undefined> {
  let target = name;
  for (let aliases = 0; aliases < ALIASES_MAX; aliases++) {
    const [alias] = await resolver.resolveCname(target).catch((): string[] => []);
    if (alias === undefined) break;
    target = alias;
  }
  // A top-level domain's servers have no records of the zones below.
  for (let zone = target; zone.includes("."); zone = zone.slice(zone.indexOf(".") + 1)) {
    const hosts = await resolver.resolveNs(zone).catch((): string[] => []);
    const addresses = await Promise.all(
      hosts.flatMap((host) => [
        resolver.resolve4(host).catch((): string[] => []),
        resolver.resolve6(host).catch((): string[] => []),
      ]),
    );
    const servers = [...new Set(addresses.flat())];
    if (servers.length > 0) return { name: target, servers };
  }
  return undefined;
}
