import type { Flip, VerdictFacts } from "./report";

/** Images that flip for one cause. */
export interface FlipGroup {
  readonly cause: Omit<Flip, "reference" | "digest" | "tags">;
  readonly images: readonly Pick<Flip, "reference" | "digest" | "tags">[];
}

/** In the order of the first image of each. */
export function flipGroups(flips: readonly Flip[]): FlipGroup[] {
  const groups = new Map<string, { cause: FlipGroup["cause"]; images: FlipGroup["images"][number][] }>();
  for (const { reference, digest, tags, ...cause } of flips) {
    const { stack, towards, before, after, statement, validation, code, signer } = cause;
    const sides = [before, after].map((facts) => [facts.verdict, facts.enforced, facts.statement, facts.level]);
    const key = JSON.stringify([stack, towards, sides, statement, validation, code, signer?.thumbprint]);
    const group = groups.get(key);
    if (group) group.images.push({ reference, digest, tags });
    else groups.set(key, { cause, images: [{ reference, digest, tags }] });
  }
  return [...groups.values()];
}

/** `verified`, `failed`, `skipped`, and whether that binds. */
export function verdictWords({ verdict, enforced, statement }: VerdictFacts): string {
  if (verdict === "skipped") return "let through unverified";
  if (verdict === "verified") return enforced ? "verified" : "verified, but by anybody";
  return statement === null ? "failed, no statement applies" : "failed";
}

/** What `why` tells of, as words before it: the reason of the side that fails. */
export function reasonWords({ before, after }: Pick<Flip, "before" | "after">): string {
  if (after.verdict === "failed") return "Fails from now on";
  return before.verdict === "failed" ? "Failed until now" : "Why";
}
