import type { Certificate } from "../certificates/certificate";
import { quoted } from "../quoted";
import type { TrustPolicyDocument, TrustPolicyStatement, TrustStoreType } from "./document";
import { TrustPolicyError } from "./error";
import { type Enforcement, enforcementOf } from "./level";
import { parseTrustPolicy } from "./policy";
import { isRepositoryScope } from "./registryScope";
import { requireObject } from "./shape";
import { parseTrustStores, type TrustStores } from "./store";
import { parseTrustStoreReference } from "./storeReference";
import { parseTrustedIdentities, type TrustedIdentities } from "./trustedIdentity";

/** Trust as it is declared and as it travels: plain JSON. */
export interface TrustDeclaration {
  policy: TrustPolicyDocument;
  /** PEM texts by `<type>:<name>`, as in `ca:wabbit-networks.io`. */
  stores: Record<string, string[]>;
}

/** A statement, ready to judge by. */
export interface Statement {
  readonly declared: TrustPolicyStatement;
  readonly enforcement: Enforcement;
  readonly trustedIdentities: TrustedIdentities;
  /** The certificates of its trust stores of each type. */
  readonly certificates: Readonly<Record<TrustStoreType, readonly Certificate[]>>;
}

/** Whether the statement lets every artifact pass unverified (trust-store-trust-policy.md § Signature Verification Level). */
export function isSkip({ declared }: Pick<Statement, "declared">): boolean {
  return declared.signatureVerification.level === "skip";
}

/** A trust declaration that is valid as a whole; only `compileTrust` makes one. */
export interface Trust {
  readonly policy: TrustPolicyDocument;
  readonly stores: TrustStores;
  readonly statements: readonly Statement[];
}

/**
 * Validates a trust declaration and prepares it for verification. notation-go finds an absent or empty trust store
 * when it verifies; a declaration must be right before anything is written, so here it is an error at once. Whatever
 * JSON is given is checked.
 * @throws TrustPolicyError
 */
export function compileTrust(declaration: {
  policy: unknown;
  stores: Readonly<Record<string, readonly string[]>>;
}): Trust {
  requireObject(declaration, "the trust declaration");
  const { policy, stores } = declaration;
  const document = parseTrustPolicy(policy);
  const parsedStores = parseTrustStores(stores);
  return {
    policy: document,
    stores: parsedStores,
    statements: document.trustPolicies.map((declared) => compileStatement(declared, parsedStores)),
  };
}

/**
 * The statement for a repository: the one that names it, else the one for `*`, else none.
 * Source: trust-store-trust-policy.md § Selecting a trust policy to verify a signed OCI artifact.
 */
export function applicableStatement(trust: Trust, scope: string): Statement | undefined {
  if (!isRepositoryScope(scope)) return undefined;
  const withScope = (wanted: string) =>
    trust.statements.find(({ declared }) => declared.registryScopes.includes(wanted));
  return withScope(scope) ?? withScope("*");
}

function compileStatement(declared: TrustPolicyStatement, stores: TrustStores): Statement {
  const where = `trust policy statement ${quoted(declared.name)}`;
  const certificates: Record<TrustStoreType, Certificate[]> = { ca: [], signingAuthority: [], tsa: [] };
  const references = new Set(declared.trustStores ?? []);
  for (const reference of references) {
    certificates[parseTrustStoreReference(reference, where).type].push(...storeOf(reference, stores, where));
  }
  return {
    declared,
    enforcement: enforcementOf(declared.signatureVerification),
    trustedIdentities: parseTrustedIdentities(declared.trustedIdentities ?? [], where),
    certificates,
  };
}

function storeOf(reference: string, stores: TrustStores, where: string): readonly Certificate[] {
  const certificates = stores.get(reference);
  if (!certificates)
    throw new TrustPolicyError(
      "TRUST_STORE_MISSING",
      `${where} names the trust store ${reference}, which is not declared: declare it or remove the name`,
    );
  if (certificates.length === 0)
    throw new TrustPolicyError(
      "TRUST_STORE_EMPTY",
      `${where} names the trust store ${reference}, which has no certificate: add one or remove the name`,
    );
  return certificates;
}
