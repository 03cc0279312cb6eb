import { quoted } from "../quoted";
import type { ValidationType } from "../trust/document";
import type { ArtifactVerdict, Failure, Outcome, SignatureVerdict } from "./verdict";

/** What failed an artifact, as data (trust-store-trust-policy.md § Signature Verification > Steps). */
export interface DecisiveFailure extends Failure {
  /** The enforced validation; null where none was reached, or a check that no level can relax failed it. */
  readonly validation: ValidationType | null;
  /** The signature that it is of; null where none was evaluated. */
  readonly signature: SignatureVerdict | null;
}

/** One line for people: which statement decided, which validation failed, its code and the reason
 * (trust-store-trust-policy.md § Signature Verification > Steps). */
export function ruleThatFailed(verdict: ArtifactVerdict): string {
  const statement =
    verdict.statement === null
      ? "no trust policy statement"
      : `trust policy statement ${quoted(verdict.statement)} (${verdict.level})`;
  const failure = decisiveFailure(verdict);
  if (failure === undefined) return `${statement}: ${verdict.verdict}`;
  if (failure.signature === null) return `${statement}: ${failure.code}: ${failure.message}`;
  const validation = failure.validation === null ? "the signature failed" : `${failure.validation} failed`;
  const others = verdict.signatures.length > 1 ? ` (the nearest of ${verdict.signatures.length} signatures)` : "";
  const limit = verdict.code === "MAX_SIGNATURES_REACHED" ? `; ${verdict.code}: ${verdict.message}` : "";
  return `${statement}: ${validation}: ${failure.code}: ${failure.message}${others}${limit}`;
}

/**
 * What failed the signature with this digest, or the one that came furthest where none has it; what failed the artifact
 * where no signature was evaluated. Undefined unless the artifact failed.
 */
export function decisiveFailure(verdict: ArtifactVerdict, digest?: string): DecisiveFailure | undefined {
  if (verdict.verdict !== "failed") return undefined;
  const signature = verdict.signatures.find((each) => each.digest === digest) ?? nearest(verdict.signatures) ?? null;
  const validation = (signature && decisive(signature)?.validation) ?? null;
  const { code = "VERIFICATION_INCONCLUSIVE", message = "it gives no reason" } = signature ?? verdict;
  return { code, message, validation, signature };
}

/** The signature that came furthest. */
function nearest(signatures: readonly SignatureVerdict[]): SignatureVerdict | undefined {
  return [...signatures].sort((left, right) => right.outcomes.length - left.outcomes.length)[0];
}

function decisive({ outcomes }: SignatureVerdict): Outcome | undefined {
  return outcomes.find(({ action, result }) => action === "enforce" && result === "failed");
}
