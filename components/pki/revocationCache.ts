/** Answers of OCSP responders and CRL servers by key, bounded in number and bytes; the oldest give way. */
export class RevocationCache {
  readonly #entries = new Map<string, { data: Buffer; until: number }>();
  readonly #underway = new Map<string, Promise<Buffer>>();
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxEntries = 256, maxBytes = 64 * 1024 * 1024) {
    this.#maxEntries = maxEntries;
    this.#maxBytes = maxBytes;
  }

  /**
   * What is kept under `key`, or what `ask` answers; who asks meanwhile gets the same answer, or the same error.
   * @param fresh what is kept already is passed over, and replaced
   * @param until until when an answer may be kept (ms since the epoch); undefined to keep it not at all
   */
  async get(
    key: string,
    now: () => Date,
    ask: () => Promise<Buffer>,
    until: (data: Buffer) => number | undefined,
    fresh = false,
  ): Promise<Buffer> {
    const entry = this.#entries.get(key);
    // At its nextUpdate a CRL is still good, a moment later it is not (notation-core-go crl isEffective).
    if (entry && !fresh && now().getTime() <= entry.until) return entry.data;
    this.#delete(key);
    const underway = this.#underway.get(key);
    if (underway) return underway;
    const answer = ask().finally(() => this.#underway.delete(key));
    this.#underway.set(key, answer);
    const data = await answer;
    const end = until(data);
    if (end !== undefined && end >= now().getTime()) this.#set(key, data, end);
    return data;
  }

  /** Number of answers and bytes that are kept. */
  get size(): { entries: number; bytes: number } {
    return { entries: this.#entries.size, bytes: this.#bytes };
  }

  #set(key: string, data: Buffer, until: number): void {
    if (data.length > this.#maxBytes) return;
    this.#delete(key);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < this.#maxEntries && this.#bytes + data.length <= this.#maxBytes) break;
      this.#delete(oldest);
    }
    this.#entries.set(key, { data, until });
    this.#bytes += data.length;
  }

  #delete(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.data.length;
  }
}
