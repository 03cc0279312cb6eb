import type { Case } from "./case";
import { type BuiltCertificate, buildCertificate, buildChain, type CertificatePlan } from "./certificates";
import { buildCose, buildJws, type CoseDraft, type JwsDraft } from "./envelope";
import type { Key } from "./keys";
import { publish } from "./revocation";
import { buildToken, type TokenPlan } from "./timestamp";

/** A statement of a trust policy document, right or wrong. */
export interface StatementPlan {
  name: unknown;
  registryScopes: unknown;
  signatureVerification: { level: unknown; override?: unknown; verifyTimestamp?: unknown } & Record<string, unknown>;
  trustStores?: unknown;
  trustedIdentities?: unknown;
  [other: string]: unknown;
}

/** What is in a trust store: a certificate of the signing chain, of the authority's chain, another one, or a text. */
export type StoreEntry =
  | { of: "signer" | "authority" /** The last one when there are not so many. */; index: number }
  | { certificate: CertificatePlan; issuer?: CertificatePlan }
  | { pem: string };

export interface SignedAttribute {
  key: string | number;
  value: unknown;
  critical: boolean;
}

/** What a case shall be made of. A recipe begins with one that verifies, and changes it. */
export interface Plan {
  clock: number;
  format: "jws" | "cose";
  mediaType?: string;
  scheme: string;
  /** The signer's, leaf first. */
  chain: CertificatePlan[];
  /** Of the chain that is in the envelope, when not all, or in another order. */
  include?: number[];
  signingKey?: Key;
  signingTime: Date;
  expiry?: Date;
  /** Minutes east of UTC, in JWS. */
  zone: number;
  contentType: string;
  payload: string | Buffer;
  attributes: SignedAttribute[];
  agent?: string;
  jws: ((draft: JwsDraft) => void)[];
  cose: ((draft: CoseDraft) => void)[];
  /** Changes of the whole envelope, after signing. */
  bytes: ((envelope: Buffer) => Buffer)[];
  token?: TokenPlan;
  artifact: { mediaType: string; digest: string; size: number };
  scope: string;
  userMetadata: Record<string, string>;
  policy: { version: unknown; trustPolicies: StatementPlan[]; [other: string]: unknown };
  /** Changes of the document's text. */
  policyText: ((text: string) => string)[];
  stores: Record<string, StoreEntry[]>;
}

/** Signs, stamps, publishes: everything that both implementations are asked about. */
export function buildCase(plan: Plan): Case {
  const chain = buildChain(plan.chain);
  const inEnvelope = (plan.include ?? chain.map((_, index) => index)).flatMap((index) => chain[index]?.der ?? []);
  const { token } = plan;
  const authority = token ? buildChain(token.chain) : [];
  const stamp = (signature: Buffer) => (token ? buildToken(token, authority, signature) : undefined);
  const built = (plan.format === "jws" ? buildJws : buildCose)(plan, inEnvelope, stamp);
  const network: Case["network"] = {};
  publish(chain, network);
  publish(authority, network);
  const envelope = plan.bytes.reduce((bytes, change) => change(bytes), built.bytes);
  return {
    clock: plan.clock,
    policy: plan.policyText.reduce((text, change) => change(text), JSON.stringify(plan.policy)),
    stores: Object.fromEntries(
      Object.entries(plan.stores).map(([reference, entries]) => [
        reference,
        entries.map((entry) => pemOf(entry, chain, authority)),
      ]),
    ),
    artifact: plan.artifact,
    scope: plan.scope,
    envelopeMediaType: plan.mediaType ?? (plan.format === "jws" ? "application/jose+json" : "application/cose"),
    envelope: envelope.toString("base64"),
    userMetadata: plan.userMetadata,
    network,
  };
}

function pemOf(entry: StoreEntry, chain: readonly BuiltCertificate[], authority: readonly BuiltCertificate[]): string {
  if ("pem" in entry) return entry.pem;
  if ("certificate" in entry) return buildCertificate(entry.certificate, entry.issuer ?? entry.certificate).pem;
  const of = entry.of === "signer" ? chain : authority;
  const certificate = of[Math.min(entry.index, of.length - 1)];
  if (!certificate) throw new Error(`there is no certificate of the ${entry.of}`);
  return certificate.pem;
}
