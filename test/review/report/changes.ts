import type { Finding } from "../../../components/review/finding";
import { ACME, APP, HOST, OTHER, project, RELEASE, type StackOptions, statement, WEB } from "../semantic/support";
import { distrust, fixture, flip, image, type ReportParts, STORES } from "./reports";

const one = (head: StackOptions, base: StackOptions = {}): ReportParts => ({
  base: { production: base },
  head: { production: head },
});
const policies = (...all: Parameters<typeof statement>[0][]): StackOptions => ({ trustPolicies: all.map(statement) });
const settings = (changes: object): StackOptions => ({ settings: changes });
const signed = { name: "app", reference: `${HOST}/team/app:v1`, signedBy: "release", acceptWeaker: [] };
const RULES_CHANGED: Finding = {
  kind: "rules-changed",
  severity: "critical",
  direction: "neutral",
  stack: "",
  subject: "stacks/rules.yaml",
  sentence:
    "The change edits stacks/rules.yaml: other rules hold from the next review on. This review is judged by those of the base.",
};

const UNREADABLE = {
  code: "POLICY_SYNTAX",
  message: "the trust policy is no JSON: Unexpected token at line 3",
  file: "stacks/production/trust/trustpolicy.json",
};

/** A report for each kind of change; what each says is in `golden/NAME.md`. */
export const CHANGES: Readonly<Record<string, ReportParts>> = {
  "nothing-changes": one({}),
  "identity-added": one(policies({ identities: [ACME, OTHER] })),
  "identity-removed": one(policies({ identities: [ACME] }), policies({ identities: [ACME, OTHER] })),
  "identity-widened": {
    ...one(policies({ identities: [ACME] }), policies({ identities: [RELEASE] })),
    flips: [flip(1), flip(2, { tags: [] })],
    images: [image(1, { flips: true }), image(2, { flips: true }), image(3)],
    changes: { unchanged: { verified: 1, failed: 0, skipped: 0 } },
  },
  "identity-wildcard": one(policies({ identities: ["*"] })),
  "anchor-added": one({ stores: { ...STORES, "ca:acme": [fixture("root"), fixture("partner")] } }),
  "anchor-removed": one({}, { stores: { ...STORES, "ca:acme": [fixture("root"), fixture("partner")] } }),
  "anchor-key-changed": one({ stores: { ...STORES, "ca:acme": [fixture("impostor")] } }),
  "timestamp-mandatory": {
    ...one(policies({ stores: ["ca:acme", "tsa:time"] })),
    flips: [
      distrust(4, {
        validation: "authenticTimestamp",
        code: "TIMESTAMP_MISSING",
        why: "there is no time stamp, and the statement names a tsa trust store",
      }),
    ],
    changes: { unchanged: { verified: 9_999, failed: 12, skipped: 3 } },
  },
  "scope-falls-through": one(
    policies({ name: "all", scopes: ["*"], identities: ["*"] }),
    policies({}, { name: "all", scopes: ["*"], identities: ["*"] }),
  ),
  "statement-added": one(policies({}, { name: "web", scopes: [WEB], identities: [OTHER], stores: ["ca:partner"] })),
  "level-weakened": one(policies({ verification: { level: "audit" } })),
  "level-skip": one(policies({ verification: { level: "skip" } })),
  "validation-weakened": one(policies({ verification: { level: "strict", override: { revocation: "log" } } })),
  "gate-switched-off": one(
    settings({ projects: [project({ contentTrust: [] })] }),
    settings({ projects: [project()] }),
  ),
  "project-public": one(settings({ projects: [project({ public: true })] }), settings({ projects: [project()] })),
  "weaker-accepted": one(
    settings({ images: [{ ...signed, acceptWeaker: ["revocation"] }] }),
    settings({ images: [signed] }),
  ),
  "signing-identity-changed": one(
    { identities: { release: fixture("renewed") } },
    { identities: { release: fixture("signer") } },
  ),
  "trust-introduced": { base: {}, head: { production: {} } },
  "trust-removed": { base: { production: {} }, head: {} },
  "trust-unreadable": {
    ...one({ problem: UNREADABLE }),
    changes: { partial: true, problems: [UNREADABLE] },
  },
  "rules-changed": { ...one({}), more: [RULES_CHANGED] },
  "by-an-exception": {
    ...one(policies({ identities: ["*"] })),
    exceptions: [
      {
        rule: "no-new-wildcard-identity",
        stack: "production",
        subject: "*",
        owner: "ops@example.com",
        reason: "the partner's certificate is late, see ticket OPS-12",
        expires: new Date("2026-06-08T00:00:00Z"),
      },
      {
        rule: "no-gate-switched-off",
        subject: "team",
        owner: "ops@example.com",
        reason: "migration of the old pipeline",
        expires: new Date("2026-05-01T00:00:00Z"),
      },
    ],
  },
  partial: {
    ...one(policies({ identities: [ACME, OTHER] })),
    changes: {
      unknown: [
        {
          reference: `${APP}@sha256:${"0".repeat(64)}`,
          inventory: "registry:registry.example.com",
          code: "REGISTRY_UNREACHABLE",
          why: "registry.example.com does not answer: connect ECONNREFUSED",
        },
      ],
      problems: [
        {
          code: "INVENTORY_PARTIAL",
          message: "the catalog of registry.example.com ended in the middle",
          file: "registry.example.com",
        },
      ],
    },
  },
};
