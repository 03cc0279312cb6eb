import { createHash, randomBytes } from "node:crypto";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import { MessageImprint as AsnMessageImprint, TimeStampReq } from "@peculiar/asn1-tsp";
import { AlgorithmIdentifier } from "@peculiar/asn1-x509";
import { HASH_IDENTIFIER } from "../certificates/hash";
import { ALGORITHM_OF, type KeySpec } from "../certificates/keySpec";
import type { MessageImprint } from "./tstInfo";

/** A request and what the answer must repeat. */
export interface TimestampRequest {
  /** TimeStampReq (RFC 3161 § 2.4.1). */
  der: Buffer;
  messageImprint: MessageImprint;
  /** Content octets of the integer. */
  nonce: Buffer;
}

/** NULL, as the reference writes it; the authority must repeat it. */
const NO_PARAMETERS = Buffer.of(0x05, 0x00);

/**
 * A request for a token over a signature that carries the authority's certificates (certReq), with a fresh nonce of 20
 * octets: signing-and-verification-workflow.md § Signing Steps; tspclient-go NewRequest, notation-core-go timestampJWS.
 */
export function timestampRequest(signature: Buffer, keySpec: KeySpec): TimestampRequest {
  const { hash } = ALGORITHM_OF[keySpec];
  const hashedMessage = createHash(hash).update(signature).digest();
  const nonce = randomBytes(20);
  // A positive integer that needs every octet, so that its content octets are these.
  nonce[0] = ((nonce[0] ?? 0) & 0x3f) | 0x40;
  const request = new TimeStampReq({
    messageImprint: new AsnMessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithm: HASH_IDENTIFIER[hash], parameters: null }),
      hashedMessage: new OctetString(hashedMessage),
    }),
    nonce: Uint8Array.from(nonce).buffer,
    certReq: true,
  });
  return {
    der: Buffer.from(AsnConvert.serialize(request)),
    messageImprint: { hashAlgorithm: HASH_IDENTIFIER[hash], parameters: NO_PARAMETERS, hashedMessage },
    nonce,
  };
}
