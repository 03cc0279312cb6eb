import { compileTrust, type TrustDeclaration } from "../notary/trust/declaration";
import { ruleThatFailed } from "../notary/verification/ruleThatFailed";
import type { ArtifactVerdict } from "../notary/verification/verdict";
import { verifyArtifact } from "../notary/verification/verifyArtifact";
import { OciSignatureRepository } from "../oci/signatureRepository";
import { descriptorOf, openRepository, type PinnedImage, referenceOf, scopeOf } from "./pinnedImage";

/** The verdict on an image now: the registry's signatures under the declared trust. Throws when the registry can't be read. */
export async function evaluate(image: PinnedImage, declaration: TrustDeclaration): Promise<ArtifactVerdict> {
  return await verifyArtifact({
    artifact: descriptorOf(image),
    scope: scopeOf(image),
    trust: compileTrust(declaration),
    signatures: new OciSignatureRepository(openRepository(image)),
    clock: () => new Date(),
  });
}

/**
 * Why an image may not be used, naming the rule; empty when it may. "Verified" is not enough: under a level that only logs
 * authenticity anybody may have signed, so the verdict must have been enforced.
 */
export function whyNotTrusted(image: PinnedImage, verdict: ArtifactVerdict): string {
  if (verdict.verdict === "verified" && verdict.enforced) return "";
  const weak = verdict.verdict === "failed" ? "" : ", which does not enforce authenticity: not a trusted image";
  return `${referenceOf(image)} is not verified: ${ruleThatFailed(verdict)}${weak}`;
}
