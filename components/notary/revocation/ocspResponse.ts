import { context, DerReader, malformed, Tag } from "./der";
import { RevocationError } from "./error";
import { type Extension, readExtensions } from "./extensions";
import type { SignedData } from "./signature";
import { readTime } from "./time";

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
  const outer = new DerReader(der);
  const response = outer.enter(Tag.sequence);
  if (!outer.done) throw malformed("data follow the OCSP response");
  const status = response.readInteger(Tag.enumerated);
  if (!status.equals(Buffer.of(0))) {
    const name = (status.length === 1 && UNSUCCESSFUL[status[0] ?? 0]) || `status 0x${status.toString("hex", 0, 8)}`;
    throw new RevocationError("OCSP_UNSUCCESSFUL", `the responder answers ${name}: ask its operator`);
  }
  const bytes = response.enter(context(0, "constructed")).enter(Tag.sequence);
  if (bytes.readObjectIdentifier() !== BASIC) throw malformed("the OCSP response is not a basic one");
  return basicResponse(bytes.read(Tag.octetString));
}

function basicResponse(der: Buffer): OcspResponse {
  const outer = new DerReader(der);
  const reader = outer.enter(Tag.sequence);
  if (!outer.done) throw malformed("data follow the OCSP response");
  const signed = reader.readElement(Tag.sequence);
  const algorithm = reader.read(Tag.sequence);
  const signature = reader.readBits();
  const list = reader.enterOptional(context(0, "constructed"))?.enter(Tag.sequence);
  const certificates: Buffer[] = [];
  while (list && !list.done) certificates.push(list.readElement(Tag.sequence));
  return { signed, algorithm, signature, certificates, responses: responseData(signed) };
}

function responseData(der: Buffer): SingleResponse[] {
  const reader = new DerReader(der).enter(Tag.sequence);
  reader.enterOptional(context(0, "constructed"))?.readInteger();
  // Which key signed is found out by verifying, not by this name.
  if (reader.next(context(1, "constructed"))) reader.enter(context(1, "constructed")).read(Tag.sequence);
  else reader.enter(context(2, "constructed")).read(Tag.octetString);
  readTime(reader, true);
  const list = reader.enter(Tag.sequence);
  const responses: SingleResponse[] = [];
  while (!list.done) responses.push(singleResponse(list.enter(Tag.sequence)));
  return responses;
}

function singleResponse(reader: DerReader): SingleResponse {
  const certId = reader.enter(Tag.sequence);
  const hashAlgorithm = certId.enter(Tag.sequence).readObjectIdentifier();
  const issuerNameHash = certId.read(Tag.octetString);
  const issuerKeyHash = certId.read(Tag.octetString);
  const serialNumber = certId.readInteger();
  const status = certStatus(reader);
  readTime(reader, true);
  const next = reader.enterOptional(context(0, "constructed"));
  const nextUpdate = next && readTime(next, true);
  const extensions = reader.enterOptional(context(1, "constructed"))?.enter(Tag.sequence);
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

function certStatus(reader: DerReader): SingleResponse["status"] {
  if (reader.readOptional(context(0, "primitive"))) return "good";
  if (reader.readOptional(context(2, "primitive"))) return "unknown";
  const revoked = reader.enter(context(1, "constructed"));
  readTime(revoked, true);
  revoked.enterOptional(context(0, "constructed"))?.readInteger(Tag.enumerated);
  return "revoked";
}
