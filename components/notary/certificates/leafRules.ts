import { ExtensionType } from "./extension";
import type { ChainPurpose, Rule } from "./rule";
import { ExtendedKeyUsage, KeyUsageFlags } from "./usage";

// signature-specification.md § Leaf Certificates, in the order of notation-core-go x509/codesigning_cert_validations.go
// and timestamp_cert_validations.go.

const section = "Leaf Certificates";

const NOT_FOR_LEAVES = [
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
] as const;

/** What the certificate is for, if it has one of these; OCSPSigning is notation-core-go's addition. */
const NOT_FOR_SIGNERS = [
  ["serverAuth", "it is a TLS server's certificate, as Let's Encrypt issues them, and such a one can never sign"],
  ["clientAuth", "it is a TLS client's certificate"],
  ["emailProtection", "it is a certificate for mail"],
  ["timeStamping", "it is a time stamping authority's certificate"],
  ["ocspSigning", "it is an OCSP responder's certificate"],
] as const;

const NO_CA: Rule = {
  code: "CERTIFICATE_BASIC_CONSTRAINTS",
  section,
  broken: ({ certificate }) =>
    certificate.basicConstraints?.ca
      ? "is a CA's, but signs: have a certificate with cA false issued, and keep this one as its issuer"
      : undefined,
};

export const keyUsagePresent = (section: Rule["section"]): Rule => ({
  code: "CERTIFICATE_KEY_USAGE",
  section,
  broken: ({ certificate }) =>
    certificate.keyUsage ? undefined : "has no keyUsage extension: have it issued with one that is critical",
});

export const keyUsageCritical = (section: Rule["section"], purpose: ChainPurpose): Rule => ({
  code: "CERTIFICATE_KEY_USAGE",
  section,
  // In chains of time stamping authorities notation-core-go does not look at it.
  ...(purpose === "timestamping" && { enforced: false }),
  broken: ({ certificate }) =>
    certificate.keyUsage && !certificate.keyUsage.critical
      ? "has a keyUsage extension that is not critical: have it issued with a critical one"
      : undefined,
});

const DIGITAL_SIGNATURE: Rule = {
  code: "CERTIFICATE_KEY_USAGE",
  section,
  broken: ({ certificate: { keyUsage } }) =>
    keyUsage && !(keyUsage.bits & KeyUsageFlags.digitalSignature)
      ? "has a keyUsage without digitalSignature: have it issued with digitalSignature alone"
      : undefined,
};

const SURPLUS_KEY_USAGE: Rule = {
  code: "CERTIFICATE_KEY_USAGE",
  section,
  broken({ certificate: { keyUsage } }) {
    const surplus = NOT_FOR_LEAVES.filter((name) => (keyUsage?.bits ?? 0) & KeyUsageFlags[name]);
    return surplus.length > 0
      ? `has the keyUsage ${surplus.join(", ")}: have it issued with digitalSignature alone`
      : undefined;
  },
};

const SIGNER_USAGE: Rule = {
  code: "CERTIFICATE_EXTENDED_KEY_USAGE",
  section,
  broken({ certificate: { extendedKeyUsage = [] } }) {
    const foreign = NOT_FOR_SIGNERS.filter(([name]) => extendedKeyUsage.includes(ExtendedKeyUsage[name]));
    const names = foreign.map(([name]) => name).join(", ");
    return foreign[0] && `has the extendedKeyUsage ${names}: ${foreign[0][1]}; use one issued for codeSigning`;
  },
};

/** The specification forbids it; notation-core-go lets it pass. */
const ANY_USAGE: Rule = {
  code: "CERTIFICATE_EXTENDED_KEY_USAGE",
  section,
  enforced: false,
  broken: ({ certificate }) =>
    certificate.extendedKeyUsage?.includes(ExtendedKeyUsage.anyExtendedKeyUsage)
      ? "has the extendedKeyUsage anyExtendedKeyUsage: have it issued with codeSigning alone"
      : undefined,
};

/** RFC 3161 § 2.3 demands more than the specification: the extension is there, with this usage alone. */
const TIMESTAMPING_USAGE: Rule = {
  code: "CERTIFICATE_EXTENDED_KEY_USAGE",
  section,
  broken: ({ certificate: { extendedKeyUsage = [] } }) =>
    extendedKeyUsage.length === 1 && extendedKeyUsage[0] === ExtendedKeyUsage.timeStamping
      ? undefined
      : "does not have timeStamping as its only extendedKeyUsage: use a time stamping authority's certificate",
};

const TIMESTAMPING_USAGE_CRITICAL: Rule = {
  code: "CERTIFICATE_EXTENDED_KEY_USAGE",
  section,
  broken: ({ certificate: { extensions } }) =>
    extensions.get(ExtensionType.extendedKeyUsage)?.critical === false
      ? "has an extendedKeyUsage that is not critical: have it issued with a critical one"
      : undefined,
};

const KEY: Rule = {
  code: "CERTIFICATE_KEY_UNSUPPORTED",
  section,
  broken: ({ certificate }) =>
    certificate.keySpec
      ? undefined
      : "has another key than RSA of 2048, 3072 or 4096 bits or EC P-256, P-384 or P-521: have it issued for one of these",
};

const common = (purpose: ChainPurpose) => [
  NO_CA,
  keyUsagePresent(section),
  keyUsageCritical(section, purpose),
  DIGITAL_SIGNATURE,
  SURPLUS_KEY_USAGE,
];

export const LEAF_RULES: Readonly<Record<ChainPurpose, readonly Rule[]>> = {
  codeSigning: [...common("codeSigning"), SIGNER_USAGE, ANY_USAGE, KEY],
  timestamping: [...common("timestamping"), TIMESTAMPING_USAGE, TIMESTAMPING_USAGE_CRITICAL, KEY],
};
