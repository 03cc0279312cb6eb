import { DerReader, malformed, Tag } from "./der";
import { hasKnownNames } from "./generalNames";
import { readNameConstraints } from "./nameConstraints";

/** Object identifiers of RFC 5280 § 4.2. */
export const ExtensionType = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  nameConstraints: "2.5.29.30",
  crlDistributionPoints: "2.5.29.31",
  certificatePolicies: "2.5.29.32",
  policyMappings: "2.5.29.33",
  authorityKeyIdentifier: "2.5.29.35",
  policyConstraints: "2.5.29.36",
  extendedKeyUsage: "2.5.29.37",
  inhibitAnyPolicy: "2.5.29.54",
  authorityInfoAccess: "1.3.6.1.5.5.7.1.1",
} as const;

export interface CertificateExtension {
  readonly critical: boolean;
  /** The DER inside the OCTET STRING. */
  readonly value: Buffer;
}

/** By object identifier. */
export type CertificateExtensions = ReadonlyMap<string, CertificateExtension>;

/** @param extensions content of the certificate's `[3]` @throws DerError; also when one occurs twice */
export function readExtensions(extensions: DerReader): CertificateExtensions {
  const found = new Map<string, CertificateExtension>();
  const list = extensions.sequence();
  while (!list.isEmpty) {
    const extension = list.sequence();
    const type = extension.objectIdentifier();
    const critical = extension.nextIs(Tag.boolean) && extension.boolean();
    if (found.has(type)) malformed(`the extension ${type} occurs twice`);
    found.set(type, { critical, value: extension.content(Tag.octetString) });
  }
  return found;
}

/**
 * Refuses what Go's crypto/x509 refuses in extensions that nothing here looks at, so that a certificate is taken or
 * refused alike (the extensions that count: signature-specification.md § Other requirements).
 * @returns critical extensions that Go does not know
 * @throws DerError
 */
export function requireReadableExtensions(extensions: CertificateExtensions): string[] {
  return [...extensions].flatMap(([type, extension]) => {
    const isHandled = CHECKS[type]?.(new DerReader(extension.value), extension.critical) ?? false;
    return extension.critical && !isHandled ? [type] : [];
  });
}

/** Each reads an extension that is not read for its content, and says whether Go handles it. */
const CHECKS: Readonly<Record<string, ((der: DerReader, critical: boolean) => boolean) | undefined>> = {
  [ExtensionType.keyUsage]: () => true,
  [ExtensionType.basicConstraints]: () => true,
  [ExtensionType.extendedKeyUsage]: () => true,
  [ExtensionType.crlDistributionPoints]: () => true,
  [ExtensionType.subjectAltName]: hasKnownNames,
  [ExtensionType.nameConstraints]: readNameConstraints,
  [ExtensionType.subjectKeyIdentifier]: (_, critical) => notCritical(critical),
  [ExtensionType.authorityKeyIdentifier]: (_, critical) => notCritical(critical),
  [ExtensionType.authorityInfoAccess]: (_, critical) => notCritical(critical),
  [ExtensionType.certificatePolicies]: (der) => {
    const seen = new Set<string>();
    each(der.sequence(), (policy) => {
      const identifier = policy.sequence().content(Tag.objectIdentifier);
      const isWhole = identifier.length > 0 && (identifier.at(-1) ?? 0) < 0x80;
      const isMinimal = identifier.every((octet, index) => octet !== 0x80 || (identifier[index - 1] ?? 0) >= 0x80);
      if (!isWhole || !isMinimal || seen.has(identifier.toString("hex")))
        malformed("certificate policies are not valid");
      seen.add(identifier.toString("hex"));
    });
    return true;
  },
  [ExtensionType.policyMappings]: (der) => {
    each(der.sequence(), (mappings) => {
      const mapping = mappings.sequence();
      mapping.content(Tag.objectIdentifier);
      mapping.content(Tag.objectIdentifier);
    });
    return true;
  },
  [ExtensionType.policyConstraints]: (der) => {
    const constraints = der.sequence();
    for (const tag of [Tag.implicit(0), Tag.implicit(1)]) if (constraints.nextIs(tag)) constraints.int64(tag);
    return true;
  },
  [ExtensionType.inhibitAnyPolicy]: (der) => {
    der.int64();
    return true;
  },
};

function notCritical(critical: boolean): true {
  return critical ? malformed("an extension is critical that must not be") : true;
}

/** Reads a list to its end. */
export function each(list: DerReader, read: (list: DerReader) => void): void {
  while (!list.isEmpty) read(list);
}
