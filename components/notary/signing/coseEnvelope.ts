import { encode, Tag } from "cbor2";
import { ALGORITHM_OF } from "../certificates/keySpec";
import { PAYLOAD_MEDIA_TYPE, type SignedAttributes } from "../envelope/content";
import { COSE_LABEL, type Label, UNPROTECTED_LABEL } from "../envelope/coseHeader";
import { COSE_ALGORITHM } from "../envelope/coseProtectedHeader";
import { plain, toBeSigned } from "../envelope/coseSign1";
import type { DraftArgs, EnvelopeDraft } from "./envelopeDraft";

const COSE_SIGN1 = 18;
const EPOCH = 1;

/**
 * A COSE envelope of the scheme `notary.x509`, byte for byte as notation-core-go signature/cose and go-cose write it, in
 * core deterministic encoding (RFC 8949 § 4.2.1): signature-envelope-cose.md § Signature Envelope.
 */
export function draftCose({ keySpec, payload, signedAttributes, certificateChain }: DraftArgs): EnvelopeDraft {
  const protectedBytes = deterministic(
    new Map<Label, unknown>([
      [COSE_LABEL.alg, COSE_ALGORITHM[ALGORITHM_OF[keySpec].name]],
      [COSE_LABEL.contentType, PAYLOAD_MEDIA_TYPE],
      ...protectedAttributes(signedAttributes),
    ]),
  );
  return {
    toBeSigned: toBeSigned({ protectedBytes, payload }),
    seal: (signature, { timestampSignature, signingAgent }) => {
      const unprotected = new Map<Label, unknown>([[UNPROTECTED_LABEL.x5chain, certificateChain.map(plain)]]);
      if (timestampSignature) unprotected.set(UNPROTECTED_LABEL.timestampSignature, plain(timestampSignature));
      if (signingAgent !== undefined) unprotected.set(UNPROTECTED_LABEL.signingAgent, signingAgent);
      return deterministic(new Tag(COSE_SIGN1, [plain(protectedBytes), unprotected, plain(payload), plain(signature)]));
    },
  };
}

function protectedAttributes(attributes: SignedAttributes): [Label, unknown][] {
  const { signingScheme, signingTime, expiry, extendedAttributes } = attributes;
  const critical = extendedAttributes.filter((attribute) => attribute.critical).map(({ key }) => key);
  return [
    [COSE_LABEL.crit, [COSE_LABEL.signingScheme, ...(expiry ? [COSE_LABEL.expiry] : []), ...critical]],
    [COSE_LABEL.signingScheme, signingScheme],
    [COSE_LABEL.signingTime, epoch(signingTime)],
    ...(expiry ? [[COSE_LABEL.expiry, epoch(expiry)] satisfies [Label, unknown]] : []),
    ...extendedAttributes.map(({ key, value }): [Label, unknown] => [key, value]),
  ];
}

function epoch(time: Date): Tag {
  return new Tag(EPOCH, Math.floor(time.getTime() / 1000));
}

function deterministic(value: unknown): Buffer {
  return Buffer.from(encode(value, { cde: true }));
}
