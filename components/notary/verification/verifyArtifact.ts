import type { Clock } from "../clock";
import type { Descriptor } from "../descriptor";
import { quoted } from "../quoted";
import type { RevocationSource } from "../revocation/revocationSource";
import type { SignatureRepository } from "../signatureRepository";
import { digestOf } from "../signing/manifest";
import { applicableStatement, isSkip, type Statement, type Trust } from "../trust/declaration";
import { VerificationError } from "./error";
import { fetchAndVerify } from "./fetchAndVerify";
import type { ArtifactVerdict, Failure, SignatureVerdict } from "./verdict";
import { verifySignature } from "./verifySignature";

interface CommonArgs {
  /** The manifest that is signed. */
  artifact: Descriptor;
  /** `host[:port]/repository`, fully qualified. */
  scope: string;
  trust: Trust;
  clock: Clock;
  revocation: RevocationSource;
  userMetadata?: Readonly<Record<string, string>>;
}

export interface VerifyArtifactArgs extends CommonArgs {
  signatures: SignatureRepository;
  /** At least one; 100 as notation's default. */
  maxSignatures?: number;
}

export interface VerifyEnvelopeArgs extends CommonArgs {
  envelope: Buffer;
  envelopeMediaType: string;
}

/**
 * The verdict on an artifact: signatures are evaluated in the registry's order until one is verified (trust-store-
 * trust-policy.md § FAQ: one of m is enough),
 * as notation-go's `Verify` does. No statement, no signature or too many of them are failures; so is, as there, a
 * signature that cannot be had: what is listed behind it is not evaluated.
 *
 * One evaluation has one time: the clock is read once, before anything is fetched, and every validation of every
 * signature is judged at that time. notation-go reads the clock again at each of them: what
 * expires while it fetches is expired for it, and still valid here.
 * @throws VerificationError; what the repository throws when it cannot be read, and nothing else
 */
export async function verifyArtifact(args: VerifyArtifactArgs): Promise<ArtifactVerdict> {
  const { artifact, scope, trust, clock, revocation, signatures, maxSignatures = 100, userMetadata = {} } = args;
  if (!Number.isSafeInteger(maxSignatures) || maxSignatures < 1) {
    throw new VerificationError(
      "VERIFICATION_MAX_SIGNATURES_INVALID",
      `maxSignatures ${maxSignatures} is not valid: give a whole number, at least 1`,
    );
  }
  const now = timeOf(clock);
  const statement = applicableStatement(trust, scope);
  if (!statement || isSkip(statement)) return withoutSignatures(artifact, scope, statement);
  const evaluated: SignatureVerdict[] = [];
  for (const manifest of (await signatures.listSignatures(artifact)).slice(0, maxSignatures)) {
    const verdict = await fetchAndVerify({
      signatures,
      manifest,
      artifact,
      statement,
      now,
      revocation,
      userMetadata,
    });
    evaluated.push(verdict);
    if (verdict.verdict === "verified") return verified(artifact, statement, evaluated);
    const stop = retrievalFailure(artifact, verdict);
    if (stop) return failed(artifact, statement, evaluated, stop);
  }
  return failed(artifact, statement, evaluated, failureOfAll(artifact, evaluated, maxSignatures));
}

/**
 * The verdict that one envelope would bring about, before it is pushed. The one signature's `digest` is the envelope's
 * own. The clock is read once.
 * @throws VerificationError VERIFICATION_TIME_INVALID
 */
export async function verifyEnvelope(args: VerifyEnvelopeArgs): Promise<ArtifactVerdict> {
  const { artifact, scope, trust, clock, revocation, envelope, envelopeMediaType, userMetadata = {} } = args;
  const now = timeOf(clock);
  const statement = applicableStatement(trust, scope);
  if (!statement || isSkip(statement)) return withoutSignatures(artifact, scope, statement);
  const verdict = await verifySignature({
    digest: digestOf(envelope),
    envelope,
    envelopeMediaType,
    artifact,
    statement,
    now,
    revocation,
    userMetadata,
  });
  if (verdict.verdict === "verified") return verified(artifact, statement, [verdict]);
  return failed(artifact, statement, [verdict], failureOfAll(artifact, [verdict], Number.POSITIVE_INFINITY));
}

