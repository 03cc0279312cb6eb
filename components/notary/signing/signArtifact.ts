import { parseCertificate } from "../certificates/certificate";
import { requireSigningChain } from "../certificates/chain";
import type { Clock } from "../clock";
import type { Descriptor } from "../descriptor";
import { COSE_MEDIA_TYPE, type ExtendedAttribute, JWS_MEDIA_TYPE } from "../envelope/content";
import { openEnvelope } from "../envelope/open";
import { encodePayload } from "../payload";
import { countersign, type Timestamping } from "../timestamp/countersign";
import { draftCose } from "./coseEnvelope";
import type { DraftArgs, EnvelopeDraft } from "./envelopeDraft";
import { SigningError } from "./error";
import { type EnvelopeFormat, requireWritable } from "./extendedAttributes";
import { draftJws } from "./jwsEnvelope";
import type { Signer } from "./signer";
import { withUserMetadata } from "./userMetadata";

export interface SignArtifactArgs {
  descriptor: Descriptor;
  signer: Signer;
  clock: Clock;
  /** `jws` unless told, as notation's default. */
  format?: EnvelopeFormat;
  /** Whole seconds from the signing time, at least one. */
  expirySeconds?: number;
  userMetadata?: Readonly<Record<string, string>>;
  /** Values: text, integers, booleans. A critical one is verified by nobody who does not know it. */
  extendedAttributes?: readonly ExtendedAttribute[];
  /** Has the signature countersigned by a time stamping authority. */
  timestamping?: Timestamping;
  signingAgent?: string;
}

export interface SignedEnvelope {
  envelope: Buffer;
  envelopeMediaType: string;
  /** The time that the envelope states, in whole seconds: what `packSignature` wants as `created`. */
  signingTime: Date;
}

/** signature-specification.md § Unsigned Attributes > Signing Agent. */
export const SIGNING_AGENT = "breakwater/0.1.0";

const FORMATS: Readonly<Record<EnvelopeFormat, { mediaType: string; draft: (args: DraftArgs) => EnvelopeDraft }>> = {
  jws: { mediaType: JWS_MEDIA_TYPE, draft: draftJws },
  cose: { mediaType: COSE_MEDIA_TYPE, draft: draftCose },
};

/**
 * Signs an artifact under the signing scheme `notary.x509`, and opens the envelope again before it is given away.
 * Source: signing-and-verification-workflow.md § Signing Steps.
 * @throws SigningError, CertificateError, EnvelopeError, TimestampError; what the signer throws
 */
export async function signArtifact(args: SignArtifactArgs): Promise<SignedEnvelope> {
  const { descriptor, signer, clock, format = "jws", timestamping, signingAgent = SIGNING_AGENT } = args;
  const now = new Date(clock());
  const signingTime = signingTimeOf(now);
  const certificateChain = signer.certificateChain.map(parseCertificate);
  requireSigningChain(certificateChain, signingTime);
  const expiry = expiryOf(signingTime, args.expirySeconds);
  const extendedAttributes = [...(args.extendedAttributes ?? [])];
  requireWritable(extendedAttributes, format);

  const { mediaType, draft } = FORMATS[format];
  const { toBeSigned, seal } = draft({
    keySpec: signer.keySpec,
    payload: encodePayload(withUserMetadata(descriptor, args.userMetadata ?? {})),
    signedAttributes: { signingScheme: "notary.x509", signingTime, ...(expiry && { expiry }), extendedAttributes },
    certificateChain: signer.certificateChain,
  });
  const signature = await signer.sign(toBeSigned);
  const { keySpec } = signer;
  const token = timestamping && (await countersign({ signature, keySpec, certificateChain, timestamping, now }));
  const envelope = seal(signature, { signingAgent, ...(token && { timestampSignature: token }) });
  await openEnvelope(envelope, mediaType);
  return { envelope, envelopeMediaType: mediaType, signingTime };
}

/** In whole seconds; of a year that RFC 3339 can write. */
function signingTimeOf(now: Date): Date {
  if (isWritable(now)) return new Date(Math.floor(now.getTime() / 1000) * 1000);
  throw new SigningError(
    "SIGNING_TIME_INVALID",
    "the clock gives no time that a signature can state: give a Date of the years 1 to 9999",
  );
}

/** False for an invalid Date, too. */
function isWritable(time: Date): boolean {
  return time.getUTCFullYear() >= 1 && time.getUTCFullYear() <= 9999;
}

function expiryOf(signingTime: Date, seconds: number | undefined): Date | undefined {
  if (seconds === undefined) return undefined;
  const invalid = (wayOut: string) =>
    new SigningError("SIGNING_EXPIRY_INVALID", `an expiry of ${seconds} seconds is not valid: ${wayOut}`);
  if (!Number.isSafeInteger(seconds) || seconds < 1) throw invalid("give whole seconds, at least 1, or none");
  const expiry = new Date(signingTime.getTime() + seconds * 1000);
  if (!isWritable(expiry)) throw invalid("give fewer, so that it ends in the year 9999 at the latest, or none");
  return expiry;
}
