import { BoundedMap } from "../certificates/bounded";
import { type Extension, ExtensionType, readExtensions } from "../certificates/extension";
import { malformed } from "../der/error";
import { DerReader } from "../der/reader";
import { Tag } from "../der/tag";
import { CRYPTOBYTE, readDate } from "../der/time";
import { readingData } from "./error";
import { readSignedData, type SignedData } from "./signature";

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

/** A source gives the same bytes again as long as it keeps them: a large CRL is read and searched once. */
const parsed = new WeakMap<Buffer, CertificateList>();
const searched = new WeakMap<CertificateList, BoundedMap<string, Promise<RevokedEntry[]>>>();
const SEARCHED_MAX = 1024;
/** So many entries are read before other work of the process gets its turn. */
const ENTRIES_A_TURN = 10_000;

/**
 * As Go's x509.ParseRevocationList: version 2 only, data after the CRL are ignored.
 * @throws RevocationError REVOCATION_DATA_MALFORMED
 */
export function parseCertificateList(der: Buffer): CertificateList {
  const known = parsed.get(der);
  if (known) return known;
  const list = readingData(() => readList(new DerReader(der).sequence()));
  parsed.set(der, list);
  return list;
}

/**
 * The entries about one serial number, in the CRL's order; every other one is read, too, as one that cannot be read
 * makes the CRL worthless.
 * @param serialNumber content octets, minimal
 * @throws RevocationError REVOCATION_DATA_MALFORMED
 */
export function entriesOf(list: CertificateList, serialNumber: Buffer): Promise<RevokedEntry[]> {
  const searches = searched.get(list) ?? new BoundedMap(SEARCHED_MAX);
  searched.set(list, searches);
  return searches.get(serialNumber.toString("hex"), () => search(list, serialNumber));
}

async function search({ entries }: CertificateList, serialNumber: Buffer): Promise<RevokedEntry[]> {
  const list = new DerReader(entries);
  const found: RevokedEntry[] = [];
  while (!list.isEmpty) {
    readingData(() => {
      for (let read = 0; read < ENTRIES_A_TURN && !list.isEmpty; read++) {
        const entry = list.sequence();
        const matches = entry.integer().equals(serialNumber);
        const about = readEntry(entry);
        if (matches) found.push(about);
      }
    });
    if (!list.isEmpty) await new Promise((resolve) => setImmediate(resolve));
  }
  return found;
}

function readList(list: DerReader): CertificateList {
  const { signed, algorithm, signature } = readSignedData(list);
  const tbs = new DerReader(signed).sequence();
  if (tbs.int64() !== 1n) malformed("the CRL is not of version 2");
  if (!tbs.content(Tag.sequence).equals(algorithm)) malformed("the CRL names two signature algorithms");
  const issuerDer = tbs.element(Tag.sequence);
  readDate(tbs, CRYPTOBYTE);
  const hasNextUpdate = tbs.nextIs(Tag.utcTime) || tbs.nextIs(Tag.generalizedTime);
  const nextUpdate = hasNextUpdate ? readDate(tbs, CRYPTOBYTE) : undefined;
  const entries = tbs.nextIs(Tag.sequence) ? tbs.content(Tag.sequence) : Buffer.alloc(0);
  const block = tbs.optional(Tag.explicit(0))?.sequence();
  const extensions = block ? readExtensions(block) : [];
  const number = findExtension(extensions, ExtensionType.crlNumber);
  return {
    signed,
    algorithm,
    signature,
    issuerDer,
    ...(nextUpdate && { nextUpdate }),
    extensions,
    ...(number && { number: new DerReader(number.value).bigInteger() }),
    entries,
  };
}

/** Of what follows the serial number. */
function readEntry(entry: DerReader): RevokedEntry {
  const revocationDate = readDate(entry, CRYPTOBYTE);
  const block = entry.optional(Tag.sequence);
  const extensions = block ? readExtensions(block) : [];
  const reason = extensions.findLast(({ type }) => type === ExtensionType.reasonCode);
  const reasonCode = reason ? Number(new DerReader(reason.value).int64(Tag.enumerated)) : 0;
  return { revocationDate, reasonCode, extensions };
}

/** The first one of a type. */
export function findExtension(extensions: readonly Extension[], type: string): Extension | undefined {
  return extensions.find((extension) => extension.type === type);
}