/** A time of our own, which the clock cannot change later. An invalid one would be neither before nor after any other. */
function timeOf(clock: Clock): Date {
  const now = new Date(clock());
  if (!Number.isNaN(now.getTime())) return now;
  throw new VerificationError(
    "VERIFICATION_TIME_INVALID",
    "the clock gives no valid time, so nothing can be judged at it: give a Date that is one",
  );
}

function withoutSignatures(artifact: Descriptor, scope: string, statement: Statement | undefined): ArtifactVerdict {
  if (statement) return { ...headOf(artifact, statement), verdict: "skipped", enforced: false, signatures: [] };
  const message = `no trust policy statement applies to ${quoted(scope)}: add the repository to the registryScopes of one`;
  return {
    digest: artifact.digest,
    verdict: "failed",
    enforced: false,
    statement: null,
    level: null,
    signatures: [],
    code: "NO_APPLICABLE_TRUST_POLICY",
    message,
  };
}

function verified(artifact: Descriptor, statement: Statement, signatures: SignatureVerdict[]): ArtifactVerdict {
  const authenticity = signatures.at(-1)?.outcomes.find(({ validation }) => validation === "authenticity");
  const enforced = authenticity?.action === "enforce" && authenticity.result === "passed";
  return { ...headOf(artifact, statement), verdict: "verified", enforced, signatures };
}

function failed(
  artifact: Descriptor,
  statement: Statement,
  signatures: SignatureVerdict[],
  failure: Failure,
): ArtifactVerdict {
  return { ...headOf(artifact, statement), verdict: "failed", enforced: false, signatures, ...failure };
}

/** A later signature might be verified, but notation stops here: what this says, it must say. */
function retrievalFailure({ digest }: Descriptor, { code, digest: signature }: SignatureVerdict): Failure | undefined {
  if (code !== "SIGNATURE_RETRIEVAL_FAILED") return undefined;
  return {
    code,
    message: `the signature ${signature} of ${digest} cannot be had, and no later one is evaluated: delete it, or put back what it lacks`,
  };
}

function failureOfAll({ digest }: Descriptor, evaluated: readonly SignatureVerdict[], maxSignatures: number): Failure {
  if (evaluated.length === 0) return { code: "NO_SIGNATURE", message: `${digest} has no signature: sign it` };
  if (evaluated.length >= maxSignatures) {
    return {
      code: "MAX_SIGNATURES_REACHED",
      message: `none of the first ${maxSignatures} signatures of ${digest} is verified, and no more are evaluated: raise the maximum, or remove signatures`,
    };
  }
  return {
    code: "NO_SIGNATURE_VERIFIED",
    message: `none of the signatures of ${digest} (${evaluated.length}) is verified: ${wayOutOf(evaluated)}`,
  };
}

/** By what failed them when it was the same; else each of them has its own. */
function wayOutOf(evaluated: readonly SignatureVerdict[]): string {
  const failedBy = (name: string) =>
    evaluated.every(({ code, outcomes }) => {
      const enforced = outcomes.find(({ action, result }) => action === "enforce" && result === "failed");
      return (enforced?.validation ?? code) === name;
    });
  if (failedBy("authenticity")) return "sign it with a trusted identity";
  if (failedBy("USER_METADATA_MISMATCH")) return "sign it with the user metadata that are asked for, or ask for others";
  return "see at each of them what failed it, and mend that or sign it again";
}

function headOf(
  { digest }: Descriptor,
  { declared }: Statement,
): Pick<ArtifactVerdict, "digest" | "statement" | "level"> {
  return { digest, statement: declared.name, level: declared.signatureVerification.level };
}
