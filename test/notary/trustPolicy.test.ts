import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TrustPolicyError, type TrustPolicyErrorCode } from "../../components/notary/trust/error";
import { parseTrustPolicy } from "../../components/notary/trust/policy";
import { expectCode } from "./expectCode";

type Json = Record<string, unknown>;
const IDENTITY = "x509.subject: C=US, ST=WA, O=wabbit-networks.io";
const statement = (changes: Json = {}): Json => ({
  name: "images",
  registryScopes: ["registry.test/net-monitor"],
  signatureVerification: { level: "strict" },
  trustStores: ["ca:wabbit-networks.io"],
  trustedIdentities: [IDENTITY],
  ...changes,
});
const document = (...trustPolicies: unknown[]): Json => ({ version: "1.0", trustPolicies });
const verification = (signatureVerification: unknown) => document(statement({ signatureVerification }));
const skip = (changes: Json = {}) => ({
  name: "skipped",
  registryScopes: ["registry.test/unsigned"],
  signatureVerification: { level: "skip" },
  ...changes,
});

describe("a trust policy", () => {
  it("is accepted as text and as an object", () => {
    const policy = document(statement(), skip());
    expect(parseTrustPolicy(JSON.stringify(policy))).toEqual(policy);
    expect(parseTrustPolicy(policy)).toEqual(policy);
  });

  it("is accepted with overrides and verifyTimestamp", () => {
    const policy = verification({
      level: "permissive",
      override: { revocation: "skip", expiry: "enforce" },
      verifyTimestamp: "afterCertExpiry",
    });
    expect(parseTrustPolicy(policy)).toEqual(policy);
  });

  it("is accepted with null for what is absent, as Go writes it", () => {
    const absent = { trustStores: null, trustedIdentities: null };
    const levels = { level: "skip", override: null, verifyTimestamp: null };
    expect(parseTrustPolicy(document(statement(), skip({ ...absent, signatureVerification: levels })))).toEqual(
      document(statement(), skip()),
    );
  });

  it.each(["strict", "permissive", "audit"])("is accepted with the level %s for every repository", (level) => {
    const policy = document(statement({ registryScopes: ["*"], signatureVerification: { level } }));
    expect(parseTrustPolicy(policy)).toEqual(policy);
  });

  it.each(["ca", "signingAuthority", "tsa"])("is accepted with trust stores of the type %s", (type) => {
    const policy = document(statement({ trustStores: [`${type}:a.B-_9`, `${type}:b`] }));
    expect(parseTrustPolicy(policy)).toEqual(policy);
  });

  const refused: [string, TrustPolicyErrorCode, unknown][] = [
    ["is no JSON", "POLICY_SYNTAX", "{"],
    ["has data after it", "POLICY_SYNTAX", `${JSON.stringify(document(statement()))} {}`],
    ["begins with a byte order mark", "POLICY_SYNTAX", `\ufeff${JSON.stringify(document(statement()))}`],
    ["is null", "POLICY_WRONG_TYPE", "null"],
    ["writes its fields in other letters", "POLICY_UNKNOWN_FIELD", { Version: "1.0", TrustPolicies: [statement()] }],
    [
      "writes a statement's field in other letters",
      "POLICY_UNKNOWN_FIELD",
      document(statement({ registryscopes: ["*"] })),
    ],
    ["has a number for its version", "POLICY_WRONG_TYPE", { version: 1, trustPolicies: [statement()] }],
    ["has null for its statements", "POLICY_NO_STATEMENTS", { version: "1.0", trustPolicies: null }],
    ["has null in a list", "POLICY_WRONG_TYPE", document(statement({ trustStores: [null] }))],
    ["has a list for its override", "POLICY_WRONG_TYPE", verification({ level: "strict", override: [] })],
    ["has null for a level", "LEVEL_MISSING", verification({ level: null })],
    ["has null for signatureVerification", "LEVEL_MISSING", verification(null)],
    ["has null for scopes", "REGISTRY_SCOPES_MISSING", document(statement({ registryScopes: null }))],
    [
      "has null for an action",
      "OVERRIDE_ACTION_UNKNOWN",
      verification({ level: "strict", override: { expiry: null } }),
    ],
    [
      "has for an action what can't be made a text",
      "OVERRIDE_ACTION_UNKNOWN",
      verification({ level: "strict", override: { revocation: ["skip", { toString: "skip" }] } }),
    ],
    [
      "has for verifyTimestamp what can't be made a text",
      "VERIFY_TIMESTAMP_UNKNOWN",
      verification({ level: "strict", verifyTimestamp: { toString: "always" } }),
    ],
    [
      "has a scope twice in one statement",
      "REGISTRY_SCOPE_DUPLICATE",
      document(statement({ registryScopes: ["registry.test/a", "registry.test/a"] })),
    ],
    ["names a store without name", "TRUST_STORE_NAME_INVALID", document(statement({ trustStores: ["ca:"] }))],
    ["names a store by two colons", "TRUST_STORE_NAME_INVALID", document(statement({ trustStores: ["ca:a:b"] }))],
    [
      "has a bad identity in a second statement",
      "DISTINGUISHED_NAME_INVALID",
      document(statement(), statement({ name: "b", trustedIdentities: ["x509.subject:CN=x"] })),
    ],
    [
      "has an identity that contains another one's attributes in another order",
      "TRUSTED_IDENTITIES_OVERLAP",
      document(statement({ trustedIdentities: ["x509.subject:C=US,ST=WA,O=x", "x509.subject:CN=y,O=x,S=WA,C=US"] })),
    ],
    ["has a key twice", "POLICY_DUPLICATE_KEY", '{"version":"1.0","trustPolicies":[{"name":"a","n\\u0061me":"b"}]}'],
    ["is no object", "POLICY_WRONG_TYPE", "[]"],
    ["has an unknown field", "POLICY_UNKNOWN_FIELD", { ...document(statement()), trustpolicies: [] }],
    ["has a misspelt field in a statement", "POLICY_UNKNOWN_FIELD", document(statement({ trustedIdentites: ["*"] }))],
    [
      "has a misspelt field in signatureVerification",
      "POLICY_UNKNOWN_FIELD",
      verification({ level: "strict", overide: {} }),
    ],
    ["has a field of another type", "POLICY_WRONG_TYPE", document(statement({ registryScopes: "*" }))],
    ["has a statement that is null", "POLICY_WRONG_TYPE", document(null)],
    ["has no version", "POLICY_VERSION_MISSING", { trustPolicies: [statement()] }],
    ["has version 1.1", "POLICY_VERSION_UNSUPPORTED", { version: "1.1", trustPolicies: [statement()] }],
    ["has no statement", "POLICY_NO_STATEMENTS", document()],
    ["has a statement without a name", "STATEMENT_NAME_MISSING", document(statement({ name: "" }))],
    [
      "has a name twice",
      "STATEMENT_NAME_DUPLICATE",
      document(statement(), statement({ registryScopes: ["registry.test/b"] })),
    ],
    ["has a statement without scopes", "REGISTRY_SCOPES_MISSING", document(statement({ registryScopes: [] }))],
    [
      "has * beside another scope",
      "REGISTRY_SCOPE_WILDCARD_NOT_ALONE",
      document(statement({ registryScopes: ["*", "registry.test/a"] })),
    ],
    [
      "has a scope with a wildcard",
      "REGISTRY_SCOPE_INVALID",
      document(statement({ registryScopes: ["registry.test/*"] })),
    ],
    [
      "has a scope with a scheme",
      "REGISTRY_SCOPE_INVALID",
      document(statement({ registryScopes: ["https://registry.test/a"] })),
    ],
    [
      "has a scope with a tag",
      "REGISTRY_SCOPE_INVALID",
      document(statement({ registryScopes: ["registry.test/a:v1"] })),
    ],
    [
      "has a scope without repository",
      "REGISTRY_SCOPE_INVALID",
      document(statement({ registryScopes: ["registry.test"] })),
    ],
    [
      "has a scope in upper case",
      "REGISTRY_SCOPE_INVALID",
      document(statement({ registryScopes: ["registry.test/A"] })),
    ],
    ["has a scope in two statements", "REGISTRY_SCOPE_DUPLICATE", document(statement(), statement({ name: "b" }))],
    [
      "has two global statements",
      "REGISTRY_SCOPE_DUPLICATE",
      document(statement({ registryScopes: ["*"] }), statement({ name: "b", registryScopes: ["*"] })),
    ],
    ["has no signatureVerification", "LEVEL_MISSING", document(statement({ signatureVerification: undefined }))],
    ["has no level", "LEVEL_MISSING", verification({})],
    ["has an unknown level", "LEVEL_UNKNOWN", verification({ level: "Strict" })],
    ["skips with trust stores", "SKIP_WITH_TRUST", document(skip({ trustStores: ["ca:a"] }))],
    ["skips with identities", "SKIP_WITH_TRUST", document(skip({ trustedIdentities: ["*"] }))],
    [
      "skips with an override",
      "SKIP_WITH_OVERRIDE",
      document(skip({ signatureVerification: { level: "skip", override: { expiry: "log" } } })),
    ],
    ["skips for every repository", "SKIP_WITH_GLOBAL_SCOPE", document(skip({ registryScopes: ["*"] }))],
    [
      "overrides an unknown validation",
      "OVERRIDE_VALIDATION_UNKNOWN",
      verification({ level: "strict", override: { Expiry: "log" } }),
    ],
    [
      "overrides with an unknown action",
      "OVERRIDE_ACTION_UNKNOWN",
      verification({ level: "strict", override: { expiry: "warn" } }),
    ],
    ["overrides integrity", "OVERRIDE_OF_INTEGRITY", verification({ level: "strict", override: { integrity: "log" } })],
    [
      "skips authenticity",
      "OVERRIDE_SKIP_NOT_ALLOWED",
      verification({ level: "strict", override: { authenticity: "skip" } }),
    ],
    ["skips expiry", "OVERRIDE_SKIP_NOT_ALLOWED", verification({ level: "strict", override: { expiry: "skip" } })],
    [
      "skips time stamps",
      "OVERRIDE_SKIP_NOT_ALLOWED",
      verification({ level: "strict", override: { authenticTimestamp: "skip" } }),
    ],
    [
      "has an unknown verifyTimestamp",
      "VERIFY_TIMESTAMP_UNKNOWN",
      verification({ level: "strict", verifyTimestamp: "never" }),
    ],
    ["has no trust stores", "TRUST_STORES_MISSING", document(statement({ trustStores: [] }))],
    ["names a store without type", "TRUST_STORE_REFERENCE_MALFORMED", document(statement({ trustStores: ["wabbit"] }))],
    [
      "names a store of an unknown type",
      "TRUST_STORE_TYPE_UNKNOWN",
      document(statement({ trustStores: ["CA:wabbit"] })),
    ],
    ["names a store by a path", "TRUST_STORE_NAME_INVALID", document(statement({ trustStores: ["ca:../wabbit"] }))],
    ["names the folder above as a store", "TRUST_STORE_NAME_INVALID", document(statement({ trustStores: ["ca:.."] }))],
    ["has no identities", "TRUSTED_IDENTITIES_MISSING", document(statement({ trustedIdentities: [] }))],
    [
      "has * beside another identity",
      "TRUSTED_IDENTITY_WILDCARD_NOT_ALONE",
      document(statement({ trustedIdentities: ["*", IDENTITY] })),
    ],
    ["has an empty identity", "TRUSTED_IDENTITY_EMPTY", document(statement({ trustedIdentities: [""] }))],
    [
      "has an identity without prefix",
      "TRUSTED_IDENTITY_MALFORMED",
      document(statement({ trustedIdentities: ["CN=x"] })),
    ],
    [
      "has an identity without value",
      "TRUSTED_IDENTITY_MALFORMED",
      document(statement({ trustedIdentities: ["x509.subject:"] })),
    ],
    [
      "has an identity of another type",
      "TRUSTED_IDENTITY_TYPE_UNSUPPORTED",
      document(statement({ trustedIdentities: ["x509.subjct: C=US,ST=WA,O=x"] })),
    ],
    [
      "has an identity without organisation",
      "DISTINGUISHED_NAME_INVALID",
      document(statement({ trustedIdentities: ["x509.subject: C=US,ST=WA"] })),
    ],
    [
      "has identities that overlap",
      "TRUSTED_IDENTITIES_OVERLAP",
      document(statement({ trustedIdentities: [IDENTITY, `${IDENTITY}, CN=x`] })),
    ],
    [
      "has an identity twice",
      "TRUSTED_IDENTITIES_OVERLAP",
      document(statement({ trustedIdentities: [IDENTITY, IDENTITY] })),
    ],
  ];
  it.each(refused)("is refused when it %s", async (_, code, policy) => {
    await expectCode(() => parseTrustPolicy(policy), TrustPolicyError, code);
  });

  it("suggests the right name for a misspelt one", () => {
    expect(() => parseTrustPolicy(document(statement({ trustedIdentites: ["*"] })))).toThrow(/trustedIdentities/);
    expect(() => parseTrustPolicy(verification({ level: "strickt" }))).toThrow(/strict/);
    expect(() => parseTrustPolicy(document(statement({ registryscopes: [] })))).toThrow(/registryScopes/);
    expect(() => parseTrustPolicy(verification({ level: "strict", override: { revokation: "log" } }))).toThrow(
      /did you mean "revocation"/,
    );
    expect(() => parseTrustPolicy(verification({ level: "strict", verifyTimestamp: "Always" }))).toThrow(/always/);
    expect(() => parseTrustPolicy(document(statement({ trustStores: ["tsas:a"] })))).toThrow(/"tsa"/);
  });

  it("is read or refused with a typed error, whatever the JSON", () => {
    const field = fc.constantFrom(
      "version",
      "trustPolicies",
      "name",
      "registryScopes",
      "signatureVerification",
      "level",
      "override",
      "trustStores",
      "trustedIdentities",
      "__proto__",
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: "medium" },
        fc.constantFrom("1.0", "*", "skip", "strict", "ca:x", "x509.subject:", 1, null, ""),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(field, tie("value"), { maxKeys: 4 }),
      ),
    }));
    const candidate = fc.oneof(
      fc.string(),
      value,
      value.map((json) => JSON.stringify(json)),
      value.map((json) => document(statement({ signatureVerification: json, trustStores: json }))),
    );
    fc.assert(
      fc.property(candidate, (policy) => {
        try {
          parseTrustPolicy(policy);
        } catch (error) {
          expect(error).toBeInstanceOf(TrustPolicyError);
          expect((error as TrustPolicyError).code).toMatch(/^[A-Z_]+$/);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
