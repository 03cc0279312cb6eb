import type { TrustDeclaration } from "../../../components/notary/trust/declaration";
import type { Flip, VerdictFacts } from "../../../components/review/report/report";
import type { CorpusImage } from "./corpus";
import type { CliVerdict } from "./notation";

/** What a review must say of one image: the CLI's verdict, and what the policy's text says of it. */
export type ExpectedFlip = Pick<Flip, "stack" | "reference" | "tags" | "towards" | "before" | "after" | "statement">;

export type Verdicts = ReadonlyMap<string, CliVerdict>;

export interface ExpectedSide {
  /** Undefined where there is none. */
  readonly trust: TrustDeclaration | undefined;
  readonly verdicts: Verdicts;
}

/** The flips, by reference, and the counts of the rest, that follow from the CLI's verdicts under both trusts. */
export function expectedOf(images: readonly CorpusImage[], stack: string, base: ExpectedSide, head: ExpectedSide) {
  const flips: ExpectedFlip[] = [];
  const unchanged = { verified: 0, failed: 0, skipped: 0 };
  for (const { reference, scope, tag } of images) {
    const [before, after] = [base, head].map((side) => factsOf(side, reference, scope)) as [VerdictFacts, VerdictFacts];
    if (before.verdict === after.verdict && before.enforced === after.enforced) {
      unchanged[after.verdict] += 1;
      continue;
    }
    const towards = trustIn(after) > trustIn(before) ? "trust" : "distrust";
    const statement = after.statement ?? before.statement;
    flips.push({ stack, reference, tags: [tag], towards, before, after, statement });
  }
  return { flips: flips.sort((left, right) => (left.reference < right.reference ? -1 : 1)), unchanged };
}

/**
 * notation has no word for `enforced`: the image is verified, and by the text of the statement that applies a signer who is
 * not trusted would have failed it.
 */
function factsOf({ trust, verdicts }: ExpectedSide, reference: string, scope: string): VerdictFacts {
  const verdict = verdicts.get(reference);
  if (verdict === undefined) throw new Error(`notation was not asked about ${reference}`);
  const statements = trust?.policy.trustPolicies ?? [];
  const applicable =
    statements.find(({ registryScopes }) => registryScopes.includes(scope)) ??
    statements.find(({ registryScopes }) => registryScopes.includes("*"));
  if (!applicable) return { verdict, enforced: false, statement: null, level: null };
  const { level, override } = applicable.signatureVerification;
  const authenticity = override?.authenticity ?? (level === "audit" ? "log" : "enforce");
  const enforced = verdict === "verified" && authenticity === "enforce";
  return { verdict, enforced, statement: applicable.name, level };
}

function trustIn({ verdict, enforced }: VerdictFacts): number {
  return { failed: 0, skipped: 1, verified: enforced ? 3 : 2 }[verdict];
}
