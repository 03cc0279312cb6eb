const queues = new Map<string, Promise<unknown>>();
const batches = new Map<string, { items: unknown[]; done: Promise<void> }>();

/** Runs `work` when all earlier work of this process with the same key has ended, however it ended. */
export async function inTurn<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
  const mine = (queues.get(key) ?? Promise.resolve()).then(work);
  const ended = mine.catch(() => undefined);
  queues.set(key, ended);
  try {
    return await mine;
  } finally {
    if (queues.get(key) === ended) {
      queues.delete(key);
    }
  }
}

/** As `inTurn`, for an item of many: what arrives while others of the key are at work is done all at once. */
export function inBatch<Item>(key: string, item: Item, work: (items: Item[]) => Promise<void>): Promise<void> {
  const waiting = batches.get(key);
  if (waiting !== undefined) {
    waiting.items.push(item);
    return waiting.done;
  }
  const items: Item[] = [item];
  const done = inTurn(key, () => {
    batches.delete(key);
    return work(items);
  });
  batches.set(key, { items, done });
  return done;
}
