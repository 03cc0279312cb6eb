import { type Extension, readExtensions } from "../certificates/extension";
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
 * As golang.org/x/crypto/ocsp reads it: elements that follow the known ones inside a SEQUENCE are ignored (response
 * extensions among them), data after the response are not. Only the lengths of explicit tags, which Go's encoding/asn1
 * does not look at, must fit here.
 * @throws RevocationError REVOCATION_DATA_MALFORMED, OCSP_UNSUCCESSFUL
 */
export function parseOcspResponse(der: Buffer): OcspResponse {
  return readingData(() => {
    const response = wholeSequence(der);
    const status = response.integer(Tag.enumerated);
    if (!status.equals(Buffer.of(0))) throw unsuccessful(status);
    const bytes = response.read(Tag.explicit(0)).sequence();
    if (bytes.objectIdentifier() !== BASIC) malformed("the OCSP response is not a basic one");
    return readBasicResponse(wholeSequence(bytes.content(Tag.octetString)));
  });
}

function wholeSequence(der: Buffer): DerReader {
  const outer = new DerReader(der);
  const sequence = outer.sequence();
  return outer.isEmpty ? sequence : malformed("data follow the OCSP response");
}

function unsuccessful(status: Buffer): RevocationError {
  const name = (status.length === 1 && UNSUCCESSFUL[status[0] ?? 0]) || `status 0x${status.toString("hex", 0, 8)}`;
  return new RevocationError("OCSP_UNSUCCESSFUL", `the responder answers ${name}: ask its operator`);
}

function readBasicResponse(response: DerReader): OcspResponse {
  const data = readSignedData(response);
  const list = response.optional(Tag.explicit(0))?.sequence();
  const certificates = list?.readAll((members) => members.element(Tag.sequence)) ?? [];
  return { ...data, certificates, responses: readResponseData(new DerReader(data.signed).sequence()) };
}

function readResponseData(data: DerReader): SingleResponse[] {
  data.optional(Tag.explicit(0))?.integer();
  // Which key signed is found out by verifying, not by this name.
  const byName = data.optional(Tag.explicit(1));
  if (byName) byName.content(Tag.sequence);
  else data.read(Tag.explicit(2)).content(Tag.octetString);
  readDate(data, ENCODING_ASN1);
  return data.sequence().readAll((list) => readSingleResponse(list.sequence()));
}

function readSingleResponse(response: DerReader): SingleResponse {
  const certId = response.sequence();
  const hashAlgorithm = certId.sequence().objectIdentifier();
  const issuerNameHash = certId.content(Tag.octetString);
  const issuerKeyHash = certId.content(Tag.octetString);
  const serialNumber = certId.integer();
  const status = readStatus(response);
  readDate(response, ENCODING_ASN1);
  const next = response.optional(Tag.explicit(0));
  const nextUpdate = next && readDate(next, ENCODING_ASN1);
  const extensions = response.optional(Tag.explicit(1))?.sequence();
  return {
    hashAlgorithm,
    issuerNameHash,
    issuerKeyHash,
    serialNumber,
    status,
    ...(nextUpdate && { nextUpdate }),
    extensions: extensions ? readExtensions(extensions) : [],
  };
}

function readStatus(response: DerReader): SingleResponse["status"] {
  if (response.optional(Tag.implicit(0))) return "good";
  if (response.optional(Tag.implicit(2))) return "unknown";
  const revoked = response.read(Tag.explicit(1));
  readDate(revoked, ENCODING_ASN1);
  revoked.optional(Tag.explicit(0))?.integer(Tag.enumerated);
  return "revoked";
}
