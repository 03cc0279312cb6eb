import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { applicableStatement, compileTrust } from "../../components/notary/trust/declaration";
import { TrustPolicyError, type TrustPolicyErrorCode } from "../../components/notary/trust/error";
import { parseTrustPolicy } from "../../components/notary/trust/policy";
import { isRepositoryScope } from "../../components/notary/trust/registryScope";
import * as make from "../support/certificates";
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

  const refused: [string, TrustPolicyErrorCode, unknown][] = [
    ["is no JSON", "POLICY_SYNTAX", "{"],
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
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("a registry scope", () => {
  it.each(["registry.test/a", "registry.test:5000/a/b-c/d__e", "127.0.0.1:5000/a", "local/layout", "R-1.test/a.b"])(
    "may be %s",
    (scope) => {
      expect(isRepositoryScope(scope)).toBe(true);
    },
  );
  it.each(["", "/", "a", "a/", "/a", "a:b/c", "a/b@c", "-a/b", "a/b--", "a/b___c", "a//b", "a/b/"])(
    "may not be %j",
    (scope) => {
      expect(isRepositoryScope(scope)).toBe(false);
    },
  );
  it("is judged at once however long", () => {
    expect(isRepositoryScope(`a/${"a-".repeat(50_000)}`)).toBe(false);
    expect(isRepositoryScope(`${"a-".repeat(50_000)}/a`)).toBe(false);
  });
});

describe("compiled trust", () => {
  let root: make.TestCertificate;
  let leafOfCa: make.TestCertificate;
  let selfSigned: make.TestCertificate;
  beforeAll(async () => {
    root = await make.goodRoot();
    leafOfCa = await make.goodLeaf(root);
    selfSigned = await make.selfSignedLeaf();
  });
  const trusting =
    (stores: Record<string, string[]>, ...trustStores: string[]) =>
    () =>
      compileTrust({ policy: document(statement({ trustStores })), stores });

  it("takes CA certificates and self-signed ones", () => {
    expect(trusting({ "ca:a": [root.pem + selfSigned.pem] }, "ca:a")().statements[0]?.certificates.ca).toHaveLength(2);
  });

  it("selects the exact scope before the global one, and nothing for others", () => {
    const policy = document(statement({ name: "global", registryScopes: ["*"] }), statement());
    const stores = { "ca:wabbit-networks.io": [root.pem] };
    const names = (scope: string, from: unknown) =>
      applicableStatement(compileTrust({ policy: from, stores }), scope)?.declared.name;
    expect(names("registry.test/net-monitor", policy)).toBe("images");
    expect(names("registry.test/other", policy)).toBe("global");
    expect(names("registry.test/net-monitor:v1", policy)).toBeUndefined();
    expect(names("registry.test/other", document(statement()))).toBeUndefined();
  });

  it.each<[string, TrustPolicyErrorCode, () => () => unknown]>([
    ["a store that is not declared", "TRUST_STORE_MISSING", () => trusting({}, "ca:a")],
    ["an empty store", "TRUST_STORE_EMPTY", () => trusting({ "ca:a": [] }, "ca:a")],
    [
      "a store with no certificate in it",
      "TRUST_STORE_CERTIFICATE_INVALID",
      () => trusting({ "ca:a": ["nothing"] }, "ca:a"),
    ],
    ["a leaf that a CA issued", "TRUST_STORE_CERTIFICATE_INVALID", () => trusting({ "ca:a": [leafOfCa.pem] }, "ca:a")],
    [
      "a tsa store with a certificate that is no root",
      "TRUST_STORE_CERTIFICATE_NOT_A_ROOT",
      () => trusting({ "ca:a": [root.pem], "tsa:b": [selfSigned.pem] }, "ca:a", "tsa:b"),
    ],
    [
      "a declared store with a bad name",
      "TRUST_STORE_NAME_INVALID",
      () => trusting({ "ca:a": [root.pem], "ca:b/c": [root.pem] }, "ca:a"),
    ],
  ])("refuses %s", async (_, code, compile) => {
    await expectCode(compile(), TrustPolicyError, code);
  });
});
