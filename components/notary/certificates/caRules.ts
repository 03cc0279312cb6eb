import { ExtensionType } from "./extension";
import { keyUsageCritical, keyUsagePresent } from "./leafRules";
import type { ChainPurpose, Rule } from "./rule";
import { KeyUsageFlags } from "./usage";

// signature-specification.md § Root and Intermediate CA Certificates, in the order of notation-core-go x509/helper.go.

const section = "Root and Intermediate CA Certificates";

const CA: Rule = {
  code: "CERTIFICATE_BASIC_CONSTRAINTS",
  section,
  broken: ({ certificate }) =>
    certificate.basicConstraints?.ca
      ? undefined
      : "issues another one, but its basicConstraints do not make it a CA: have it issued with cA true",
};

/** The specification demands it; notation-core-go does not look at it. */
const CRITICAL: Rule = {
  code: "CERTIFICATE_BASIC_CONSTRAINTS",
  section,
  enforced: false,
  broken: ({ certificate: { extensions } }) =>
    extensions.get(ExtensionType.basicConstraints)?.critical === false
      ? "has basicConstraints that are not critical: have it issued with critical ones"
      : undefined,
};

const PATH_LENGTH: Rule = {
  code: "CERTIFICATE_PATH_LENGTH",
  section,
  broken({ certificate: { basicConstraints }, position }) {
    const below = position - 1;
    const allowed = basicConstraints?.pathLength;
    return allowed !== undefined && allowed < below
      ? `allows ${allowed} CAs below it, but the chain has ${below}: leave one out, or raise its pathLenConstraint`
      : undefined;
  },
};

const CERTIFICATE_SIGNING: Rule = {
  code: "CERTIFICATE_KEY_USAGE",
  section,
  broken: ({ certificate: { keyUsage } }) =>
    keyUsage && !(keyUsage.bits & KeyUsageFlags.keyCertSign)
      ? "issues another one, but has a keyUsage without keyCertSign: have it issued with keyCertSign"
      : undefined,
};

const rules = (purpose: ChainPurpose): readonly Rule[] => [
  CA,
  CRITICAL,
  PATH_LENGTH,
  keyUsagePresent(section),
  keyUsageCritical(section, purpose),
  CERTIFICATE_SIGNING,
];

export const CA_RULES: Readonly<Record<ChainPurpose, readonly Rule[]>> = {
  codeSigning: rules("codeSigning"),
  timestamping: rules("timestamping"),
};
