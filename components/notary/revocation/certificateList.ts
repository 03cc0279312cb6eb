import { context, DerReader, malformed, requireMinimal, Tag, toBigInt } from "./der";
import { type Extension, ExtensionId, findExtension, readExtensions } from "./extensions";
import type { SignedData } from "./signature";
import { nextIsTime, readTime } from "./time";

/** A CertificateList (RFC 5280 § 5.1) but for its entries; nothing of it is checked yet. */
export interface CertificateList extends SignedData {
  readonly issuerDer: Buffer;
  /** Absent when the CRL does not say. */
  readonly nextUpdate?: Date;
  readonly extensions: readonly Extension[];
  readonly number?: bigint;
  /** Content octets of revokedCertificates. */
  readonly entries: Buffer;
}

export interface RevokedEntry {
  readonly revocationDate: Date;
  /** CRLReason; 0 (unspecified) when absent. */
  readonly reasonCode: number;
  readonly extensions: readonly Extension[];
}

/**
 * As Go's x509.ParseRevocationList: version 2 only, data after the CRL are ignored.
 * @throws RevocationError REVOCATION_DATA_MALFORMED
 */
export function parseCertificateList(der: Buffer): CertificateList {
  const list = new DerReader(der).enter(Tag.sequence);
  const signed = list.readElement(Tag.sequence);
  const tbs = new DerReader(signed).enter(Tag.sequence);
  if (!tbs.readInteger().equals(Buffer.of(1))) throw malformed("the CRL is not of version 2");
  const inner = tbs.read(Tag.sequence);
  const algorithm = list.read(Tag.sequence);
  if (!inner.equals(algorithm)) throw malformed("the CRL names two signature algorithms");
  const signature = list.readBits();
  const issuerDer = tbs.readElement(Tag.sequence);
  readTime(tbs, false);
  const nextUpdate = nextIsTime(tbs) ? readTime(tbs, false) : undefined;
  const entries = tbs.readOptional(Tag.sequence) ?? Buffer.alloc(0);
  const block = tbs.enterOptional(context(0, "constructed"))?.enter(Tag.sequence);
  const extensions = block ? readExtensions(block) : [];
  const number = findExtension(extensions, ExtensionId.crlNumber);
  return {
    signed,
    algorithm,
    signature,
    issuerDer,
    ...(nextUpdate && { nextUpdate }),
    extensions,
    ...(number && { number: toBigInt(new DerReader(number.value).readInteger()) }),
    entries,
  };
}

/**
 * The entries about one serial number, in the CRL's order; every other one is read, too, as one that cannot be read
 * makes the CRL worthless.
 * @throws RevocationError REVOCATION_DATA_MALFORMED
 */
export function entriesOf({ entries }: CertificateList, serialNumber: Buffer): RevokedEntry[] {
  requireMinimal(serialNumber);
  const reader = new DerReader(entries);
  const found: RevokedEntry[] = [];
  while (!reader.done) {
    const entry = reader.enter(Tag.sequence);
    const matches = entry.readInteger().equals(serialNumber);
    const revocationDate = readTime(entry, false);
    const block = entry.enterOptional(Tag.sequence);
    const extensions = block ? readExtensions(block) : [];
    const reasonCode = reasonOf(extensions);
    if (matches) found.push({ revocationDate, reasonCode, extensions });
  }
  return found;
}

function reasonOf(extensions: readonly Extension[]): number {
  const extension = extensions.findLast(({ id }) => id === ExtensionId.reasonCode);
  if (!extension) return 0;
  const content = new DerReader(extension.value).readInteger(Tag.enumerated);
  if (content.length > 4) throw malformed("a CRL's reason code is too large");
  return content.readIntBE(0, content.length);
}
