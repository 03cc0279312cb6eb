const queues = new Map<string, Promise<unknown>>();

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
