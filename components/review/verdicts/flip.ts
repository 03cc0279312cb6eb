import { decisiveFailure } from "../../notary/verification/ruleThatFailed";
import type { ArtifactVerdict, SignatureVerdict } from "../../notary/verification/verdict";
import type { InventoryImage } from "../inventory/inventory";
import type { Flip, VerdictFacts } from "../report/report";
import type { Judgement } from "./judgement";

/** Whether a change of trust changes the verdict, or whether it is enforced. */
export function flips(before: VerdictFacts, after: VerdictFacts): boolean {
  return before.verdict !== after.verdict || before.enforced !== after.enforced;
}

/** Undefined where neither the verdict nor `enforced` changes. */
export function flipOf(image: InventoryImage, stack: string, { before, after }: Judgement): Flip | undefined {
  if (!flips(before, after)) return undefined;
  const signature = verifiedSignatureOf(after) ?? verifiedSignatureOf(before);
  const failure = decisiveFailure(after, signature?.digest) ?? decisiveFailure(before, signature?.digest);
  const signer = (signature ?? failure?.signature)?.signer ?? null;
  return {
    stack,
    reference: image.reference,
    digest: image.descriptor.digest,
    tags: image.tags,
    towards: rankOf(after) > rankOf(before) ? "trust" : "distrust",
    before: factsOf(before),
    after: factsOf(after),
    statement: after.statement ?? before.statement,
    validation: failure?.validation ?? null,
    code: failure?.code ?? null,
    why: failure?.message ?? whyWithoutFailure(before, after),
    signer: signer && { subject: signer.subject, thumbprint: signer.thumbprint },
  };
}

export function factsOf({ verdict, enforced, statement, level }: ArtifactVerdict): VerdictFacts {
  return { verdict, enforced, statement, level };
}

/** How far an image is trusted: verified by an enforced authenticity, verified otherwise, let through unseen, refused. */
function rankOf({ verdict, enforced }: ArtifactVerdict): number {
  if (verdict === "verified") return enforced ? 3 : 2;
  return verdict === "skipped" ? 1 : 0;
}

/** The one whose verdict the other side has changed: what fails it there is the cause. */
function verifiedSignatureOf({ verdict, signatures }: ArtifactVerdict): SignatureVerdict | undefined {
  return verdict === "verified" ? signatures.at(-1) : undefined;
}

function whyWithoutFailure(before: ArtifactVerdict, after: ArtifactVerdict): string {
  const skipped = [before, after].find(({ verdict }) => verdict === "skipped");
  if (skipped) return "the level skip lets every image pass, and looks at no signature";
  const [loose, when] = before.enforced ? [after, "after"] : [before, "before"];
  const logged = loose.signatures
    .at(-1)
    ?.outcomes.find(({ action, result }) => action === "log" && result === "failed");
  const reason = logged?.message === undefined ? "" : `: ${logged.message}`;
  return `verified on both sides, but ${when} the change authenticity is only logged${reason}`;
}
