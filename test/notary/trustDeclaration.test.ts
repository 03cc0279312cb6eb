import { beforeAll, describe, expect, it } from "vitest";
import { applicableStatement, compileTrust } from "../../components/notary/trust/declaration";
import { TrustPolicyError, type TrustPolicyErrorCode } from "../../components/notary/trust/error";
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

  it("takes a self-signed certificate with SHA-1, whose signature says nothing, but no such root for time stamps", async () => {
    const weak = await make.selfSignedLeaf({ keySpec: "RSA-2048", hash: "SHA-1" });
    expect(trusting({ "ca:a": [weak.pem] }, "ca:a")().statements[0]?.certificates.ca).toHaveLength(1);
    const weakRoot = await make.goodRoot({ keySpec: "RSA-2048", hash: "SHA-1" });
    const stores = { "ca:a": [root.pem], "tsa:b": [weakRoot.pem] };
    await expectCode(trusting(stores, "ca:a", "tsa:b"), TrustPolicyError, "TRUST_STORE_CERTIFICATE_NOT_A_ROOT");
  });

  it("takes an intermediate of a CA, but not for time stamps", async () => {
    const intermediate = await make.goodIntermediate(root);
    expect(trusting({ "ca:a": [intermediate.pem] }, "ca:a")().statements[0]?.certificates.ca).toHaveLength(1);
    const stores = { "ca:a": [root.pem], "tsa:b": [intermediate.pem] };
    await expectCode(trusting(stores, "ca:a", "tsa:b"), TrustPolicyError, "TRUST_STORE_CERTIFICATE_NOT_A_ROOT");
  });

  it("keeps the certificates of each type of store apart, each store once", () => {
    const stores = { "ca:a": [root.pem], "signingAuthority:a": [selfSigned.pem], "tsa:a": [root.pem], "ca:unused": [] };
    const [compiled] = trusting(stores, "ca:a", "ca:a", "signingAuthority:a", "tsa:a")().statements;
    const { ca, signingAuthority, tsa } = compiled?.certificates ?? {};
    expect([ca, signingAuthority, tsa].map((list) => list?.length)).toEqual([1, 1, 1]);
    expect(signingAuthority?.[0]?.raw).toEqual(selfSigned.der);
  });

  it.each<[string, unknown]>([
    ["nothing", null],
    ["a list", []],
    ["no policy", { stores: {} }],
    ["no stores", { policy: document(statement()) }],
    ["a list of stores", { policy: document(statement()), stores: [] }],
    ["a store that is a text", { policy: document(statement()), stores: { "ca:a": "PEM" } }],
    ["a store that is null", { policy: document(statement()), stores: { "ca:a": null } }],
    ["a store with a number in it", { policy: document(statement()), stores: { "ca:a": [1] } }],
  ])("is refused when the declaration is or has %s", async (_, declaration) => {
    const compile = () => compileTrust(declaration as Parameters<typeof compileTrust>[0]);
    await expectCode(compile, TrustPolicyError, "POLICY_WRONG_TYPE");
  });

  it("is refused as a whole when one of its statements names a store that is not there", async () => {
    const policy = document(statement(), statement({ name: "b", registryScopes: ["*"], trustStores: ["ca:absent"] }));
    const stores = { "ca:wabbit-networks.io": [root.pem] };
    await expectCode(() => compileTrust({ policy, stores }), TrustPolicyError, "TRUST_STORE_MISSING");
  });

  it("selects for what is no repository, or a global scope, nothing", () => {
    const policy = document(statement({ registryScopes: ["*"] }));
    const trust = compileTrust({ policy, stores: { "ca:wabbit-networks.io": [root.pem] } });
    for (const scope of [
      "*",
      "",
      "registry.test",
      "registry.test/A",
      "registry.test/a@sha256:0",
      "https://registry.test/a",
    ])
      expect(applicableStatement(trust, scope)).toBeUndefined();
    expect(applicableStatement(trust, "REGISTRY.test:5000/a/b")?.declared.name).toBe("images");
  });

  it("selects by scopes that are equal letter for letter, port included", () => {
    const registryScopes = ["registry.test:5000/a", "Registry.test/a"];
    const trust = compileTrust({
      policy: document(statement({ registryScopes })),
      stores: { "ca:wabbit-networks.io": [root.pem] },
    });
    const selected = (scope: string) => applicableStatement(trust, scope) !== undefined;
    expect(registryScopes.map(selected)).toEqual([true, true]);
    expect(["registry.test/a", "registry.test:5001/a", "registry.test:5000/a/b"].map(selected)).toEqual([
      false,
      false,
      false,
    ]);
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
