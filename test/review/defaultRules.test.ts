import { describe, expect, it } from "vitest";
import type { Finding, FindingKind } from "../../components/review/finding";
import { findingKinds } from "../../components/review/report/findingKinds";
import { outcomeOf } from "../../components/review/review";
import { CHANGES } from "./report/changes";
import { fixture, one, type ReportParts, reportOf, STORES } from "./report/reports";
import { ACME, APP, OTHER, project, type StackOptions, statement, WEB } from "./semantic/support";

const ANY = "*";
const policies = (...all: Parameters<typeof statement>[0][]): StackOptions => ({ trustPolicies: all.map(statement) });
const audit = { level: "audit" } as const;
const skip = { level: "skip" } as const;
const logged = { level: "strict", override: { authenticity: "log" } } as const;
const open = { name: "open", scopes: ["*"], verification: audit };
const loose = { name: "loose", scopes: [WEB], verification: audit };
const two = { "ca:acme": [fixture("root"), fixture("partner")] };

/** For each kind of which a finding can be critical, and does not narrow trust, a change that has one. */
const CRITICAL: Partial<Record<FindingKind, ReportParts | undefined>> = {
  "identity-wildcard-added": one(policies({ identities: [ANY] })),
  "anchor-added": one(
    { ...policies({ identities: [ANY] }), stores: { ...STORES, ...two } },
    policies({ identities: [ANY] }),
  ),
  "anchor-key-changed": one({ stores: { ...STORES, "ca:acme": [fixture("impostor")] } }),
  "level-weakened": one(policies({ verification: skip })),
  "validation-weakened": one(policies({ verification: logged })),
  "statement-added": one(policies({}, loose)),
  "scope-added": one(policies({ scopes: [APP, WEB], verification: audit }), policies({ verification: audit })),
  "scope-moved": one(
    policies({}, { ...loose, scopes: [WEB, `${APP}-tools`] }),
    policies({ scopes: [APP, `${APP}-tools`] }, loose),
  ),
  "scope-falls-through": one(policies({}, open), policies({ scopes: [APP, WEB] }, open)),
  "gate-switched-off": CHANGES["gate-switched-off"],
  "trust-unreadable": CHANGES["trust-unreadable"],
  "rules-changed": CHANGES["rules-changed"],
  "exceptions-changed": CHANGES["exceptions-changed"],
};

/** States of trust that differ in all that can be critical. */
const STATES: StackOptions[] = [
  {},
  { trustPolicies: [] },
  policies({ identities: [ANY] }),
  policies({ identities: [ACME, OTHER], verification: audit }),
  policies({ verification: skip }),
  policies({ verification: logged }),
  policies({ identities: [ANY], verification: audit }),
  policies({ scopes: ["*"] }),
  policies({ scopes: ["*"], identities: [ANY] }),
  policies({}, open),
  policies({}, loose),
  policies({}, { name: "any", scopes: [WEB], identities: [ANY] }),
  policies({ scopes: [APP, WEB] }, { name: "all", scopes: ["*"], verification: audit }),
  { stores: { ...STORES, "ca:acme": [fixture("impostor")] } },
  { ...policies({ identities: [ANY] }), stores: { ...STORES, ...two } },
  { ...policies({ identities: [ANY] }), stores: { ...STORES, "ca:acme": [fixture("impostor")] } },
  { settings: { projects: [project()] } },
  { settings: { projects: [project({ contentTrust: [] })] } },
];

const isLoud = ({ severity, direction }: Finding) => severity === "critical" && direction !== "narrows";
const loudOf = (parts: ReportParts) => reportOf(parts).semantic.filter(isLoud);

describe("without a rule file nothing critical passes", () => {
  it.each(Object.entries(CRITICAL))("in a finding of the kind %s", (kind, parts = {}) => {
    expect(loudOf(parts).map((finding) => finding.kind)).toContain(kind);
    expect(outcomeOf(reportOf(parts))).not.toBe(0);
  });

  it("between any two states of trust, and in no golden report", () => {
    const pairs = STATES.flatMap((base) => STATES.map((head): ReportParts => one(head, base)));
    const loud = [...pairs, ...Object.values(CHANGES)].filter((parts) => loudOf(parts).length > 0);
    const kinds = new Set(loud.flatMap((parts) => loudOf(parts).map(({ kind }) => kind)));
    expect([...kinds].filter((kind) => !(kind in CRITICAL))).toEqual([]);
    const passed = loud.filter((parts) => outcomeOf(reportOf({ ...parts, exceptions: [] })) === 0);
    expect(passed.map((parts) => loudOf(parts).map(({ sentence }) => sentence))).toEqual([]);
    expect(loud.length).toBeGreaterThan(100);
  });

  it("and what is not critical does", () => {
    for (const name of ["identity-added", "validation-weakened", "identity-removed", "program-changed"]) {
      expect(outcomeOf(reportOf(CHANGES[name] ?? {})), name).toBe(0);
    }
  });

  it("of kinds that there are", () => {
    expect(Object.keys(CRITICAL).filter((kind) => !(kind in findingKinds))).toEqual([]);
  });
});
