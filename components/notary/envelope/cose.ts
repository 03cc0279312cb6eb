import type { Certificate } from "../certificates/certificate";
import { MAJOR } from "./cbor";
import { textOf } from "./cborValue";
import { chainError, parseCertificateChain } from "./certificateChain";
import type { EnvelopeContent, UnsignedAttributes } from "./content";
import { type CoseHeader, UNPROTECTED_LABEL } from "./coseHeader";
import { readCoseProtectedHeader } from "./coseProtectedHeader";
import { readCoseSign1, toBeSigned } from "./coseSign1";
import { EnvelopeError } from "./error";
import { requireDerivedAlgorithm, requirePrimitiveSignature } from "./primitiveSignature";

/**
 * Parses a COSE envelope (signature-envelope-cose.md) and verifies its signature with the key of its own leaf
 * certificate; the chain's rules and all questions of trust come later. Verdicts follow notation-core-go
 * signature/cose/envelope.go, go-cose and fxamacker/cbor; where they are stricter is written at each part.
 * @throws EnvelopeError, CertificateError
 */
export async function openCose(envelope: Buffer): Promise<EnvelopeContent> {
  const message = readCoseSign1(envelope);
  const { algorithm, contentType, signedAttributes } = readCoseProtectedHeader(message.protectedHeader);
  const [leaf, ...issuers] = parseCertificateChain(readX5chain(message.unprotectedHeader));
  requireFullLength(leaf);
  const hash = requireDerivedAlgorithm(leaf, algorithm);
  requirePrimitiveSignature(toBeSigned(message), message.signature, leaf, hash);
  return {
    payload: { contentType, content: message.payload },
    signedAttributes,
    unsignedAttributes: readUnsignedAttributes(message.unprotectedHeader),
    signatureAlgorithm: algorithm,
    certificateChain: [leaf, ...issuers],
    signature: message.signature,
  };
}

/**
 * § Unprotected Headers lets x5chain be in the protected header, too, and lets a single certificate be no array;
 * notation-core-go reads neither, and its verdict is followed.
 */
function readX5chain(header: CoseHeader): Buffer[] {
  const x5chain = header.get(UNPROTECTED_LABEL.x5chain);
  if (x5chain?.major !== MAJOR.array) throw chainError("x5chain is missing or no array");
  return x5chain.items.map(({ major, content }) => {
    if (major !== MAJOR.bytes) throw chainError("x5chain has an entry that is no byte string");
    return content;
  });
}

/** Others are ignored, and these when they have another type: nobody signed them. */
function readUnsignedAttributes(header: CoseHeader): UnsignedAttributes {
  const token = header.get(UNPROTECTED_LABEL.timestampSignature);
  const agentItem = header.get(UNPROTECTED_LABEL.signingAgent);
  const agent = agentItem && textOf(agentItem);
  return {
    ...(token?.major === MAJOR.bytes && token.content.length > 0 && { timestampSignature: token.content }),
    ...(agent !== undefined && { signingAgent: agent }),
  };
}

/** go-cose wants all 2048 bits, where JWS lets a modulus of 2041 bits pass for one of 2048 (RFC 8230 § 6.1). */
function requireFullLength({ publicKey }: Certificate): void {
  const bits = publicKey.asymmetricKeyDetails?.modulusLength;
  if (bits === undefined || bits >= 2048) return;
  throw new EnvelopeError(
    "ENVELOPE_ALGORITHM_UNSUPPORTED",
    `the signing certificate's key has ${bits} bits, less than 2048: sign with a longer one`,
  );
}
