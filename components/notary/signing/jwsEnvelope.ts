import { ALGORITHM_OF } from "../certificates/keySpec";
import { PAYLOAD_MEDIA_TYPE, type SignedAttributes } from "../envelope/content";
import { HEADER, UNPROTECTED_HEADER } from "../envelope/header";
import { formatRfc3339 } from "../envelope/rfc3339";
import { canonicalJson } from "../json/canonicalJson";
import type { DraftArgs, EnvelopeDraft } from "./envelopeDraft";

/**
 * A JWS envelope of the scheme `notary.x509`, byte for byte as notation-core-go signature/jws writes it but for the time
 * zone, which is UTC: signature-envelope-jws.md § Signature Envelope.
 */
export function draftJws({ keySpec, payload, signedAttributes, certificateChain }: DraftArgs): EnvelopeDraft {
  const header = canonicalJson({
    [HEADER.alg]: ALGORITHM_OF[keySpec].name,
    [HEADER.cty]: PAYLOAD_MEDIA_TYPE,
    ...protectedAttributes(signedAttributes),
  });
  const protectedPart = Buffer.from(header).toString("base64url");
  const payloadPart = payload.toString("base64url");
  return {
    toBeSigned: Buffer.from(`${protectedPart}.${payloadPart}`),
    seal: (signature, { timestampSignature, signingAgent }) =>
      Buffer.from(
        JSON.stringify({
          payload: payloadPart,
          protected: protectedPart,
          header: {
            ...(timestampSignature && {
              [UNPROTECTED_HEADER.timestampSignature]: timestampSignature.toString("base64"),
            }),
            [UNPROTECTED_HEADER.x5c]: certificateChain.map((der) => der.toString("base64")),
            ...(signingAgent !== undefined && { [UNPROTECTED_HEADER.signingAgent]: signingAgent }),
          },
          signature: signature.toString("base64url"),
        }),
      ),
  };
}

function protectedAttributes(attributes: SignedAttributes): Record<string, unknown> {
  const { signingScheme, signingTime, expiry, extendedAttributes } = attributes;
  const critical = extendedAttributes.filter((attribute) => attribute.critical).map(({ key }) => key);
  return {
    [HEADER.crit]: [HEADER.signingScheme, ...critical, ...(expiry ? [HEADER.expiry] : [])],
    [HEADER.signingScheme]: signingScheme,
    [HEADER.signingTime]: formatRfc3339(signingTime),
    ...(expiry && { [HEADER.expiry]: formatRfc3339(expiry) }),
    ...Object.fromEntries(extendedAttributes.map(({ key, value }) => [key, value])),
  };
}
