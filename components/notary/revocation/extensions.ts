import { DerReader, malformed, Tag } from "./der";
import { readTime } from "./time";

/** Object identifiers of RFC 5280 § 5.2, § 5.3 and RFC 6960 § 4.2.2.2.1. */
export const ExtensionId = {
  reasonCode: "2.5.29.21",
  invalidityDate: "2.5.29.24",
  crlNumber: "2.5.29.20",
  deltaCrlIndicator: "2.5.29.27",
  issuingDistributionPoint: "2.5.29.28",
  freshestCrl: "2.5.29.46",
  ocspNoCheck: "1.3.6.1.5.5.7.48.1.5",
} as const;

export interface Extension {
  readonly id: string;
  readonly critical: boolean;
  /** The DER inside the OCTET STRING. */
  readonly value: Buffer;
}

/** The elements of an Extensions (RFC 5280 § 4.1) whose SEQUENCE is entered already. */
export function readExtensions(reader: DerReader): Extension[] {
  const extensions: Extension[] = [];
  while (!reader.done) {
    const extension = reader.enter(Tag.sequence);
    const id = extension.readObjectIdentifier();
    const critical = extension.next(Tag.boolean) && extension.readBoolean();
    extensions.push({ id, critical, value: extension.read(Tag.octetString) });
  }
  return extensions;
}

export function findExtension(extensions: readonly Extension[], id: string): Extension | undefined {
  return extensions.find((extension) => extension.id === id);
}

/** RFC 5280 § 5.3.2. @throws RevocationError REVOCATION_DATA_MALFORMED */
export function invalidityDate({ value }: Extension): Date {
  const reader = new DerReader(value);
  const date = readTime(reader, true);
  if (!reader.done) throw malformed("data follow an invalidity date");
  return date;
}
