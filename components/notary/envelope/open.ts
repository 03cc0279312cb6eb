import { requireSigningChain } from "../certificates/chain";
import { ALGORITHM_OF, keySpecOf } from "../certificates/keySpec";
import { parsePayloadObject } from "../payload";
import { COSE_MEDIA_TYPE, type EnvelopeContent, JWS_MEDIA_TYPE, PAYLOAD_MEDIA_TYPE } from "./content";
import { EnvelopeError } from "./error";
import { openJws } from "./jws";

/** The limit of notation-go registry/repository.go for a signature envelope. */
export const ENVELOPE_BYTES_MAX = 32 * 1024 * 1024;

type Open = (envelope: Buffer) => Promise<EnvelopeContent>;

const FORMATS: ReadonlyMap<string, Open> = new Map<string, Open>([
  [JWS_MEDIA_TYPE, openJws],
  [COSE_MEDIA_TYPE, rejectCose],
]);

/**
 * Opens a signature envelope of any format and checks all that needs no trust: form, signature, certificate
 * requirements,
 * algorithm, times, content type. Only a content that comes back from here has integrity.
 * Source: trust-store-trust-policy.md § Steps "Validate Integrity"; notation-core-go
 * signature/internal/base/envelope.go.
 * @throws EnvelopeError, JsonError, CertificateError
 */
export async function openEnvelope(envelope: Buffer, mediaType: string): Promise<EnvelopeContent> {
  const open = FORMATS.get(mediaType);
  if (!open) {
    throw new EnvelopeError(
      "ENVELOPE_TYPE_UNSUPPORTED",
      `${JSON.stringify(mediaType)} is no media type of a signature envelope: use ${JWS_MEDIA_TYPE}`,
    );
  }
  if (envelope.length > ENVELOPE_BYTES_MAX) {
    throw new EnvelopeError(
      "ENVELOPE_TOO_LARGE",
      `the envelope has ${envelope.length} bytes, more than ${ENVELOPE_BYTES_MAX}: sign again`,
    );
  }
  const content = await open(envelope);
  parsePayloadObject(content.payload.content);
  requireExpiryAfterSigningTime(content);
  requireSigningChain(content.certificateChain);
  requireDerivedAlgorithm(content);
  if (content.payload.contentType !== PAYLOAD_MEDIA_TYPE) {
    throw new EnvelopeError(
      "ENVELOPE_CONTENT_TYPE_UNSUPPORTED",
      `the payload's content type is not ${PAYLOAD_MEDIA_TYPE}: sign again`,
    );
  }
  return content;
}

async function rejectCose(): Promise<EnvelopeContent> {
  throw new EnvelopeError(
    "ENVELOPE_COSE_UNSUPPORTED",
    `COSE signature envelopes are not supported: sign again in the format ${JWS_MEDIA_TYPE}`,
  );
}

function requireExpiryAfterSigningTime({ signedAttributes: { expiry, signingTime } }: EnvelopeContent): void {
  if (!expiry || expiry > signingTime) return;
  throw new EnvelopeError(
    "ENVELOPE_EXPIRY_NOT_AFTER_SIGNING_TIME",
    "the signature expires before or at its signing time: sign again",
  );
}

/** The key decides the algorithm, never the header: signature-envelope-jws.md § Supported `alg` header values. */
function requireDerivedAlgorithm({ certificateChain: [leaf], signatureAlgorithm }: EnvelopeContent): void {
  const spec = leaf && keySpecOf(leaf.publicKey);
  if (spec && ALGORITHM_OF[spec].name === signatureAlgorithm) return;
  throw new EnvelopeError(
    "ENVELOPE_ALGORITHM_MISMATCH",
    `the algorithm ${signatureAlgorithm} is not the one of the signing certificate's key: sign again`,
  );
}
