import { beforeAll, describe, expect, it } from "vitest";
import { type EnforcerName, effectsOf, type StatementEffect } from "../../components/enforcement/effects";
import { FIDELITY } from "../../components/enforcement/fidelity";
import { compileTrust } from "../../components/notary/trust/declaration";
import { enforcerEffects } from "../../components/review/enforcers";
import type { EnforcerEffect } from "../../components/review/report/report";
import {
  ACME,
  APP,
  certificates,
  HOST,
  project,
  RELEASE,
  type StackOptions,
  type StatementOptions,
  stackState,
  statement,
  trustState,
} from "../review/semantic/support";

let made: Awaited<ReturnType<typeof certificates>>;
beforeAll(async () => {
  made = await certificates();
});

const stores = () => ({
  "ca:acme": [made.root.pem],
  "ca:second": [made.second.pem],
  "signingAuthority:acme": [made.root.pem],
  "tsa:time": [made.tsa.pem],
});

function compiled(options: StatementOptions) {
  const { statements } = compileTrust({
    policy: { version: "1.0", trustPolicies: [statement(options)] },
    stores: stores(),
  });
  const [first] = statements;
  if (!first) throw new Error("no statement");
  return first;
}

function effects(before: StatementOptions | undefined, after: StatementOptions | undefined, gate?: string[]) {
  return effectsOf({
    stack: "production",
    ...(before && { before: compiled(before) }),
    ...(after && { after: compiled(after) }),
    ...(gate && { gate }),
  });
}

const fidelities = (all: readonly StatementEffect[]) =>
  Object.fromEntries(all.map(({ enforcer, fidelity }) => [enforcer, fidelity]));
const sentenceOf = (all: readonly (StatementEffect | EnforcerEffect)[], enforcer: EnforcerName) => {
  const found = all.find((effect) => effect.enforcer === enforcer);
  return found === undefined ? "" : "sentence" in found ? found.sentence : found.effect;
};

describe("the table of fidelity", () => {
  it("has a source for each cell", () => {
    const cells = Object.values(FIDELITY).flatMap((row) => Object.values(row));
    expect(cells).toHaveLength(7 * 9);
    for (const { how, source } of cells) expect(how !== "" && source !== "").toBe(true);
  });
});

describe("what enforcers make of a changed statement", () => {
  it("is nothing where nothing changed", () => {
    expect(effects({}, { name: "renamed" })).toEqual([]);
    expect(effects({ identities: [ACME] }, { identities: ["x509.subject: O=Acme, ST=WA, C=US"] })).toEqual([]);
  });

  it("is lost on Kyverno when identities are narrowed", () => {
    const all = effects({ identities: [ACME] }, { identities: [RELEASE] });
    expect(fidelities(all)).toEqual({ notation: "exact", ratify: "exact", kyverno: "weaker" });
    expect(sentenceOf(all, "kyverno")).toContain("does not notice the change");
    expect(sentenceOf(all, "kyverno")).toContain("OU=Release");
    expect(sentenceOf(all, "notation")).toContain("follows the change");
  });

  it("is noticed by all when an anchor changes", () => {
    const all = effects({ identities: ["*"] }, { identities: ["*"], stores: ["ca:second"] });
    expect(fidelities(all)).toEqual({ notation: "exact", ratify: "exact", kyverno: "exact" });
    for (const { effect } of all) expect(effect).not.toContain("does not notice");
  });

  it.each(["permissive", "audit"] as const)("is stricter in Kyverno, and in Ratify 2, under %s", (level) => {
    const all = effects({ identities: ["*"] }, { identities: ["*"], verification: { level } });
    expect(fidelities(all)).toEqual({ notation: "exact", ratify: "exact", kyverno: "stricter" });
    expect(sentenceOf(all, "kyverno")).toContain("does not notice");
    expect(sentenceOf(all, "ratify")).toContain("Ratify 2 is always strict");
  });

  it("is stricter in Kyverno by an override", () => {
    const verification = { level: "strict", override: { revocation: "skip" } } as const;
    expect(fidelities(effects({ identities: ["*"] }, { identities: ["*"], verification })).kyverno).toBe("stricter");
  });

  it("cannot be said in Kyverno of signing authorities", () => {
    const only = effects(undefined, { identities: ["*"], stores: ["signingAuthority:acme"] });
    expect(fidelities(only).kyverno).toBe("inexpressible");
    const both = effects({ identities: ["*"] }, { identities: ["*"], stores: ["ca:acme", "signingAuthority:acme"] });
    expect(fidelities(both).kyverno).toBe("stricter");
    expect(sentenceOf(both, "kyverno")).toContain("does not notice");
  });

  it("asks Kyverno's ImageValidatingPolicy for time stamps always, its ClusterPolicy never", () => {
    const time = { identities: ["*"], stores: ["ca:acme", "tsa:time"] };
    const always = effects({ identities: ["*"] }, time);
    expect(fidelities(always).kyverno).toBe("exact");
    expect(sentenceOf(always, "kyverno")).toContain("as a ClusterPolicy it asks for no time stamp");
    const later = { ...time, verification: { level: "strict", verifyTimestamp: "afterCertExpiry" } } as const;
    const optional = effects(time, later);
    expect(fidelities(optional)).toEqual({ notation: "exact", ratify: "exact", kyverno: "stricter" });
    expect(sentenceOf(optional, "ratify")).toContain("Ratify 2 asks for a time stamp always");
  });

  it("ends with the statement", () => {
    const all = effects({}, undefined);
    expect(fidelities(all)).toEqual({ notation: "exact", ratify: "exact", kyverno: "exact" });
  });

  it("is no verification under skip", () => {
    const all = effects({}, { verification: { level: "skip" } }, ["notation"]);
    expect(fidelities(all)).toEqual({ notation: "exact", ratify: "exact", kyverno: "exact", harbor: "stricter" });
  });
});

