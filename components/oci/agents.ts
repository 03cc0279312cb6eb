import { checkServerIdentity, createSecureContext, rootCertificates } from "node:tls";
import { Agent, buildConnector } from "undici";
import { systemRoots } from "./systemRoots";

const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 30_000;
/** For each host. More make a batch no faster, and each costs both sides a TLS handshake. */
const CONNECTIONS = 16;

/** Where a registry is found, and what it is trusted by. */
export interface RegistryPlace {
  /** PEM: the registry itself is trusted by this alone. */
  ca?: string | undefined;
  /** See RegistryConnection. */
  system?: boolean | undefined;
  /** Who answers for the registry instead of the address that its name has; its certificate is checked for the name. */
  at?: { readonly hostname: string; readonly address: string } | undefined;
}

/** Open connections to one registry and to the hosts that it refers to. */
export class Agents {
  readonly registry: Agent;
  readonly #place: RegistryPlace;
  #others: Agent | undefined;

  constructor(place: RegistryPlace) {
    this.#place = place;
    this.registry = createAgent(place.ca === undefined ? this.#machine() : [place.ca], place.at);
  }

  /** Token servers and blob stores elsewhere often have a public certificate although the registry's is private. */
  get others(): Agent {
    const { ca, at } = this.#place;
    if (ca === undefined && at === undefined) return this.registry;
    this.#others ??= createAgent(ca === undefined ? this.#machine() : [...(this.#machine() ?? rootCertificates), ca]);
    return this.#others;
  }

  /** Undefined for those that Node.js brings along. */
  #machine(): readonly string[] | undefined {
    const roots = this.#place.system === true ? systemRoots() : [];
    return roots.length > 0 ? roots : undefined;
  }
}

function createAgent(ca: readonly string[] | undefined, at?: RegistryPlace["at"]): Agent {
  // One context for all connections: to parse a hundred certificates for each would cost more than the handshake.
  const trust = ca === undefined ? {} : { secureContext: createSecureContext({ ca: [...ca] }) };
  const connect = { timeout: CONNECT_TIMEOUT_MS, ...trust };
  return new Agent({
    connections: CONNECTIONS,
    connect: at === undefined ? connect : connectorTo(at, connect),
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
}

function connectorTo(
  { hostname, address }: NonNullable<RegistryPlace["at"]>,
  options: buildConnector.BuildOptions,
): buildConnector.connector {
  const connect = buildConnector({
    ...options,
    checkServerIdentity: (_, certificate) => checkServerIdentity(hostname, certificate),
  });
  return (asked, done) => connect({ ...asked, hostname: address }, done);
}
