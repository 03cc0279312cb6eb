import { beforeAll, describe, expect, it } from "vitest";
import { semanticDiff } from "../../../components/review/semantic/semanticDiff";
import {
  ACME,
  certificates,
  diff,
  only,
  OTHER,
  outline,
  project,
  type StackOptions,
  stackState,
  statement,
  thumbprint,
  trustState,
  WEB,
} from "./support";

let made: Awaited<ReturnType<typeof certificates>>;
beforeAll(async () => {
  made = await certificates();
});

const stack = (changes: StackOptions = {}): StackOptions => ({ stores: { "ca:acme": [made.root.pem] }, ...changes });
const problem = {
  code: "POLICY_SYNTAX",
  message: "the trust policy cannot be read: no JSON",
  file: "stacks/production/trust/trustpolicy.json",
};

describe("a whole side", () => {
  it("is introduced, with all that it trusts", () => {
    expect(outline(diff(undefined, stack()))).toEqual([
      "trust-introduced high widens",
      "anchor-added high widens",
      "statement-added high widens",
    ]);
    expect(outline(diff(stack({ trustPolicies: [] }), stack()))).toContain("trust-introduced high widens");
  });

  it("is introduced with the roots of its time stamps, each named", () => {
    const stores = { "ca:acme": [made.root.pem], "tsa:time": [made.tsa.pem] };
    const findings = diff(undefined, { trustPolicies: [statement({ stores: ["ca:acme", "tsa:time"] })], stores });
    expect(only(findings, "tsa-anchor-added")).toMatchObject({ severity: "high", direction: "widens" });
    expect(only(findings, "tsa-anchor-added").sentence).toContain(thumbprint(made.tsa));
    expect(outline(findings).filter((line) => line.startsWith("timestamp"))).toEqual([]);
  });

  it("is removed", () => {
    expect(outline(diff(stack(), undefined))).toEqual([
      "trust-removed high narrows",
      "statement-removed medium narrows",
    ]);
  });

  it("is unreadable in head: what can be compared is", () => {
    const closed = { projects: [project()] };
    const head = stack({ problem, settings: { projects: [project({ contentTrust: [] })] } });
    const findings = diff(stack({ settings: closed }), head);
    expect(outline(findings)).toEqual(["gate-switched-off critical widens", "trust-unreadable critical neutral"]);
    expect(only(findings, "trust-unreadable").sentence).toContain(problem.file);
  });

  it("is unreadable in base: all of head is shown", () => {
    expect(outline(diff(stack({ problem }), stack()))).toEqual([
      "anchor-added high widens",
      "statement-added high widens",
      "trust-unreadable high neutral",
    ]);
  });

  it("is unreadable like the other", () => {
    expect(outline(diff(stack({ problem }), stack({ problem })))).toEqual(["trust-unreadable critical neutral"]);
  });

  it("has a config that is unreadable in base: all of head's is shown", () => {
    const open = { settings: { projects: [project({ contentTrust: [] })] } };
    const base = trustState({ ...stackState(stack()), settings: { problem } });
    expect(outline(semanticDiff(base, trustState(stackState(stack(open)))))).toEqual([
      "gate-switched-off medium widens",
      "trust-unreadable medium neutral",
    ]);
  });

  it("has a config or a certificate that is unreadable", () => {
    const base = trustState(stackState(stack({ settings: {}, identities: { acme: made.leaf.pem } })));
    const broken = stackState(stack());
    const head = trustState({ ...broken, settings: { problem }, identities: new Map([["acme", { problem }]]) });
    const findings = semanticDiff(base, head);
    expect(outline(findings)).toEqual(["trust-unreadable high neutral", "trust-unreadable high neutral"]);
    expect(findings.map(({ subject }) => subject)).toEqual([
      "head: certificate of the signing identity acme",
      "head: config",
    ]);
  });
});

describe("signing identities", () => {
  const identity = (pem: string) => stack({ identities: { acme: pem } });

  it("come, go and change", () => {
    expect(outline(diff(stack(), identity(made.leaf.pem)))).toEqual(["signing-identity-added low neutral"]);
    expect(outline(diff(identity(made.leaf.pem), stack()))).toEqual(["signing-identity-removed low neutral"]);
    const finding = only(diff(identity(made.root.pem), identity(made.impostor.pem)), "signing-identity-changed");
    expect(finding).toMatchObject({
      severity: "medium",
      before: thumbprint(made.root),
      after: thumbprint(made.impostor),
    });
  });

  it("are the same, or have another chain above", () => {
    expect(diff(identity(made.intermediate.pem), identity(made.intermediate.pem))).toEqual([]);
    expect(outline(diff(identity(made.intermediate.pem), identity(made.intermediate.chainPem)))).toEqual([
      "signing-identity-changed low neutral",
    ]);
  });
});

describe("all findings", () => {
  it("are in one order, whatever the order of stacks", () => {
    const changed = stack({
      trustPolicies: [statement({ identities: [OTHER] }), statement({ name: "web", scopes: [WEB], identities: ["*"] })],
    });
    const sides = (options: StackOptions) => ["staging", "production"].map((name) => stackState(options, name));
    const findings = semanticDiff(trustState(...sides(stack())), trustState(...sides(changed)));
    const reversed = semanticDiff(trustState(...sides(stack()).reverse()), trustState(...sides(changed).reverse()));
    expect(reversed).toEqual(findings);
    const ranks = findings.map(({ severity }) => ["critical", "high", "medium", "low", "info"].indexOf(severity));
    expect(ranks).toEqual(ranks.toSorted());
    expect(findings.map(({ stack: name }) => name)).toContain("staging");
  });

  it("are found in a policy with thousands of repositories in seconds", () => {
    const policy = (identities: string[]) =>
      Array.from({ length: 500 }, (_, index) => {
        const scopes = Array.from({ length: 20 }, (_, number) => `registry.example.com/team${index}/app${number}`);
        return statement({ name: `statement ${index}`, scopes, identities });
      });
    const [base, head] = [stack({ trustPolicies: policy([ACME]) }), stack({ trustPolicies: policy([OTHER]) })];
    const sides = [base, head].map((options) => trustState(stackState(options)));
    const [before, after] = sides;
    if (!before || !after) throw new Error("no sides");
    const start = performance.now();
    expect(semanticDiff(before, after)).toHaveLength(1000);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it("are plain JSON", () => {
    const findings = diff(
      undefined,
      stack({ settings: { projects: [project()] }, identities: { acme: made.leaf.pem } }),
    );
    expect(JSON.parse(JSON.stringify(findings))).toEqual(findings);
  });

  it("have foreign text as it is", () => {
    const name = "<img src=x onerror=alert(1)> `|**";
    const findings = diff(stack(), stack({ trustPolicies: [statement({ name })] }));
    expect(only(findings, "statement-renamed").sentence).toContain(name);
  });
});
