import type { Clock } from "../../notary/clock";
import type { RevocationSource } from "../../notary/revocation/revocationSource";
import type { SignatureRepository } from "../../notary/signatureRepository";
import { applicableStatement, type Statement } from "../../notary/trust/declaration";
import type { ArtifactVerdict } from "../../notary/verification/verdict";
import { verifyArtifact } from "../../notary/verification/verifyArtifact";
import type { InventoryImage } from "../inventory/inventory";
import type { Problem } from "../state/state";
import type { Side, StackSides } from "./governance";

/** An image under one stack's trust before and after the change. */
export interface Judgement {
  readonly before: ArtifactVerdict;
  readonly after: ArtifactVerdict;
}

export interface JudgePorts {
  readonly clock: Clock;
  readonly revocation: RevocationSource;
}

/**
 * The core's verdicts on an image on both sides. Where the same statement applies, with the same certificates, there is one verdict
 * and no need for a second: one list, one clock.
 * Throws what the repository throws; a side that can't be read is a problem.
 */
export async function judge(
  image: InventoryImage,
  { before, after, stack }: StackSides,
  signatures: SignatureRepository,
  ports: JudgePorts,
): Promise<Judgement | { readonly problem: Problem }> {
  for (const side of [before, after]) {
    if (side.kind === "unreadable") return { problem: side.problem };
  }
  const first = await verdictOf(image, before, stack, signatures, ports);
  const same = isSameRule(ruleOf(before, image.scope), ruleOf(after, image.scope));
  return { before: first, after: same ? first : await verdictOf(image, after, stack, signatures, ports) };
}

async function verdictOf(
  { descriptor, scope }: InventoryImage,
  side: Side,
  stack: string,
  signatures: SignatureRepository,
  ports: JudgePorts,
): Promise<ArtifactVerdict> {
  if (side.kind === "trust") {
    return verifyArtifact({ artifact: descriptor, scope, trust: side.trust, signatures, ...ports });
  }
  return {
    digest: descriptor.digest,
    verdict: "failed",
    enforced: false,
    statement: null,
    level: null,
    signatures: [],
    code: "NO_APPLICABLE_TRUST_POLICY",
    message: `the stack ${stack} has no trust in ${side.state}: it trusts nobody there`,
  };
}

function ruleOf(side: Side, scope: string): Statement | undefined {
  return side.kind === "trust" ? applicableStatement(side.trust, scope) : undefined;
}

const compared = new WeakMap<Statement, WeakMap<Statement, boolean>>();

function isSameRule(one: Statement | undefined, other: Statement | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const known = compared.get(one) ?? new WeakMap<Statement, boolean>();
  compared.set(one, known);
  const same = known.get(other) ?? wordsOf(one) === wordsOf(other);
  known.set(other, same);
  return same;
}

/** All that a verdict can depend on. */
function wordsOf({ declared, certificates }: Statement): string {
  const stores = Object.values(certificates).map((store) => store.map(({ thumbprint }) => thumbprint));
  return JSON.stringify([declared, stores]);
}
