/** What evaluates a trust policy statement, in the version that was read. */
export type Target =
  | "notation"
  | "ratify"
  | "ratify2"
  | "kyvernoClusterPolicy"
  | "kyvernoImageValidatingPolicy"
  | "connaisseur"
  | "harbor";

/** What a trust policy statement says, and what users ask beyond it. */
export type Property =
  | "registryScopes"
  | "level"
  | "override"
  | "trustedIdentities"
  | "manyCaStores"
  | "signingAuthority"
  | "tsaStore"
  | "verifyTimestamp"
  | "kOfN";

/**
 * How far a target can express a property: as declared; in its own words, without loss; only some of its values; a fixed
 * value whatever is declared; not at all; or nothing is documented of it.
 */
export type Expression = "exact" | "translated" | "partly" | "fixed" | "no" | "undocumented";

export interface Fidelity {
  readonly expression: Expression;
  /** In a few words: by what it is expressed, or what stands instead. */
  readonly how: string;
  /** Where that was read. */
  readonly source: string;
}

const NOTATION = "notaryproject/notation-go v1.3.2 verifier/trustpolicy/oci.go, verifier/verifier.go";
const RATIFY = "ratify-project/ratify v1.4.4 notation verifier, parameters.trustPolicyDoc; config/samples/clustered";
const RATIFY_2 = "ratify-project/ratify v2.0.0-beta.1 internal/verifier/notation/register.go";
const CLUSTER_POLICY = "kyverno v1.19.0-rc.4 pkg/image/verifiers/cpol/notary/notary.go:184; kyverno#14679";
const IMAGE_POLICY = "kyverno v1.19.0-rc.4 pkg/image/verifiers/ivpol/notary/helpers.go:49,59";
const CONNAISSEUR = "sse-secure-systems/connaisseur docs/validators/notation.md";
const HARBOR = "goharbor/harbor 2.15.2, observed; goharbor/harbor#18808, #22654";

type Row = readonly [Expression, string];

function table(source: string, rows: Readonly<Record<Property, Row>>): Readonly<Record<Property, Fidelity>> {
  const entries = Object.entries(rows).map(([property, [expression, how]]) => [property, { expression, how, source }]);
  return Object.fromEntries(entries) as Record<Property, Fidelity>;
}

/** The fidelity of each target to one trust policy statement. */
export const FIDELITY: Readonly<Record<Target, Readonly<Record<Property, Fidelity>>>> = {
  notation: table(NOTATION, {
    registryScopes: ["exact", "as declared"],
    level: ["exact", "all four"],
    override: ["exact", "as declared"],
    trustedIdentities: ["exact", "as declared"],
    manyCaStores: ["exact", "as declared"],
    signingAuthority: ["exact", "as declared"],
    tsaStore: ["exact", "as declared"],
    verifyTimestamp: ["exact", "as declared"],
    kOfN: ["no", "one verified signature is enough"],
  }),
  ratify: table(RATIFY, {
    registryScopes: ["exact", "trustPolicyDoc holds the whole policy"],
    level: ["exact", "all four"],
    override: ["exact", "as declared"],
    trustedIdentities: ["exact", "as declared"],
    manyCaStores: ["exact", "verificationCertStores by name"],
    signingAuthority: ["exact", "verificationCertStores"],
    tsaStore: ["exact", "verificationCertStores"],
    verifyTimestamp: ["exact", "as declared"],
    kOfN: ["translated", "a rego policy"],
  }),
  ratify2: table(RATIFY_2, {
    registryScopes: ["translated", "scopes of the Executor and of the verifier"],
    level: ["fixed", "strict"],
    override: ["no", "there is none"],
    trustedIdentities: ["exact", "as declared"],
    manyCaStores: ["translated", "merged into one store of each type"],
    signingAuthority: ["exact", "as declared"],
    tsaStore: ["exact", "as declared"],
    verifyTimestamp: ["fixed", "always"],
    kOfN: ["translated", "a threshold policy"],
  }),
  kyvernoClusterPolicy: table(CLUSTER_POLICY, {
    registryScopes: ["translated", "a glob of image references; the policy inside is for *"],
    level: ["fixed", "strict"],
    override: ["no", "there is none"],
    trustedIdentities: ["fixed", "*"],
    manyCaStores: ["translated", "one bundle of certificates"],
    signingAuthority: ["no", "only ca:kyverno"],
    tsaStore: ["no", "only ca:kyverno"],
    verifyTimestamp: ["no", "there is no time stamp"],
    kOfN: ["translated", "count"],
  }),
  kyvernoImageValidatingPolicy: table(IMAGE_POLICY, {
    registryScopes: ["translated", "a glob or a CEL expression; the policy inside is for *"],
    level: ["fixed", "strict"],
    override: ["no", "there is none"],
    trustedIdentities: ["fixed", "*"],
    manyCaStores: ["translated", "one bundle of certificates"],
    signingAuthority: ["no", "only ca:kyverno, tsa:kyverno"],
    tsaStore: ["exact", "tsaCerts"],
    verifyTimestamp: ["fixed", "always"],
    kOfN: ["translated", "a CEL expression"],
  }),
  connaisseur: table(CONNAISSEUR, {
    registryScopes: ["translated", "a pattern of image references"],
    level: ["partly", "strict, permissive and audit"],
    override: ["no", "there is none"],
    trustedIdentities: ["undocumented", "no key is documented"],
    manyCaStores: ["translated", "trustRoots by name"],
    signingAuthority: ["undocumented", "no key is documented"],
    tsaStore: ["exact", "tsCert"],
    verifyTimestamp: ["exact", "as declared"],
    kOfN: ["no", "one verified signature is enough"],
  }),
  harbor: table(HARBOR, {
    registryScopes: ["partly", "whole projects of its own"],
    level: ["no", "it verifies nothing"],
    override: ["no", "it verifies nothing"],
    trustedIdentities: ["no", "any signature opens the gate, a junk one as well"],
    manyCaStores: ["no", "it knows no anchors"],
    signingAuthority: ["no", "it knows no anchors"],
    tsaStore: ["no", "it knows no anchors"],
    verifyTimestamp: ["no", "it looks at no time stamp"],
    kOfN: ["no", "one signature is enough"],
  }),
};
