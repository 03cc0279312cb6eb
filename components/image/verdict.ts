import type { SignatureRepository } from "../notary/signatureRepository";
import { compileTrust, type TrustDeclaration } from "../notary/trust/declaration";
import { ruleThatFailed } from "../notary/verification/ruleThatFailed";
import type { ArtifactVerdict } from "../notary/verification/verdict";
import { verifyArtifact } from "../notary/verification/verifyArtifact";
import { OciSignatureRepository } from "../oci/signatureRepository";
import { type Weaker, weaknessesOf } from "./acceptWeaker";
import type { ImageErrorCode } from "./error";
import { descriptorOf, openRepository, type PinnedImage, referenceOf, scopeOf } from "./pinnedImage";
import type { Ports } from "./ports";

/** notation's own default of `--max-signatures`. */
const MAX_SIGNATURES = 100;

/** What an image must pass. */
export interface Gate {
  readonly image: PinnedImage;
  readonly trust: TrustDeclaration;
  readonly acceptWeaker?: readonly Weaker[];
  /** Must be among what was signed. */
  readonly userMetadata?: Readonly<Record<string, string>>;
  /** The most signatures that are evaluated; 100 when absent, as notation's. */
  readonly maxSignatures?: number;
}

/** Why an image may not be used; the text names the rule and the way out. */
export interface Refusal {
  readonly code: Extract<ImageErrorCode, "IMAGE_NOT_VERIFIED" | "IMAGE_VERIFIED_WEAKLY">;
  readonly why: string;
}

/** A verdict, and what the gate makes of it. */
export interface Judgement {
  readonly verdict: ArtifactVerdict;
  /** The weaknesses of this verdict that were accepted by name. */
  readonly accepted: readonly Weaker[];
  /** Absent when the image may be used. */
  readonly refusal?: Refusal;
}

/**
 * The verdict on an image now: the registry's signatures under the declared trust. A signature that is verified only weakly
 * does not hide a better one behind it: evaluation goes on until one may be used.
 * @throws what the registry throws when it can't be read; TrustPolicyError, VerificationError
 */
export async function evaluate(gate: Gate, { clock, revocation }: Omit<Ports, "timestampServer">): Promise<Judgement> {
  const { image, maxSignatures = MAX_SIGNATURES, userMetadata } = gate;
  const trust = compileTrust(gate.trust);
  const signatures = remaining(new OciSignatureRepository(openRepository(image)));
  let weakest: Judgement | undefined;
  for (;;) {
    const verdict = await verifyArtifact({
      artifact: descriptorOf(image),
      scope: scopeOf(image),
      trust,
      signatures,
      clock,
      revocation,
      maxSignatures: maxSignatures - signatures.evaluated,
      ...(userMetadata && { userMetadata }),
    });
    const judgement = judge(gate, verdict);
    signatures.evaluated += verdict.signatures.length;
    if (judgement.refusal === undefined) return judgement;
    weakest ??= judgement;
    const done = signatures.evaluated >= Math.min(signatures.listed, maxSignatures);
    if (verdict.verdict !== "verified" || done) return weakest;
  }
}

/** What a gate makes of a verdict: "verified" is enough only without a weakness, or with accepted ones. */
export function judge(
  { image, acceptWeaker = [] }: Pick<Gate, "image" | "acceptWeaker">,
  verdict: ArtifactVerdict,
): Judgement {
  const name = referenceOf(image);
  if (verdict.verdict === "failed") {
    // Which signature is in the way of the others, only the verdict says.
    const retrieval = verdict.code === "SIGNATURE_RETRIEVAL_FAILED" ? `; ${verdict.message}` : "";
    const why = `${name} is not verified: ${ruleThatFailed(verdict)}${retrieval}`;
    return { verdict, accepted: [], refusal: { code: "IMAGE_NOT_VERIFIED", why } };
  }
  const weaknesses = weaknessesOf(verdict);
  const names = weaknesses.map((weakness) => weakness.name);
  if (names.every((weaker) => acceptWeaker.includes(weaker))) return { verdict, accepted: names };
  const reasons = weaknesses.map((weakness) => `${weakness.name}: ${weakness.why}`).join("; ");
  const why =
    `${name} is verified only weakly: ${ruleThatFailed(verdict)}, but ${reasons}. ` +
    `Sign it again or mend the trust, or accept it by name: acceptWeaker: ${JSON.stringify(names)}`;
  return { verdict, accepted: [], refusal: { code: "IMAGE_VERIFIED_WEAKLY", why } };
}

/** The signatures behind those that were evaluated; the registry is asked for its list once. */
function remaining(signatures: SignatureRepository) {
  let list: ReturnType<SignatureRepository["listSignatures"]> | undefined;
  return {
    evaluated: 0,
    listed: 0,
    scope: signatures.scope,
    async listSignatures(subject: Parameters<SignatureRepository["listSignatures"]>[0]) {
      list ??= signatures.listSignatures(subject);
      this.listed = (await list).length;
      return (await list).slice(this.evaluated);
    },
    fetchManifest: signatures.fetchManifest.bind(signatures),
    fetchEnvelope: signatures.fetchEnvelope.bind(signatures),
    pushSignature: signatures.pushSignature.bind(signatures),
  };
}
