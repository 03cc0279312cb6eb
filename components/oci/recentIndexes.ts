import type { Descriptor } from "./descriptor";

/** How old a listing may be that a write builds upon, in ms: so old at least, and some requests' time, but never a second. */
const MAX_AGE_MS = { least: 150, timesElapsed: 10, most: 1000 };
const MAX_KEPT = 1000;

export interface ReferrersIndex {
  entries: Descriptor[];
  /** The stored document, whose unknown members are kept; undefined when there is none yet. */
  document: Record<string, unknown> | undefined;
  /** How long the registry took to give it, in ms. */
  elapsedMs: number;
}

interface Kept {
  index: ReferrersIndex;
  readAt: number;
}

/**
 * Referrers indexes that were just read, for the write that often follows: who signs looks first whether there is a signature
 * already, and does not read the same index again. An index that this process writes is forgotten, also when it was being read
 * meanwhile. What another process adds between the reading and the writing is not seen; the less time lies between the two,
 * the less likely that is, so that only young ones are given.
 */
export class RecentIndexes {
  readonly #kept = new Map<string, Kept>();
  readonly #writes = new Map<string, number>();

  /** Reads by `read`, and keeps the result unless the index is written meanwhile. */
  async read(key: string, read: () => Promise<ReferrersIndex>): Promise<ReferrersIndex> {
    const before = this.#writes.get(key) ?? 0;
    const readAt = performance.now();
    const index = await read();
    if (before % 2 === 0 && (this.#writes.get(key) ?? 0) === before) {
      this.#kept.delete(key);
      this.#kept.set(key, { index, readAt });
      const [oldest] = this.#kept.keys();
      if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    }
    return index;
  }

  /** An index that was read so lately that a write may build upon it; it is given once. */
  take(key: string): ReferrersIndex | undefined {
    const kept = this.#kept.get(key);
    this.#kept.delete(key);
    if (kept === undefined) {
      return undefined;
    }
    const { least, most, timesElapsed } = MAX_AGE_MS;
    const limit = Math.min(Math.max(least, timesElapsed * kept.index.elapsedMs), most);
    return performance.now() - kept.readAt <= limit ? kept.index : undefined;
  }

  /** Writes by `write`; writes of one index follow one another. */
  async write<Result>(key: string, write: () => Promise<Result>): Promise<Result> {
    const turn = (): void => {
      this.#kept.delete(key);
      this.#writes.set(key, (this.#writes.get(key) ?? 0) + 1);
    };
    turn();
    try {
      return await write();
    } finally {
      turn();
    }
  }
}
