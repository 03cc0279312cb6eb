import { BreakwaterError } from "../../errors";
import type { Descriptor } from "../descriptor";
import type { RevocationSource } from "../revocation/revocationSource";
import type { FetchedSignature, SignatureRepository } from "../signatureRepository";
import { SigningError } from "../signing/error";
import { digestOf, unpackSignature } from "../signing/manifest";
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
 * By these codes a repository says that one signature's content cannot be had, though the registry answers: it is gone,
 * too large, not what its descriptor says, or has not exactly one envelope.
 */
const DEFECTS: ReadonlySet<string> = new Set([
  ...["MANIFEST_UNKNOWN", "BLOB_UNKNOWN", "RESPONSE_TOO_LARGE", "DIGEST_INVALID", "DIGEST_MISMATCH"],
  ...["DESCRIPTOR_INVALID", "DESCRIPTOR_MISMATCH", "SIGNATURE_MANIFEST_INVALID"],
]);

/**
 * Fetches one signature and evaluates it. A manifest that is no signature of this artifact, or a content that cannot be
 * had (SIGNATURE_RETRIEVAL_FAILED), makes a failed signature, not an error.
 * @throws what else the repository throws
 */
export async function fetchAndVerify(args: FetchAndVerifyArgs): Promise<SignatureVerdict> {
  const { signatures, manifest, artifact, statement, now, revocation, userMetadata } = args;
  const fetched = await fetchSignature(signatures, manifest);
  const unusable = (failure: Failure): SignatureVerdict => {
    return { digest: manifest.digest, signer: null, verdict: "failed", outcomes: [], ...failure };
  };
  if ("code" in fetched) return unusable(fetched);
  const failure = checkManifest(fetched, artifact);
  if (failure) return unusable(failure);
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

async function fetchSignature(
  signatures: SignatureRepository,
  manifest: Descriptor,
): Promise<FetchedSignature | Failure> {
  try {
    return await signatures.fetchSignature(manifest);
  } catch (error) {
    if (!(error instanceof BreakwaterError) || !DEFECTS.has(error.code)) throw error;
    return {
      code: "SIGNATURE_RETRIEVAL_FAILED",
      message: `the signature cannot be had from the registry (${error.code}): ${error.message}`,
    };
  }
}

/**
 * The manifest is one of a signature, of this artifact, and names this very envelope. notation-go leaves the first
 * two to the registry;
 * the payload binds the artifact in any case.
 */
function checkManifest(
  { manifest, envelope, envelopeMediaType }: FetchedSignature,
  artifact: Descriptor,
): Failure | undefined {
  try {
    const unpacked = unpackSignature(manifest);
    if (unpacked.subject.digest !== artifact.digest) {
      return {
        code: "SIGNATURE_SUBJECT_MISMATCH",
        message: `the signature manifest refers to ${JSON.stringify(unpacked.subject.digest)}, not to ${artifact.digest}`,
      };
    }
    if (unpacked.envelope.digest !== digestOf(envelope) || unpacked.envelope.mediaType !== envelopeMediaType) {
      return {
        code: "SIGNATURE_ENVELOPE_MISMATCH",
        message: "the signature envelope is not the one that its manifest names: the registry's content is damaged",
      };
    }
    return undefined;
  } catch (error) {
    if (error instanceof SigningError) return { code: error.code, message: error.message };
    return failureOf(error);
  }
}
