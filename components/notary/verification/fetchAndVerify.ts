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
 * Fetches one signature and evaluates it. A manifest that is no signature of this artifact makes a failed signature,
 * not an error.
 * @throws what the repository throws
 */
export async function fetchAndVerify(args: FetchAndVerifyArgs): Promise<SignatureVerdict> {
  const { signatures, manifest, artifact, statement, now, revocation, userMetadata } = args;
  const fetched = await signatures.fetchSignature(manifest);
  const failure = checkManifest(fetched, artifact);
  if (failure) return { digest: manifest.digest, signer: null, verdict: "failed", outcomes: [], ...failure };
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
