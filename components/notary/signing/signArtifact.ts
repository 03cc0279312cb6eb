import { parseCertificate } from "../certificates/certificate";
import { requireSigningChain } from "../certificates/chain";
import { ALGORITHM_OF } from "../certificates/keySpec";
import type { Clock } from "../clock";
import type { Descriptor } from "../descriptor";
import { JWS_MEDIA_TYPE, PAYLOAD_MEDIA_TYPE } from "../envelope/content";
import { HEADER, UNPROTECTED_HEADER } from "../envelope/header";
import { openEnvelope } from "../envelope/open";
import { formatRfc3339 } from "../envelope/rfc3339";
import { canonicalJson } from "../json/canonicalJson";
import { encodePayload } from "../payload";
import { SigningError } from "./error";
import type { Signer } from "./signer";
import { withUserMetadata } from "./userMetadata";

export interface SignArtifactArgs {
  descriptor: Descriptor;
  signer: Signer;
  clock: Clock;
  /** Whole seconds from the signing time, at least one. */
  expirySeconds?: number;
  userMetadata?: Readonly<Record<string, string>>;
}

export interface SignedEnvelope {
  envelope: Buffer;
  envelopeMediaType: string;
  /** The time that the envelope states, in whole seconds: what `packSignature` wants as `created`. */
  signingTime: Date;
}

/** signature-specification.md § Unsigned Attributes > Signing Agent. */
export const SIGNING_AGENT = "breakwater/0.1.0";

/**
 * Signs an artifact under the signing scheme `notary.x509` in a JWS envelope, byte for byte as notation writes it but
 * for the
 * time zone and the signing agent, and opens the result again before it is given away.
 * Source: signing-and-verification-workflow.md § Signing Steps; signature-envelope-jws.md.
 * @throws SigningError, CertificateError, EnvelopeError; what the signer throws
 */
export async function signArtifact(args: SignArtifactArgs): Promise<SignedEnvelope> {
  const { descriptor, signer, clock, expirySeconds, userMetadata = {} } = args;
  const signingTime = new Date(Math.floor(clock().getTime() / 1000) * 1000);
  requireSigningChain(signer.certificateChain.map(parseCertificate), signingTime);
  const header = protectedHeader(signer, signingTime, expiryOf(signingTime, expirySeconds));
  const protectedPart = Buffer.from(canonicalJson(header)).toString("base64url");
  const payload = encodePayload(withUserMetadata(descriptor, userMetadata)).toString("base64url");
  const signature = await signer.sign(Buffer.from(`${protectedPart}.${payload}`));
  const envelope = Buffer.from(
    JSON.stringify({
      payload,
      protected: protectedPart,
      header: {
        [UNPROTECTED_HEADER.x5c]: signer.certificateChain.map((der) => der.toString("base64")),
        [UNPROTECTED_HEADER.signingAgent]: SIGNING_AGENT,
      },
      signature: signature.toString("base64url"),
    }),
  );
  await openEnvelope(envelope, JWS_MEDIA_TYPE);
  return { envelope, envelopeMediaType: JWS_MEDIA_TYPE, signingTime };
}

function protectedHeader(signer: Signer, signingTime: Date, expiry: Date | undefined): Record<string, unknown> {
  return {
    [HEADER.alg]: ALGORITHM_OF[signer.keySpec].name,
    [HEADER.cty]: PAYLOAD_MEDIA_TYPE,
    [HEADER.crit]: [HEADER.signingScheme, ...(expiry ? [HEADER.expiry] : [])],
    [HEADER.signingScheme]: "notary.x509",
    [HEADER.signingTime]: formatRfc3339(signingTime),
    ...(expiry && { [HEADER.expiry]: formatRfc3339(expiry) }),
  };
}

function expiryOf(signingTime: Date, seconds: number | undefined): Date | undefined {
  if (seconds === undefined) return undefined;
  const expiry = new Date(signingTime.getTime() + seconds * 1000);
  if (!Number.isSafeInteger(seconds) || seconds < 1 || !(expiry.getUTCFullYear() <= 9999)) {
    throw new SigningError(
      "SIGNING_EXPIRY_INVALID",
      `an expiry of ${seconds} seconds is not valid: give whole seconds, at least 1, or none`,
    );
  }
  return expiry;
}
