import { validPlan, Workshop } from "./baseline";
import type { Case } from "./case";
import type { Key, Spec } from "./keys";
import { buildCase } from "./plan";
import { Random } from "./random";
import { changesOf, ROUND } from "./recipes/index";
import { setAction } from "./recipes/recipe";

export interface Generated {
  recipe: string;
  /** Names of its changes. */
  changes: string[];
  question: Case;
}

/**
 * The case of an index: the same for the same seed and keys, but for the randomness of ECDSA and PSS.
 * @param without positions of changes to leave out, to find those that matter
 */
export function generate(
  seed: number,
  index: number,
  keys: ReadonlyMap<Spec, readonly Key[]>,
  without: ReadonlySet<number> = new Set(),
): Generated {
  const random = new Random(seed, index);
  const recipe = ROUND[index % ROUND.length];
  if (!recipe) throw new Error("there are no recipes");
  const shop = new Workshop(random, keys);
  const plan = validPlan(shop);
  const changes = changesOf(recipe, random).map((change, at) => ({ change, at }));
  const kept = changes.filter(({ at }) => !without.has(at));
  // Each with choices of its own, which stay the same when another change is left out.
  for (const { change, at } of kept) change.change(plan, shop.fork(new Random(seed, index, at + 1)));
  if (recipe.validation) {
    const even = ((index % ROUND.length) + Math.floor(index / ROUND.length)) % 2 === 0;
    setAction(plan, recipe.validation, even ? "enforce" : "log");
  }
  return { recipe: recipe.name, changes: kept.map(({ change }) => change.name), question: buildCase(plan) };
}
