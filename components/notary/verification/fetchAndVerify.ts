import { BreakwaterError } from "../../errors";
import type { Descriptor } from "../descriptor";
import { quoted } from "../quoted";
import type { RevocationSource } from "../revocation/revocationSource";
import { JsonError } from "../json/error";
import { CONTENT_DEFECTS, type SignatureRepository } from "../signatureRepository";
import { SigningError } from "../signing/error";
import { type FetchedSignature, fetchSignature } from "../signing/fetchSignature";
import { unpackSignature } from "../signing/manifest";
import type { Statement } from "../trust/declaration";
import { failureOf } from "./integrity";
import type { Failure, SignatureVerdict } from "./verdict";
import { verifySignature } from "./verifySignature";

/** signature-specification.md § OCI Signature Discovery, § OCI Signatures. */
export interface FetchAndVerifyArgs {
  signatures: SignatureRepository;
  manifest: Descriptor;
  artifact: Descriptor;
  statement: Statement;
  now: Date;
  revocation: RevocationSource;
  userMetadata: Readonly<Record<string, string>>;
}

/**
 * Fetches one signature and evaluates it. What is wrong with it stops the evaluation of the whole artifact, as it does in
 * notation-go (SIGNATURE_RETRIEVAL_FAILED), or fails this one signature alone:
 *
 * | defect | notation-go | here |
 * | --- | --- | --- |
 * | the registry does not answer, or denies | stops | no verdict: its error passes |
 * | manifest or envelope is gone, too large, or not what its descriptor says | stops | stops |
 * | manifest of another media type than an image's or artifact's | stops | stops |
 * | manifest is no JSON, or has a member of another type than the OCI image specification's | stops | stops |
 * | manifest is JSON that may be understood in two ways | takes one of them | stops |
 * | manifest has not exactly one layer or blob, or one without digest or above 32 MiB | stops | stops |
 * | manifest is of no signature by its types, or has no subject | not looked at | fails |
 * | manifest has another subject than the artifact | not looked at | fails |
 * | envelope is of a media type that no format has | fails (integrity) | fails (integrity) |
 *
 * The subject decides nothing that the payload does not: it is what a registry lists a signature by. That the envelope
 * is the one that its manifest names, the repository has seen to.
 * Source: notation-go notation.go Verify, registry/repository.go FetchSignatureBlob.
 * @throws what else the repository throws
 */
export async function fetchAndVerify(args: FetchAndVerifyArgs): Promise<SignatureVerdict> {
  const { signatures, manifest, artifact, statement, now, revocation, userMetadata } = args;
  const fetched = await fetchOrFailure(signatures, manifest);
  const failure = "code" in fetched ? fetched : checkManifest(fetched.manifest, manifest.mediaType, artifact);
  if ("code" in fetched || failure)
    return { digest: manifest.digest, signer: null, verdict: "failed", outcomes: [], ...failure };
  const { envelope, envelopeMediaType } = fetched;
  return verifySignature({
    digest: manifest.digest,
    envelope,
    envelopeMediaType,
    artifact,
    statement,
    now,
    revocation,
    userMetadata,
  });
}

async function fetchOrFailure(
  signatures: SignatureRepository,
  manifest: Descriptor,
): Promise<FetchedSignature | Failure> {
  try {
    return await fetchSignature(signatures, manifest);
  } catch (error) {
    if (!isDefect(error)) throw error;
    return {
      code: "SIGNATURE_RETRIEVAL_FAILED",
      message: `the signature cannot be had from the registry (${error.code}): ${error.message}`,
    };
  }
}

/** Of the content; what else a repository throws says nothing of the signature. */
function isDefect(error: unknown): error is BreakwaterError {
  if (error instanceof SigningError || error instanceof JsonError) return true;
  return error instanceof BreakwaterError && (CONTENT_DEFECTS as readonly string[]).includes(error.code);
}

function checkManifest(manifest: Buffer, mediaType: string, artifact: Descriptor): Failure | undefined {
  try {
    const { subject } = unpackSignature(manifest, mediaType);
    if (subject.digest === artifact.digest) return undefined;
    return {
      code: "SIGNATURE_SUBJECT_MISMATCH",
      message: `the signature manifest refers to ${quoted(subject.digest)}, not to ${artifact.digest}`,
    };
  } catch (error) {
    return failureOf(error);
  }
}
