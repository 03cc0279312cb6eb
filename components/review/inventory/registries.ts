import type { RegistryConnection } from "../../oci/connection";
import type { Descriptor } from "../../oci/descriptor";
import { Repository } from "../../oci/repository";
import type { InventoryContext } from "./context";
import { RegistrySignatures } from "./registrySignatures";

/** A repository as an inventory reads it. */
export interface OpenRepository {
  readonly scope: string;
  readonly signatures: RegistrySignatures;
  /** What a tag or digest names now; undefined when there is nothing. */
  resolve(tagOrDigest: string): Promise<Descriptor | undefined>;
}

/** The repositories that one inventory reads, each opened once. */
export class Registries {
  readonly #context: InventoryContext;
  readonly #open = new Map<string, OpenRepository>();

  constructor(context: InventoryContext) {
    this.#context = context;
  }

  /** Throws OciError REFERENCE_INVALID, CA_FILE_UNREADABLE, CREDENTIALS_INVALID. */
  open(host: string, name: string): OpenRepository {
    const place = `${host}/${name}`;
    const opened = this.#open.get(place) ?? this.openBy(this.#context.connectionTo(host), name);
    this.#open.set(place, opened);
    return opened;
  }

  /** By a connection of its own. */
  openBy(connection: RegistryConnection, name: string): OpenRepository {
    const { health, cache } = this.#context;
    const repository = new Repository({ connection, repository: name });
    return {
      scope: repository.scope,
      signatures: new RegistrySignatures(repository, health, cache),
      resolve: (tagOrDigest) => health.ask(repository.host, () => repository.resolve(tagOrDigest)),
    };
  }
}