describe("Harbor's gate", () => {
  it.each([
    [["notation"], "weaker", "any signature opens it"],
    [[], "weaker", "it is open"],
    [["cosign"], "inexpressible", "cosign"],
  ])("of %j never notices", (gate, fidelity, words) => {
    const all = effects({ identities: [ACME] }, { identities: [RELEASE] }, gate);
    expect(fidelities(all).harbor).toBe(fidelity);
    expect(sentenceOf(all, "harbor")).toContain(words);
  });
});

describe("the effects of a review", () => {
  const side = (options: StackOptions) => trustState(stackState({ stores: stores(), ...options }));
  const gated = (...kinds: string[][]) => ({
    projects: kinds.map((contentTrust, index) =>
      project({ name: index === 0 ? "team" : `other${index}`, contentTrust }),
    ),
  });

  it("are of changed, new and removed statements only", () => {
    const web = statement({ name: "web", scopes: [`${HOST}/team/web`] });
    const kept = statement({ name: "kept", scopes: [`${HOST}/team/kept`] });
    const base = side({ trustPolicies: [statement(), web, kept] });
    const head = side({
      trustPolicies: [
        statement({ identities: ["*"] }),
        kept,
        statement({ name: "new", scopes: ["far.example.com/x"] }),
      ],
    });
    const names = enforcerEffects(base, head).flatMap((effect) => effect.statements);
    expect([...new Set(names)].sort()).toEqual(["images", "new", "web"]);
  });

  it("are told as one where an enforcer makes the same of several statements", () => {
    const web = statement({ name: "web", scopes: [`${HOST}/team/web`] });
    const base = side({ trustPolicies: [statement(), web], settings: gated(["notation"]) });
    const head = side({
      trustPolicies: [statement({ identities: ["*"] }), { ...web, trustedIdentities: ["*"] }],
      settings: gated(["notation"]),
    });
    const [gate, ...others] = enforcerEffects(base, head).filter(({ enforcer }) => enforcer === "harbor");
    expect(others).toEqual([]);
    expect(gate?.statements).toEqual(["images", "web"]);
    expect(gate?.sentence).toContain('for the changed statements "images" and "web": Harbor');
  });

  it("know the gates of the statement's projects, and the weakest of many", () => {
    const gateOf = (scopes: string[], ...kinds: string[][]) => {
      const settings = gated(...kinds);
      const base = side({ trustPolicies: [statement({ scopes })], settings });
      const head = side({ trustPolicies: [statement({ scopes, identities: ["*"] })], settings });
      return sentenceOf(enforcerEffects(base, head), "harbor");
    };
    expect(gateOf([APP], ["notation"], [])).toContain("any signature opens it");
    expect(gateOf(["*"], ["notation"], [])).toContain("it is open");
    expect(gateOf(["far.example.com/x"], ["notation"])).toBe("");
  });

  it("are none for a head that cannot be read, and of all of head where base cannot", () => {
    const problem = { code: "POLICY_SYNTAX", message: "no JSON" };
    expect(enforcerEffects(side({}), side({ problem }))).toEqual([]);
    expect(sentenceOf(enforcerEffects(side({ problem }), side({})), "notation")).toContain("for the new statement");
  });
});
