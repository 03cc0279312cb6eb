import type { Random } from "../random";
import { CHAIN } from "./chain";
import { COSE_RECIPES } from "./cose";
import { DIFFERENT } from "./different";
import { JWS } from "./jws";
import { POLICY } from "./policy";
import type { Recipe } from "./recipe";
import { REVOCATION } from "./revocation";
import { SIGNED } from "./signed";
import { TIMESTAMP } from "./timestamp";
import { TRUST } from "./trust";

const SINGLE: readonly Recipe[] = [
  ...SIGNED,
  ...JWS,
  ...COSE_RECIPES,
  ...CHAIN,
  ...TRUST,
  ...TIMESTAMP,
  ...REVOCATION,
  ...POLICY,
  ...DIFFERENT,
];

/** What may be combined: the recipes that leave the document and the envelope legible. */
const COMBINED: readonly Recipe[] = [...SIGNED, ...CHAIN, ...TRUST, ...TIMESTAMP, ...REVOCATION].filter(
  ({ name }) => name !== "valid" && !name.startsWith("bytes"),
);

/** Two or three of them at once. */
export const MIXED: Recipe = { name: "mixed", weight: 20, change: () => undefined };

/** What a recipe does to a plan, change by change. */
export function changesOf(recipe: Recipe, random: Random): readonly Recipe[] {
  if (recipe !== MIXED) return [recipe];
  return Array.from({ length: random.between(2, 3) }, () => random.pick(COMBINED));
}

/** Every recipe as often as it is taken in one round. */
export const ROUND: readonly Recipe[] = [...SINGLE, MIXED].flatMap((recipe) =>
  Array.from({ length: recipe.weight ?? 1 }, () => recipe),
);
