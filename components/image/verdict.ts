import { compileTrust, type TrustDeclaration } from "../notary/trust/declaration";
import { ruleThatFailed } from "../notary/verification/ruleThatFailed";
import type { ArtifactVerdict } from "../notary/verification/verdict";
import { verifyArtifact } from "../notary/verification/verifyArtifact";
import { OciSignatureRepository } from "../oci/signatureRepository";
import { httpRevocationSource } from "../pki/revocationSource";
import { descriptorOf, openRepository, type PinnedImage, referenceOf, scopeOf } from "./pinnedImage";

/** One for the process: what it keeps of CRLs serves every image. */
export const revocation = httpRevocationSource();

/** The verdict on an image now: the registry's signatures under the declared trust. Throws when the registry can't be read. */
export async function evaluate(image: PinnedImage, declaration: TrustDeclaration): Promise<ArtifactVerdict> {
  return await verifyArtifact({
    artifact: descriptorOf(image),
    scope: scopeOf(image),
    trust: compileTrust(declaration),
    signatures: new OciSignatureRepository(openRepository(image)),
    clock: () => new Date(),
    revocation,
  });
}

/**
 * Why an image may not be used, naming the rule; empty when it may. "Verified" is not enough: authenticity must have been
 * enforced, since else anybody may have signed, and nothing may have failed that the level only logs.
 */
export function whyNotTrusted(image: PinnedImage, verdict: ArtifactVerdict): string {
  const why = weakness(verdict);
  return why === undefined ? "" : `${referenceOf(image)} is not verified: ${ruleThatFailed(verdict)}${why}`;
}

/** What keeps a verdict from being trusted; undefined for nothing. A failed one names its rule by itself. */
function weakness(verdict: ArtifactVerdict): string | undefined {
  if (verdict.verdict === "failed") return "";
  if (!verdict.enforced) return ", but authenticity is not enforced: not a trusted image";
  const outcomes = verdict.signatures.find((signature) => signature.verdict === "verified")?.outcomes ?? [];
  const logged = outcomes.filter(({ result }) => result === "failed");
  if (logged.length === 0) return undefined;
  return `, but only because these are logged: ${logged.map(({ validation, code, message }) => `${validation}: ${code}: ${message}`).join("; ")}`;
}
