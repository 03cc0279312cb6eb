/** `work` of each item, at most `most` at a time, in the items' order. A failure ends it when its turn comes. */
export async function* concurrently<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  most: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const underWay: Promise<Result>[] = [];
  for await (const item of items) {
    const result = work(item);
    result.catch(() => undefined); // It is looked at in its turn.
    underWay.push(result);
    if (underWay.length >= most) yield (await underWay.shift()) as Result;
  }
  for (const result of underWay) yield await result;
}
