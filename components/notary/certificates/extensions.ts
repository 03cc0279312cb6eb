import { malformed } from "../der/error";
import { DerReader } from "../der/reader";
import { Tag } from "../der/tag";
import { type Extension, ExtensionType, readExtensions } from "./extension";
import { hasKnownNames } from "./generalNames";
import { readNameConstraints } from "./nameConstraints";

/** By object identifier. */
export type CertificateExtensions = ReadonlyMap<string, Omit<Extension, "type">>;

/** @throws DerError; also when one occurs twice */
export function extensionsByType(list: DerReader): CertificateExtensions {
  const found = new Map<string, Omit<Extension, "type">>();
  for (const { type, ...extension } of readExtensions(list)) {
    if (found.has(type)) malformed(`the extension ${type} occurs twice`);
    found.set(type, extension);
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
    der.sequence().readAll((policies) => {
      const identifier = policies.sequence().content(Tag.objectIdentifier);
      const isWhole = identifier.length > 0 && (identifier.at(-1) ?? 0) < 0x80;
      const isMinimal = identifier.every((octet, index) => octet !== 0x80 || (identifier[index - 1] ?? 0) >= 0x80);
      if (!isWhole || !isMinimal || seen.has(identifier.toString("hex")))
        malformed("certificate policies are not valid");
      seen.add(identifier.toString("hex"));
    });
    return true;
  },
  [ExtensionType.policyMappings]: (der) => {
    der.sequence().readAll((mappings) => {
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
