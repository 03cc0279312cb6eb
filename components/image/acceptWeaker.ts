import type { ArtifactVerdict, Outcome } from "../notary/verification/verdict";
import { PropertyError } from "../provider/definition";

/**
 * What a stack may accept by name though `strict` would not have let it pass: a validation that failed and was only logged, or
 * that was not enforced at all (trust-store-trust-policy.md § Signature Verification details); `skip` is a statement that
 * verifies nothing.
 */
export type Weaker = "authenticity" | "authenticTimestamp" | "expiry" | "revocation" | "skip";

export const WEAKER: readonly Weaker[] = ["authenticity", "authenticTimestamp", "expiry", "revocation", "skip"];

/** One thing that keeps a verdict from being trusted, and why, in words. */
export interface Weakness {
  readonly name: Weaker;
  readonly why: string;
}

/** In the order of evaluation; none for an image that is trusted in full. A failed verdict has no weakness: it is failed. */
export function weaknessesOf(verdict: ArtifactVerdict): Weakness[] {
  if (verdict.verdict === "failed") return [];
  if (verdict.verdict === "skipped") return [{ name: "skip", why: "nothing is verified" }];
  const outcomes = verdict.signatures.findLast((signature) => signature.verdict === "verified")?.outcomes ?? [];
  const weak = WEAKER.flatMap((name) => outcomes.filter(({ validation }) => validation === name)).flatMap(weaknessOf);
  if (verdict.enforced || weak.some(({ name }) => name === "authenticity")) return weak;
  // Though it passed: the policy would have let any other signer pass as well.
  return [{ name: "authenticity", why: "it is not enforced: anybody may have signed" }, ...weak];
}

function weaknessOf({ validation, result, code, message }: Outcome): Weakness[] {
  const name = WEAKER.find((weaker) => weaker === validation);
  if (name === undefined || result === "passed") return [];
  return [{ name, why: result === "skipped" ? "it is skipped" : `it failed and is only logged: ${code}: ${message}` }];
}

/** @throws PropertyError for a name that means nothing: it would accept less than somebody thinks. */
export function requireWeaker(names: readonly string[]): void {
  const unknown = names.find((name) => !WEAKER.some((weaker) => weaker === name));
  if (unknown === undefined) return;
  throw new PropertyError(
    "acceptWeaker",
    `${JSON.stringify(unknown)} is none of ${WEAKER.join(", ")}: use these names`,
  );
}
