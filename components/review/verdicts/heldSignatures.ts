import type { Descriptor } from "../../notary/descriptor";
import type { SignatureRepository } from "../../notary/signatureRepository";

/** How much of one image's signatures is kept until it is judged on both sides, in bytes; the rest is fetched again. */
const MAX_HELD = 4 * 1024 * 1024;

/**
 * An image's signatures, read once for all who judge it: both sides see the same list and the same answers, also where that is an
 * error.
 */
export class HeldSignatures implements SignatureRepository {
  readonly scope: string;
  readonly #source: SignatureRepository;
  readonly #lists = new Map<string, Promise<Descriptor[]>>();
  readonly #contents = new Map<string, Promise<Buffer>>();
  #held = 0;

  constructor(source: SignatureRepository) {
    this.scope = source.scope;
    this.#source = source;
  }

  listSignatures(subject: Descriptor): Promise<Descriptor[]> {
    const key = keyOf("list", subject);
    const list = this.#lists.get(key) ?? this.#source.listSignatures(subject);
    this.#lists.set(key, list);
    return list;
  }

  fetchManifest(manifest: Descriptor): Promise<Buffer> {
    return this.#content(keyOf("manifest", manifest), manifest, () => this.#source.fetchManifest(manifest));
  }

  fetchEnvelope(envelope: Descriptor): Promise<Buffer> {
    return this.#content(keyOf("envelope", envelope), envelope, () => this.#source.fetchEnvelope(envelope));
  }

  /** A review changes nothing. */
  async pushSignature(): Promise<never> {
    throw new TypeError("a review pushes no signature");
  }

  #content(key: string, { size }: Descriptor, fetch: () => Promise<Buffer>): Promise<Buffer> {
    const kept = this.#contents.get(key);
    if (kept !== undefined) return kept;
    const content = fetch();
    if (this.#held + size <= MAX_HELD) {
      this.#held += size;
      this.#contents.set(key, content);
    }
    return content;
  }
}

function keyOf(kind: string, { mediaType, digest, size }: Descriptor): string {
  return `${kind} ${digest} ${size} ${mediaType}`;
}
