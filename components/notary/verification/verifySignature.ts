import type { Descriptor } from "../descriptor";
import type { EnvelopeContent } from "../envelope/content";
import type { RevocationSource } from "../revocation/revocationSource";
import type { Statement } from "../trust/declaration";
import type { ValidationType } from "../trust/document";
import { checkArtifact } from "./artifact";
import { checkAuthenticity } from "./authenticity";
import { checkAuthenticTimestamp } from "./authenticTimestamp";
import { checkExpiry } from "./expiry";
import { checkIntegrity } from "./integrity";
import { checkRevocation } from "./revocation";
import { checkSupported } from "./unsupported";
import type { Failure, Outcome, SignatureVerdict, SignerIdentity } from "./verdict";

export interface VerifySignatureArgs {
  digest: string;
  envelope: Buffer;
  envelopeMediaType: string;
  artifact: Descriptor;
  /** Not of the level `skip`. */
  statement: Statement;
  now: Date;
  revocation: RevocationSource;
  /** Must be among the annotations of the signed descriptor. */
  userMetadata?: Readonly<Record<string, string>>;
}

/**
 * Evaluates one signature under one statement, in the order of notation-go's verifier: trust-store-trust-policy.md §
 * Signature Verification > Steps.
 * It records every validation; the first failure that the statement enforces ends the evaluation. It does not throw.
 */
export async function verifySignature(args: VerifySignatureArgs): Promise<SignatureVerdict> {
  const { digest } = args;
  const outcomes: Outcome[] = [];
  const content = await checkIntegrity(args.envelope, args.envelopeMediaType);
  if ("code" in content) {
    outcomes.push({ validation: "integrity", action: "enforce", result: "failed", ...content });
    return { digest, signer: null, verdict: "failed", outcomes, ...content };
  }
  outcomes.push({ validation: "integrity", action: "enforce", result: "passed" });
  const failure =
    checkSupported(content) ??
    (await validate(content, args, outcomes)) ??
    checkArtifact(content, args.artifact, args.userMetadata ?? {});
  const signer = signerOf(content);
  return failure
    ? { digest, signer, verdict: "failed", outcomes, ...failure }
    : { digest, signer, verdict: "verified", outcomes };
}

/** The validations that a level may relax, in order. Returns the enforced failure that ends them, if any. */
async function validate(
  content: EnvelopeContent,
  { statement, now, revocation }: VerifySignatureArgs,
  outcomes: Outcome[],
): Promise<Failure | undefined> {
  const validations: readonly [ValidationType, () => Promise<Failure[]>][] = [
    ["authenticity", async () => checkAuthenticity(content, statement)],
    ["expiry", async () => listOf(checkExpiry(content, now))],
    ["authenticTimestamp", async () => listOf(await checkAuthenticTimestamp(content, statement, now, revocation))],
    ["revocation", async () => listOf(await checkRevocation(content, revocation, now))],
  ];
  for (const [validation, check] of validations) {
    const action = statement.enforcement[validation];
    if (action === "skip") {
      outcomes.push({ validation, action, result: "skipped" });
      continue;
    }
    const failures = await check();
    const failure = action === "enforce" ? failures[0] : failures.at(-1);
    outcomes.push(
      failure ? { validation, action, result: "failed", ...failure } : { validation, action, result: "passed" },
    );
    if (failure && action === "enforce") return failure;
  }
  return undefined;
}

function listOf(failure: Failure | undefined): Failure[] {
  return failure ? [failure] : [];
}

function signerOf({ certificateChain: [leaf] }: EnvelopeContent): SignerIdentity | null {
  return leaf ? { subject: leaf.subject, issuer: leaf.issuer, thumbprint: leaf.thumbprint } : null;
}
