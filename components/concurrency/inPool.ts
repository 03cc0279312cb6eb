/** Runs `work` for each item, at most `concurrency` at a time; the first failure ends it. */
export async function inPool<Item>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item, at: number) => Promise<unknown>,
): Promise<void> {
  const queue = items.entries(); // Each worker takes the next item from the one iterator.
  const worker = async () => {
    for (const [at, item] of queue) await work(item, at);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
}
