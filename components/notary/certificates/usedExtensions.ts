import { DerReader, malformed, Tag } from "./der";
import { type CertificateExtensions, ExtensionType } from "./extensions";
import { GeneralNameTag } from "./generalNames";

/** What is looked at in a certificate's extensions: signature-specification.md § Certificate Requirements. */
export interface UsedExtensions {
  /** `pathLength` is absent when the extension gives none. */
  readonly basicConstraints?: { ca: boolean; pathLength?: number };
  /** `bits` as @peculiar/x509's KeyUsageFlags: bit 0 of RFC 5280 is 1, bit 8 is 256. */
  readonly keyUsage?: { critical: boolean; bits: number };
  /** Object identifiers. */
  readonly extendedKeyUsage?: readonly string[];
  /** Content octets of the key identifiers of RFC 5280 § 4.2.1.2 and § 4.2.1.1. */
  readonly subjectKeyIdentifier?: Buffer;
  readonly authorityKeyIdentifier?: Buffer;
  /** Where its revocation status is published: addresses of OCSP responders and of CRLs, in its order. */
  readonly revocation: { ocsp: readonly string[]; crl: readonly string[] };
}

const OCSP = "1.3.6.1.5.5.7.48.1";

/** Reads each as Go's crypto/x509 does. @throws DerError */
export function readUsedExtensions(extensions: CertificateExtensions): UsedExtensions {
  const der = (type: string) => {
    const extension = extensions.get(type);
    return extension && { critical: extension.critical, der: new DerReader(extension.value) };
  };
  const basicConstraints = der(ExtensionType.basicConstraints);
  const keyUsage = der(ExtensionType.keyUsage);
  const extendedKeyUsage = der(ExtensionType.extendedKeyUsage);
  const subjectKeyIdentifier = der(ExtensionType.subjectKeyIdentifier)?.der.content(Tag.octetString);
  const authorityKeyIdentifier = readAuthorityKeyIdentifier(der(ExtensionType.authorityKeyIdentifier)?.der);
  return {
    ...(basicConstraints && { basicConstraints: readBasicConstraints(basicConstraints.der) }),
    ...(keyUsage && { keyUsage: { critical: keyUsage.critical, bits: readKeyUsage(keyUsage.der) } }),
    ...(extendedKeyUsage && { extendedKeyUsage: readExtendedKeyUsage(extendedKeyUsage.der) }),
    ...(subjectKeyIdentifier && { subjectKeyIdentifier }),
    ...(authorityKeyIdentifier && { authorityKeyIdentifier }),
    revocation: {
      ocsp: readOcspAddresses(der(ExtensionType.authorityInfoAccess)?.der),
      crl: readCrlAddresses(der(ExtensionType.crlDistributionPoints)?.der),
    },
  };
}

function readBasicConstraints(der: DerReader): { ca: boolean; pathLength?: number } {
  const constraints = der.sequence();
  const ca = constraints.nextIs(Tag.boolean) && constraints.boolean();
  if (!constraints.nextIs(Tag.integer)) return { ca };
  const pathLength = constraints.int64();
  if (pathLength < 0n) malformed("the path length is negative");
  return { ca, pathLength: Number(pathLength) };
}

function readKeyUsage(der: DerReader): number {
  const { octets } = der.bitString();
  const bit = (index: number) => ((octets[index >> 3] ?? 0) >> (7 - (index & 7))) & 1;
  return Array.from({ length: 9 }, (_, index) => bit(index) << index).reduce((bits, one) => bits | one);
}

function readExtendedKeyUsage(der: DerReader): string[] {
  const usages = der.sequence();
  const found: string[] = [];
  while (!usages.isEmpty) found.push(usages.objectIdentifier());
  return found;
}

function readAuthorityKeyIdentifier(der: DerReader | undefined): Buffer | undefined {
  const identifier = der?.sequence();
  return identifier?.nextIs(Tag.implicit(0)) ? identifier.content(Tag.implicit(0)) : undefined;
}

function readOcspAddresses(der: DerReader | undefined): string[] {
  const access = der?.sequence();
  const addresses: string[] = [];
  while (access && !access.isEmpty) {
    const description = access.sequence();
    const method = description.objectIdentifier();
    if (!description.nextIs(GeneralNameTag.uri)) continue;
    const address = description.content(GeneralNameTag.uri).toString();
    if (method === OCSP) addresses.push(address);
  }
  return addresses;
}

function readCrlAddresses(der: DerReader | undefined): string[] {
  const points = der?.sequence();
  const addresses: string[] = [];
  while (points && !points.isEmpty) {
    const names = points.sequence().optional(Tag.explicit(0))?.read(Tag.explicit(0));
    while (names?.nextIs(GeneralNameTag.uri)) addresses.push(names.content(GeneralNameTag.uri).toString());
  }
  return addresses;
}
