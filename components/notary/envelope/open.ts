import { requireSigningChain } from "../certificates/chain";
import { quoted } from "../quoted";
import { COSE_MEDIA_TYPE, type EnvelopeContent, JWS_MEDIA_TYPE, PAYLOAD_MEDIA_TYPE } from "./content";
import { openCose } from "./cose";
import { EnvelopeError } from "./error";
import { openJws } from "./jws";
import { expiryInstant, signingInstant } from "./signedTimes";

/** The limit of notation-go registry/repository.go for a signature envelope. */
export const ENVELOPE_BYTES_MAX = 32 * 1024 * 1024;

type Open = (envelope: Buffer) => Promise<EnvelopeContent>;

/**
 * Go's zero time, 0001-01-01T00:00:00Z, which notation-core-go takes for no time: refused as a signing time by it,
 * too, but let pass as an expiry, as if there were none.
 */
const NO_TIME = -62_135_596_800_000;

const FORMATS: ReadonlyMap<string, Open> = new Map<string, Open>([
  [JWS_MEDIA_TYPE, openJws],
  [COSE_MEDIA_TYPE, openCose],
]);

/**
 * Opens a signature envelope of any format and checks all that needs no trust: form, algorithm, signature,
 * times, certificate requirements, content type. Only a content that comes back from here has integrity, whatever
 * becomes of the caller's bytes meanwhile.
 * Source: trust-store-trust-policy.md § Steps "Validate Integrity"; notation-core-go
 * signature/internal/base/envelope.go.
 * @throws EnvelopeError, JsonError, CertificateError
 */
export async function openEnvelope(envelope: Buffer, mediaType: string): Promise<EnvelopeContent> {
  const open = FORMATS.get(mediaType);
  if (!open) {
    throw new EnvelopeError(
      "ENVELOPE_TYPE_UNSUPPORTED",
      `${quoted(mediaType)} is no media type of a signature envelope: use ${[...FORMATS.keys()].join(" or ")}`,
    );
  }
  if (envelope.length > ENVELOPE_BYTES_MAX) {
    throw new EnvelopeError(
      "ENVELOPE_TOO_LARGE",
      `the envelope has ${envelope.length} bytes, more than ${ENVELOPE_BYTES_MAX}: sign again`,
    );
  }
  // A copy of our own: the content is views of it, and is used long after it was verified.
  const content = await open(Buffer.from(envelope));
  requirePayload(content);
  requireTimes(content);
  requireSigningChain(content.certificateChain);
  if (content.payload.contentType !== PAYLOAD_MEDIA_TYPE) {
    throw new EnvelopeError(
      "ENVELOPE_CONTENT_TYPE_UNSUPPORTED",
      `the payload's content type is not ${PAYLOAD_MEDIA_TYPE}: sign again`,
    );
  }
  return content;
}

function requirePayload({ payload }: EnvelopeContent): void {
  if (payload.content.length > 0) return;
  throw new EnvelopeError("ENVELOPE_PAYLOAD_MALFORMED", "the signature's payload is empty: sign again");
}

function requireTimes({ signedAttributes }: EnvelopeContent): void {
  const { expiry, signingTime } = signedAttributes;
  if (signingTime.getTime() === NO_TIME || expiry?.getTime() === NO_TIME) {
    throw new EnvelopeError(
      "ENVELOPE_PROTECTED_HEADER_INVALID",
      `the time ${new Date(NO_TIME).toISOString()} stands for none, and is no signing time or expiry: sign again`,
    );
  }
  const expiryTime = expiryInstant(signedAttributes);
  if (expiryTime === undefined || expiryTime > signingInstant(signedAttributes)) return;
  throw new EnvelopeError(
    "ENVELOPE_EXPIRY_NOT_AFTER_SIGNING_TIME",
    "the signature expires before or at its signing time: sign again",
  );
}
