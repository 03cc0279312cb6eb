import { malformed } from "../der/error";
import { DerReader } from "../der/reader";
import { Tag } from "../der/tag";
import { readDistributionPoints } from "./distributionPoints";
import { ExtensionType } from "./extension";
import type { CertificateExtensions } from "./extensions";
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
  const authorityInfoAccess = der(ExtensionType.authorityInfoAccess);
  const crlDistributionPoints = der(ExtensionType.crlDistributionPoints);
  return {
    ...(basicConstraints && { basicConstraints: readBasicConstraints(basicConstraints.der) }),
    ...(keyUsage && { keyUsage: { critical: keyUsage.critical, bits: readKeyUsage(keyUsage.der) } }),
    ...(extendedKeyUsage && { extendedKeyUsage: readExtendedKeyUsage(extendedKeyUsage.der) }),
    ...(subjectKeyIdentifier && { subjectKeyIdentifier }),
    ...(authorityKeyIdentifier && { authorityKeyIdentifier }),
    revocation: {
      ocsp: authorityInfoAccess ? readOcspAddresses(authorityInfoAccess.der) : [],
      crl: crlDistributionPoints ? readDistributionPoints(crlDistributionPoints.der) : [],
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
  return der.sequence().readAll((usages) => usages.objectIdentifier());
}

function readAuthorityKeyIdentifier(der: DerReader | undefined): Buffer | undefined {
  const identifier = der?.sequence();
  return identifier?.nextIs(Tag.implicit(0)) ? identifier.content(Tag.implicit(0)) : undefined;
}

function readOcspAddresses(der: DerReader): string[] {
  const addresses = der.sequence().readAll((access) => {
    const description = access.sequence();
    const method = description.objectIdentifier();
    if (!description.nextIs(GeneralNameTag.uri)) return [];
    const address = description.content(GeneralNameTag.uri).toString();
    return method === OCSP ? [address] : [];
  });
  return addresses.flat();
}
