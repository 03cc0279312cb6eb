import { quoted } from "../quoted";
import type { ArtifactVerdict, Outcome, SignatureVerdict } from "./verdict";

/** One line for people: which statement decided, which validation failed, its code and the reason
 * (trust-store-trust-policy.md § Signature Verification > Steps). */
export function ruleThatFailed(verdict: ArtifactVerdict): string {
  const statement =
    verdict.statement === null
      ? "no trust policy statement"
      : `trust policy statement ${quoted(verdict.statement)} (${verdict.level})`;
  if (verdict.verdict !== "failed") return `${statement}: ${verdict.verdict}`;
  const signature = nearest(verdict.signatures);
  if (!signature) return `${statement}: ${verdict.code}: ${verdict.message}`;
  const outcome = decisive(signature);
  const validation = outcome ? `${outcome.validation} failed` : "the signature failed";
  const others = verdict.signatures.length > 1 ? ` (the nearest of ${verdict.signatures.length} signatures)` : "";
  const limit = verdict.code === "MAX_SIGNATURES_REACHED" ? `; ${verdict.code}: ${verdict.message}` : "";
  return `${statement}: ${validation}: ${signature.code}: ${signature.message}${others}${limit}`;
}

/** The signature that came furthest. */
function nearest(signatures: readonly SignatureVerdict[]): SignatureVerdict | undefined {
  return [...signatures].sort((left, right) => right.outcomes.length - left.outcomes.length)[0];
}

function decisive({ outcomes }: SignatureVerdict): Outcome | undefined {
  return outcomes.find(({ action, result }) => action === "enforce" && result === "failed");
}
