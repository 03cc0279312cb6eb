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
  /** The readings under way; a write makes them stale. */
  readonly #reading = new Map<string, Set<{ stale: boolean }>>();

  /** Reads by `read`, and keeps the result unless the index is written meanwhile. */
  async read(key: string, read: () => Promise<ReferrersIndex>): Promise<ReferrersIndex> {
    const reading = { stale: false };
    const all = this.#reading.get(key) ?? new Set();
    this.#reading.set(key, all.add(reading));
    try {
      const readAt = performance.now();
      const index = await read();
      if (!reading.stale) this.#keep(key, { index, readAt });
      return index;
    } finally {
      all.delete(reading);
      if (all.size === 0) this.#reading.delete(key);
    }
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
    this.#forget(key);
    try {
      return await write();
    } finally {
      this.#forget(key);
    }
  }

  #keep(key: string, kept: Kept): void {
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }

  #forget(key: string): void {
    this.#kept.delete(key);
    for (const reading of this.#reading.get(key) ?? []) reading.stale = true;
  }
}
