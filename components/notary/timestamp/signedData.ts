import { messageOf } from "../../errors";
import { type Certificate, parseCertificate } from "../certificates/certificate";
import { encodeDer } from "../der/encode";
import { DerReader } from "../der/reader";
import { Tag } from "../der/tag";
import { withShortestLengths } from "./ber";
import { malformed, readingDer } from "./malformed";

// The CMS SignedData (RFC 5652 § 5) of a token, as tspclient-go internal/cms reads it, which decides what notation
// takes: signature-specification.md § Unsigned Attributes. The reader of certificates serves better than a library that
// encodes anew what it read: the signature is over exact bytes.

export interface Attribute {
  type: string;
  /** DER of the values, one after the other. */
  values: Buffer;
  /** DER of the attribute. */
  raw: Buffer;
}

export interface SignerInfo {
  version: bigint;
  /** DER of the name of the certificate's issuer. */
  issuer: Buffer;
  /** Content octets. */
  serialNumber: Buffer;
  digestAlgorithm: string;
  signedAttributes: readonly Attribute[];
  signatureAlgorithm: string;
  signature: Buffer;
}

export interface SignedData {
  contentType: string;
  content: Buffer;
  certificates: readonly Certificate[];
  signerInfos: readonly SignerInfo[];
}

const SIGNED_DATA = "1.2.840.113549.1.7.2";
/** tspclient-go http.go takes no larger answer; a token has some 10 KiB. */
export const TOKEN_BYTES_MAX = 1024 * 1024;
/** A token has one signer (RFC 3161 § 2.4.2) and the certificates of its chain. The reference has no limits. */
const SIGNERS_MAX = 8;
const CERTIFICATES_MAX = 32;

/** @throws TimestampError TIMESTAMP_MALFORMED */
export function parseSignedData(token: Buffer): SignedData {
  if (token.length > TOKEN_BYTES_MAX) throw malformed(`it has more than ${TOKEN_BYTES_MAX} bytes`);
  const der = withShortestLengths(token);
  return readingDer(() => readContentInfo(new DerReader(der).sequence()));
}

function readContentInfo(contentInfo: DerReader): SignedData {
  if (contentInfo.objectIdentifier() !== SIGNED_DATA) throw malformed("it is no SignedData");
  const signedData = contentInfo.read(Tag.explicit(0)).sequence();
  const version = signedData.int64();
  signedData.read(Tag.set).readAll((algorithms) => readAlgorithm(algorithms.sequence()));
  const { contentType, content } = readContent(signedData.sequence());
  const certificates = signedData.optional(Tag.explicit(0));
  // The reference has no form for a certificate revocation list in a token, and fails.
  if (signedData.optional(Tag.explicit(1))?.isEmpty === false) throw malformed("it carries revocation lists");
  const signerInfos = signedData.read(Tag.set).readAll((signers) => readSigner(signers.sequence()));
  if (version !== 3n) throw malformed(`its SignedData has the version ${version}, not 3`);
  if (signerInfos.length > SIGNERS_MAX) throw malformed(`it has more than ${SIGNERS_MAX} signers`);
  return { contentType, content, certificates: certificates ? readCertificates(certificates) : [], signerInfos };
}

function readContent(encapsulated: DerReader): { contentType: string; content: Buffer } {
  const contentType = encapsulated.objectIdentifier();
  const content = encapsulated.optional(Tag.explicit(0))?.content(Tag.octetString);
  return { contentType, content: content ?? Buffer.alloc(0) };
}

function readCertificates(reader: DerReader): Certificate[] {
  const elements = reader.readAll((certificates) => certificates.element(Tag.sequence));
  if (elements.length > CERTIFICATES_MAX) throw malformed(`it has more than ${CERTIFICATES_MAX} certificates`);
  return elements.map((element) => {
    try {
      return parseCertificate(element);
    } catch (error) {
      throw malformed(messageOf(error), error);
    }
  });
}

function readSigner(signer: DerReader): SignerInfo {
  const version = signer.int64();
  const identifier = signer.sequence();
  const issuer = identifier.any().element;
  const serialNumber = identifier.integer();
  const digestAlgorithm = readAlgorithm(signer.sequence());
  const signedAttributes = readAttributes(signer.optional(Tag.explicit(0)));
  const signatureAlgorithm = readAlgorithm(signer.sequence());
  const signature = signer.content(Tag.octetString);
  // Unsigned ones must have the form, and say nothing.
  readAttributes(signer.optional(Tag.explicit(1)));
  return { version, issuer, serialNumber, digestAlgorithm, signedAttributes, signatureAlgorithm, signature };
}

/** An AlgorithmIdentifier; its parameters are not looked at. */
function readAlgorithm(algorithm: DerReader): string {
  const identifier = algorithm.objectIdentifier();
  if (!algorithm.isEmpty) algorithm.any();
  return identifier;
}

function readAttributes(attributes: DerReader | undefined): Attribute[] {
  if (!attributes) return [];
  return attributes.readAll((list) => {
    const attribute = list.sequence();
    const type = attribute.element(Tag.objectIdentifier);
    const { content, element } = attribute.any();
    const raw = encodeDer(Tag.sequence, type, element);
    return { type: new DerReader(type).objectIdentifier(), values: content, raw };
  });
}
