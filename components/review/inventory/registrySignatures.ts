import type { Descriptor } from "../../notary/descriptor";
import type { SignatureRepository } from "../../notary/signatureRepository";
import type { Repository } from "../../oci/repository";
import { OciSignatureRepository } from "../../oci/signatureRepository";
import type { ContentCache } from "./contentCache";
import type { RegistryHealth } from "./registryHealth";

/** The signatures of a repository: their lists are asked for each time, their content comes from the cache once it was read. */
export class RegistrySignatures implements SignatureRepository {
  readonly scope: string;
  readonly #host: string;
  readonly #source: OciSignatureRepository;
  readonly #health: RegistryHealth;
  readonly #cache: ContentCache | undefined;

  constructor(repository: Repository, health: RegistryHealth, cache: ContentCache | undefined) {
    this.scope = repository.scope;
    this.#host = repository.host;
    this.#source = new OciSignatureRepository(repository);
    this.#health = health;
    this.#cache = cache;
  }

  listSignatures(subject: Descriptor): Promise<Descriptor[]> {
    return this.#ask(() => this.#source.listSignatures(subject));
  }

  fetchManifest(manifest: Descriptor): Promise<Buffer> {
    const fetch = () => this.#ask(() => this.#source.fetchManifest(manifest));
    return this.#cache?.get("manifest", manifest, fetch) ?? fetch();
  }

  fetchEnvelope(envelope: Descriptor): Promise<Buffer> {
    const fetch = () => this.#ask(() => this.#source.fetchEnvelope(envelope));
    return this.#cache?.get("blob", envelope, fetch) ?? fetch();
  }

  /** A review changes nothing. */
  async pushSignature(): Promise<never> {
    throw new TypeError("an inventory pushes no signature");
  }

  #ask<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    return this.#health.ask(this.#host, ask);
  }
}
