import type { DerReader } from "../der/reader";
import { Tag } from "../der/tag";

// Extensions of certificates, CRLs, their entries, and OCSP responses: signature-specification.md § Certificate
// Requirements, trust-store-trust-policy.md § Certificate Revocation Evaluation.

/** Object identifiers of RFC 5280 § 4.2, § 5.2 and § 5.3, and of RFC 6960 § 4.2.2.2.1. */
export const ExtensionType = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  crlNumber: "2.5.29.20",
  reasonCode: "2.5.29.21",
  invalidityDate: "2.5.29.24",
  deltaCrlIndicator: "2.5.29.27",
  issuingDistributionPoint: "2.5.29.28",
  nameConstraints: "2.5.29.30",
  crlDistributionPoints: "2.5.29.31",
  certificatePolicies: "2.5.29.32",
  policyMappings: "2.5.29.33",
  authorityKeyIdentifier: "2.5.29.35",
  policyConstraints: "2.5.29.36",
  extendedKeyUsage: "2.5.29.37",
  freshestCrl: "2.5.29.46",
  inhibitAnyPolicy: "2.5.29.54",
  authorityInfoAccess: "1.3.6.1.5.5.7.1.1",
  ocspNoCheck: "1.3.6.1.5.5.7.48.1.5",
} as const;

export interface Extension {
  /** Object identifier. */
  readonly type: string;
  readonly critical: boolean;
  /** The DER inside the OCTET STRING. */
  readonly value: Buffer;
}

/** The elements of an Extensions (RFC 5280 § 4.1) whose SEQUENCE is entered already. @throws DerError */
export function readExtensions(list: DerReader): Extension[] {
  return list.readAll((extensions) => {
    const extension = extensions.sequence();
    const type = extension.objectIdentifier();
    const critical = extension.nextIs(Tag.boolean) && extension.boolean();
    return { type, critical, value: extension.content(Tag.octetString) };
  });
}
