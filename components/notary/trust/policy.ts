import { messageOf } from "../../errors";
import { JsonError } from "../json/error";
import { parseStrictJson } from "../json/strictJson";
import { quoted } from "../quoted";
import type { TrustPolicyDocument, TrustPolicyStatement } from "./document";
import { TrustPolicyError } from "./error";
import { isRepositoryScope } from "./registryScope";
import { requireKnownFields, requireObject, requireStrings, requireText, wrongType } from "./shape";
import { parseSignatureVerification } from "./signatureVerification";
import { parseTrustStoreReference } from "./storeReference";
import { parseTrustedIdentities } from "./trustedIdentity";

export type { TrustPolicyDocument } from "./document";

const DOCUMENT_FIELDS = ["version", "trustPolicies"];
const STATEMENT_FIELDS = ["name", "registryScopes", "signatureVerification", "trustStores", "trustedIdentities"];
const GLOBAL_SCOPE = "*";

/**
 * Parses and validates a trust policy document 1.0, from its JSON text or the object. All rules of
 * trust-store-trust-policy.md § Trust Policy Properties and § Trust Policy Constraints, and notation-go
 * verifier/trustpolicy/oci.go.
 * Beyond notation-go, which lets them pass, these are refused: unknown fields, miscased names, duplicate keys and
 * data after the document; `skip` for the scope `*`, which the specification forbids (§ Signature Verification
 * details); the trust store names `.` and `..`; a trusted identity of another type than x509.subject; a distinguished
 * name that escapes what is not UTF-8, which no subject has.
 * @throws TrustPolicyError, one code a rule
 */
export function parseTrustPolicy(source: unknown): TrustPolicyDocument {
  const object = requireObject(typeof source === "string" ? parseText(source) : source, "the trust policy");
  requireKnownFields(object, DOCUMENT_FIELDS, "the trust policy");
  const version = requireText(object.version, "the trust policy's version", "POLICY_VERSION_MISSING");
  if (version !== "1.0")
    throw new TrustPolicyError(
      "POLICY_VERSION_UNSUPPORTED",
      `the trust policy's version ${quoted(version)} is not supported: use "1.0"`,
    );
  const list = object.trustPolicies ?? [];
  if (!Array.isArray(list)) throw wrongType("trustPolicies", "a list");
  if (list.length === 0)
    throw new TrustPolicyError(
      "POLICY_NO_STATEMENTS",
      "the trust policy has no statement: give at least one in trustPolicies",
    );
  const trustPolicies = list.map(parseStatement);
  requireDistinctNames(trustPolicies);
  requireDistinctScopes(trustPolicies);
  return { version, trustPolicies };
}

function parseText(text: string): unknown {
  try {
    return parseStrictJson(text);
  } catch (error) {
    const duplicate = error instanceof JsonError && error.code === "JSON_DUPLICATE_KEY";
    throw new TrustPolicyError(
      duplicate ? "POLICY_DUPLICATE_KEY" : "POLICY_SYNTAX",
      `the trust policy cannot be read: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

function parseStatement(value: unknown, index: number): TrustPolicyStatement {
  const object = requireObject(value, `trustPolicies[${index}]`);
  const name = requireText(object.name, `the name of trustPolicies[${index}]`, "STATEMENT_NAME_MISSING");
  const where = `trust policy statement ${quoted(name)}`;
  requireKnownFields(object, STATEMENT_FIELDS, where);
  const signatureVerification = parseSignatureVerification(object.signatureVerification, where);
  const registryScopes = requireStrings(object.registryScopes, `${where}: registryScopes`);
  const trustStores = requireStrings(object.trustStores, `${where}: trustStores`);
  const trustedIdentities = requireStrings(object.trustedIdentities, `${where}: trustedIdentities`);
  requireScopes(registryScopes, where);
  if (signatureVerification.level !== "skip") {
    requireTrust(trustStores, trustedIdentities, where);
    return { name, registryScopes, signatureVerification, trustStores, trustedIdentities };
  }
  if (trustStores.length > 0 || trustedIdentities.length > 0) {
    throw new TrustPolicyError(
      "SKIP_WITH_TRUST",
      `${where} skips verification but names trust stores or trusted identities: remove them, or choose another level`,
    );
  }
  if (registryScopes.includes(GLOBAL_SCOPE)) {
    throw new TrustPolicyError(
      "SKIP_WITH_GLOBAL_SCOPE",
      `${where} skips verification for the scope "*": name the repositories, or use the level audit`,
    );
  }
  return { name, registryScopes, signatureVerification };
}

function requireTrust(trustStores: readonly string[], trustedIdentities: readonly string[], where: string): void {
  if (trustStores.length === 0)
    throw new TrustPolicyError("TRUST_STORES_MISSING", `${where} has no trustStores: name at least one`);
  if (trustedIdentities.length === 0)
    throw new TrustPolicyError(
      "TRUSTED_IDENTITIES_MISSING",
      `${where} has no trustedIdentities: give at least one, or "*"`,
    );
  for (const reference of trustStores) parseTrustStoreReference(reference, where);
  parseTrustedIdentities(trustedIdentities, where);
}

function requireScopes(scopes: readonly string[], where: string): void {
  if (scopes.length === 0)
    throw new TrustPolicyError("REGISTRY_SCOPES_MISSING", `${where} has no registryScopes: name repositories, or "*"`);
  if (scopes.length > 1 && scopes.includes(GLOBAL_SCOPE)) {
    throw new TrustPolicyError(
      "REGISTRY_SCOPE_WILDCARD_NOT_ALONE",
      `${where} has the registry scope "*" beside others: keep it or them`,
    );
  }
  const invalid = scopes.find((scope) => scope !== GLOBAL_SCOPE && !isRepositoryScope(scope));
  if (invalid === undefined) return;
  throw new TrustPolicyError(
    "REGISTRY_SCOPE_INVALID",
    `${where}: the registry scope ${quoted(invalid)} is no fully qualified repository: write it as in domain.com/my/repository, without scheme, tag or "*"`,
  );
}

function requireDistinctNames(statements: readonly TrustPolicyStatement[]): void {
  const name = duplicate(statements.map((statement) => statement.name));
  if (name === undefined) return;
  throw new TrustPolicyError(
    "STATEMENT_NAME_DUPLICATE",
    `two trust policy statements have the name ${quoted(name)}: rename one`,
  );
}

function requireDistinctScopes(statements: readonly TrustPolicyStatement[]): void {
  const scope = duplicate(statements.flatMap(({ registryScopes }) => registryScopes));
  if (scope === undefined) return;
  throw new TrustPolicyError(
    "REGISTRY_SCOPE_DUPLICATE",
    `the registry scope ${quoted(scope)} occurs twice: it may belong to one statement only`,
  );
}

function duplicate(values: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return values.find((value) => seen.size === seen.add(value).size);
}
