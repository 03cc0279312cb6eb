/**
 * A Map that forgets its oldest entry when it is full: what is derived from certificates (signature-specification.md
 * § Certificate Requirements) comes from outside and must not fill the memory.
 */
export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value, computed once for as long as it is remembered; what `compute` throws is not remembered. */
  get(key: Key, compute: () => Value): Value {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const value = compute();
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= this.#max && oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(key, value);
    return value;
  }
}
