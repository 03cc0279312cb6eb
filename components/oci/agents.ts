import { createSecureContext, rootCertificates } from "node:tls";
import { Agent } from "undici";
import { systemRoots } from "./systemRoots";

const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 30_000;
/** For each host. More make a batch no faster, and each costs both sides a TLS handshake. */
const CONNECTIONS = 16;

/** What a registry is trusted by. */
export interface Roots {
  /** PEM: the registry itself is trusted by this alone. */
  ca?: string | undefined;
  /** See RegistryConnection. */
  system?: boolean | undefined;
}

/** Open connections to one registry and to the hosts that it refers to. */
export class Agents {
  readonly registry: Agent;
  readonly #roots: Roots;
  #others: Agent | undefined;

  constructor(roots: Roots) {
    this.#roots = roots;
    this.registry = createAgent(roots.ca === undefined ? this.#machine() : [roots.ca]);
  }

  /** Token servers and blob stores elsewhere often have a public certificate although the registry's is private. */
  get others(): Agent {
    const { ca } = this.#roots;
    this.#others ??= ca === undefined ? this.registry : createAgent([...(this.#machine() ?? rootCertificates), ca]);
    return this.#others;
  }

  /** Undefined for those that Node.js brings along. */
  #machine(): readonly string[] | undefined {
    const roots = this.#roots.system === true ? systemRoots() : [];
    return roots.length > 0 ? roots : undefined;
  }
}

function createAgent(ca: readonly string[] | undefined): Agent {
  // One context for all connections: to parse a hundred certificates for each would cost more than the handshake.
  const trust = ca === undefined ? {} : { secureContext: createSecureContext({ ca: [...ca] }) };
  return new Agent({
    connections: CONNECTIONS,
    connect: { timeout: CONNECT_TIMEOUT_MS, ...trust },
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
}
