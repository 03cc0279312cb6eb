import type { TrustDeclaration } from "../../../components/notary/trust/declaration";
import type { TrustPolicyStatement } from "../../../components/notary/trust/document";
import { ACME, NIGHTLY, RELEASE, type Authorities, VENDOR } from "./authorities";

/** Repositories of the corpus; the last two are named by no statement of the base. */
export const REPOSITORIES = [
  "team/app",
  "team/web",
  "team/archive",
  "team/shop",
  "team/agency",
  "team/nightly",
  "team/lab",
  "team/scratch",
  "other/one",
  "other/two",
] as const;
export type RepositoryName = (typeof REPOSITORIES)[number];

export const subject = (name: string) => `x509.subject: ${name}`;

/** The trust that all changes begin with: a statement for each way in which a verdict can come about. */
export function baseTrust(host: string, { roots, signers }: Pick<Authorities, "roots" | "signers">): TrustDeclaration {
  const scope = (repository: RepositoryName) => `${host}/${repository}`;
  const strict = (
    name: string,
    repositories: readonly RepositoryName[],
    trustStores: string[],
    identity: string,
  ): TrustPolicyStatement => ({
    name,
    registryScopes: repositories.map(scope),
    signatureVerification: { level: "strict" },
    trustStores,
    trustedIdentities: [subject(identity)],
  });
  return {
    policy: {
      version: "1.0",
      trustPolicies: [
        strict("release", ["team/app", "team/web"], ["ca:acme"], RELEASE),
        strict("archive", ["team/archive"], ["ca:acme", "tsa:time"], ACME),
        {
          ...strict("shop", ["team/shop"], ["ca:acme", "tsa:time"], ACME),
          signatureVerification: { level: "strict", verifyTimestamp: "afterCertExpiry" },
        },
        strict("agency", ["team/agency"], ["ca:acme", "signingAuthority:agency"], ACME),
        {
          ...strict("nightly", ["team/nightly"], ["ca:acme", "ca:vendor"], NIGHTLY),
          signatureVerification: { level: "permissive" },
          trustedIdentities: [NIGHTLY, VENDOR].map(subject),
        },
        { ...strict("lab", ["team/lab"], ["ca:acme"], ACME), signatureVerification: { level: "audit" } },
        { name: "scratch", registryScopes: [scope("team/scratch")], signatureVerification: { level: "skip" } },
        { ...strict("others", [], ["ca:vendor"], VENDOR), registryScopes: ["*"] },
      ],
    },
    stores: {
      "ca:acme": [roots.acme.pem, signers.pinned.pem],
      "ca:vendor": [roots.vendor.pem],
      "signingAuthority:agency": [roots.agency.pem],
      "tsa:time": [roots.time.pem],
    },
  };
}
