import { type Extension, readExtensions } from "../certificates/extension";
import { readName } from "../certificates/name";
import { malformed } from "../der/error";
import { DerReader } from "../der/reader";
import { Tag } from "../der/tag";
import { ENCODING_ASN1, readDate } from "../der/time";
import { RevocationError, readingData } from "./error";
import { readSignedData, type SignedData } from "./signature";

/** What a BasicOCSPResponse (RFC 6960 § 4.2.1) says; nothing of it is checked yet. */
export interface OcspResponse extends SignedData {
  readonly responses: readonly SingleResponse[];
  /** DER of the certificates that came along. */
  readonly certificates: readonly Buffer[];
}

export interface SingleResponse {
  readonly hashAlgorithm: string;
  readonly issuerNameHash: Buffer;
  readonly issuerKeyHash: Buffer;
  readonly serialNumber: Buffer;
  readonly status: "good" | "revoked" | "unknown";
  /** Absent: newer information is available all the time. */
  readonly nextUpdate?: Date;
  readonly extensions: readonly Extension[];
}

const BASIC = "1.3.6.1.5.5.7.48.1.1";
const UNSUCCESSFUL: Readonly<Record<number, string>> = {
  1: "malformedRequest",
  2: "internalError",
  3: "tryLater",
  5: "sigRequired",
  6: "unauthorized",
};

/**
 * As golang.org/x/crypto/ocsp reads it, which refuses some of the data that follow the known elements of a SEQUENCE and
 * does not look at the lengths of explicit tags. Stricter than it, so that nothing unread is signed: all elements must be
 * those of RFC 6960, and be DER.
 * @throws RevocationError REVOCATION_DATA_MALFORMED, OCSP_UNSUCCESSFUL
 */
export function parseOcspResponse(der: Buffer): OcspResponse {
  return readingData(() => {
    const response = wholeSequence(der);
    const status = response.integer(Tag.enumerated);
    if (!status.equals(Buffer.of(0))) throw unsuccessful(status);
    const explicit = response.read(Tag.explicit(0));
    const bytes = explicit.sequence();
    if (bytes.objectIdentifier() !== BASIC) malformed("the OCSP response is not a basic one");
    const basic = readBasicResponse(wholeSequence(bytes.content(Tag.octetString)));
    requireEnd(response, explicit, bytes);
    return basic;
  });
}

function wholeSequence(der: Buffer): DerReader {
  const outer = new DerReader(der);
  const sequence = outer.sequence();
  requireEnd(outer);
  return sequence;
}

function requireEnd(...readers: (DerReader | undefined)[]): void {
  if (readers.some((reader) => reader?.isEmpty === false)) malformed("data follow an element of the OCSP response");
}

function unsuccessful(status: Buffer): RevocationError {
  const name = (status.length === 1 && UNSUCCESSFUL[status[0] ?? 0]) || `status 0x${status.toString("hex", 0, 8)}`;
  return new RevocationError("OCSP_UNSUCCESSFUL", `the responder answers ${name}: ask its operator`);
}

function readBasicResponse(response: DerReader): OcspResponse {
  const data = readSignedData(response);
  requireAlgorithm(new DerReader(data.algorithm));
  const explicit = response.optional(Tag.explicit(0));
  const certificates = explicit?.sequence().readAll((members) => members.element(Tag.sequence)) ?? [];
  requireEnd(response, explicit);
  return { ...data, certificates, responses: readResponseData(new DerReader(data.signed).sequence()) };
}

/** An AlgorithmIdentifier: RFC 5280 § 4.1.1.2. */
function requireAlgorithm(algorithm: DerReader): string {
  const id = algorithm.objectIdentifier();
  if (!algorithm.isEmpty) algorithm.any();
  requireEnd(algorithm);
  return id;
}

function readResponseData(data: DerReader): SingleResponse[] {
  const version = data.optional(Tag.explicit(0));
  version?.integer();
  requireResponderId(data);
  readDate(data, ENCODING_ASN1);
  const responses = data.sequence().readAll((list) => readSingleResponse(list.sequence()));
  const extensions = data.optional(Tag.explicit(1));
  if (extensions) readExtensions(extensions.sequence());
  requireEnd(data, version, extensions);
  return responses;
}

/** Which key signed is found out by verifying, not by this name; it must be one all the same. */
function requireResponderId(data: DerReader): void {
  const byName = data.optional(Tag.explicit(1));
  const responder = byName ?? data.read(Tag.explicit(2));
  if (byName) readName(byName.element(Tag.sequence));
  else responder.content(Tag.octetString);
  requireEnd(responder);
}

function readSingleResponse(response: DerReader): SingleResponse {
  const certId = response.sequence();
  const hashAlgorithm = requireAlgorithm(certId.sequence());
  const issuerNameHash = certId.content(Tag.octetString);
  const issuerKeyHash = certId.content(Tag.octetString);
  const serialNumber = certId.integer();
  const status = readStatus(response);
  readDate(response, ENCODING_ASN1);
  const next = response.optional(Tag.explicit(0));
  const nextUpdate = next && readDate(next, ENCODING_ASN1);
  const explicit = response.optional(Tag.explicit(1));
  const extensions = explicit && readExtensions(explicit.sequence());
  requireEnd(certId, next, explicit, response);
  return {
    hashAlgorithm,
    issuerNameHash,
    issuerKeyHash,
    serialNumber,
    status,
    ...(nextUpdate && { nextUpdate }),
    extensions: extensions ?? [],
  };
}

function readStatus(response: DerReader): SingleResponse["status"] {
  if (response.optional(Tag.implicit(0))) return "good";
  if (response.optional(Tag.implicit(2))) return "unknown";
  const revoked = response.read(Tag.explicit(1));
  readDate(revoked, ENCODING_ASN1);
  const reason = revoked.optional(Tag.explicit(0));
  reason?.integer(Tag.enumerated);
  requireEnd(reason, revoked);
  return "revoked";
}
