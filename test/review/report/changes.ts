import type { FileTree } from "../../../components/files/tree";
import { ATTRIBUTES, checkoutChanged } from "../../../components/review/project/checkout";
import { type ProgramFiles, changedFiles, programChanged } from "../../../components/review/project/program";
import { PROJECT_FILE, projectChanged } from "../../../components/review/project/projectFile";
import type { Report } from "../../../components/review/report/report";
import { EXCEPTION_FILE } from "../../../components/review/rules/exceptionFile";
import { rulesChanged } from "../../../components/review/rules/readRules";
import { RULE_FILE } from "../../../components/review/rules/ruleFile";
import { ACME, APP, OTHER, RELEASE, type StackOptions, statement, WEB } from "../semantic/support";
import { CONFIG_CHANGES } from "./configChanges";
import { distrust, fixture, flip, INVENTORY, image, one, type ReportParts, STORES } from "./reports";

const policies = (...all: Parameters<typeof statement>[0][]): StackOptions => ({ trustPolicies: all.map(statement) });
/** A tree with this one file in it, or with none. */
const tree = (file?: string, content = "#"): FileTree => ({
  shown: (path) => path,
  entry: (path) => (path === file ? { kind: "file", size: content.length } : undefined),
  names: () => [],
  read: () => Buffer.from(content),
});
/** Files by an id of their content. */
const program = (files: Record<string, string>): ProgramFiles => ({
  hash: "sha1",
  untold: [],
  top: () => new Map(Object.keys(files).map((path) => [path.split("/")[0] ?? "", undefined])),
  files: (name) => new Map(Object.entries(files).filter(([path]) => path.split("/")[0] === name)),
});
const ONE = { name: "release", identities: [RELEASE] };
const TWO = { name: "partner", scopes: [WEB], identities: [OTHER], stores: ["ca:partner"] };
const ALL = { name: "all", scopes: ["*"], identities: ["*"] };

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
  "identity-narrowed": one(policies({ identities: [RELEASE] })),
  "identity-wildcard": one(policies({ identities: ["*"] })),
  "identity-wildcard-removed": one({}, policies({ identities: ["*"] })),
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
  "timestamp-optional": one(policies({}), policies({ stores: ["ca:acme", "tsa:time"] })),
  "tsa-anchor-removed": one(
    { ...policies({ stores: ["ca:acme", "tsa:time"] }), stores: { ...STORES, "tsa:time": [fixture("tsa")] } },
    {
      ...policies({ stores: ["ca:acme", "tsa:time"] }),
      stores: { ...STORES, "tsa:time": [fixture("tsa"), fixture("partner")] },
    },
  ),
  "scope-added": one(policies({ scopes: [APP, WEB, `${APP}-tools`] })),
  "scope-taken-out-of-all": one(policies({ scopes: [APP, WEB] }, ALL), policies({}, ALL)),
  "scope-removed": one({}, policies({ scopes: [APP, WEB] })),
  "scope-moved": one(
    policies(ONE, { ...TWO, scopes: [WEB, `${APP}-tools`] }),
    policies({ ...ONE, scopes: [APP, `${APP}-tools`] }, TWO),
  ),
  "scope-falls-through": one(policies(ALL), policies({}, ALL)),
  "statement-added": one(policies({}, { name: "web", scopes: [WEB], identities: [OTHER], stores: ["ca:partner"] })),
  "statement-removed": one({}, policies({}, TWO)),
  "statement-renamed": one(policies({ name: "app images" })),
  "statement-unreachable": one(
    { ...policies({ scopes: ["old.example.com/team/app", "old.example.com/team/web"] }), settings: {} },
    { settings: {} },
  ),
  "level-weakened": one(policies({ verification: { level: "audit" } })),
  "level-strengthened": one({}, policies({ verification: { level: "permissive" } })),
  "level-strengthened-from-skip": one({}, policies({ verification: { level: "skip" } })),
  "level-skip": one(policies({ verification: { level: "skip" } })),
  "validation-weakened": one(policies({ verification: { level: "strict", override: { revocation: "log" } } })),
  "validation-strengthened": one({}, policies({ verification: { level: "strict", override: { revocation: "log" } } })),
  "trust-introduced": { base: {}, head: { production: {} } },
  "trust-removed": { base: { production: {} }, head: {} },
  "trust-unreadable": {
    ...one({ problem: UNREADABLE }),
    changes: { partial: true, problems: [UNREADABLE] },
  },
  "rules-changed": { ...one({}), more: rulesChanged(tree(), tree(RULE_FILE)) },
  "exceptions-changed": { ...one({}), more: rulesChanged(tree(), tree(EXCEPTION_FILE)) },
  "project-changed": {
    ...one({}),
    more: projectChanged(
      tree(PROJECT_FILE, "name: breakwater\nmain: bin/stacks\n"),
      tree(PROJECT_FILE, "name: breakwater\nmain: other\nstackConfigDir: hidden\n"),
    ),
  },
  "checkout-changed": {
    ...one({}),
    more: checkoutChanged(tree(), tree(ATTRIBUTES, "stacks/** working-tree-encoding=UTF-7\n"), "stacks"),
  },
  "program-changed": {
    ...one({}),
    more: programChanged(
      changedFiles(
        program({ "components/a.ts": "1", "package.json": "1", "scripts/a.mjs": "1", "README.md": "1" }),
        program({ "components/a.ts": "2", "components/b.ts": "1", "package.json": "2", "scripts/a.mjs": "1" }),
      ),
    ),
  },
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
  ...CONFIG_CHANGES,
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
  "inventory-empty": {
    ...one({}),
    changes: {
      partial: true,
      ...lacking("file:images.txt", "empty", {
        code: "INVENTORY_EMPTY",
        why: "no line of the file has a reference: write one a line.",
      }),
    },
  },
  "inventory-unreadable": {
    ...one({}),
    changes: {
      partial: true,
      ...lacking("registry:registry.example.com", "unreadable", {
        code: "REGISTRY_UNAUTHORIZED",
        why: "registry.example.com asks for a login and none was found (no config.json): log in to registry.example.com with Docker, then run again.",
      }),
    },
  },
  "images-unreachable": {
    ...one({}),
    changes: {
      partial: true,
      unchanged: { verified: 1_200, failed: 0, skipped: 0 },
      inventories: [{ name: INVENTORY, state: "read", images: 1_200 }],
      unknown: [...Array(8).keys()].map((number) => ({
        reference: `${APP}:v${number}`,
        inventory: INVENTORY,
        code: "REGISTRY_GIVEN_UP",
        why: "registry.example.com failed 3 times in a row and is not asked any more in this run (REGISTRY_UNREACHABLE): run again when it answers; what was read already is not read again.",
      })),
    },
  },
};

/** A report of one inventory, of which nothing was had. */
function lacking(
  name: string,
  state: "empty" | "unreadable",
  cause: { code: string; why: string },
): Pick<Report, "inventories" | "unknown"> {
  return {
    inventories: [{ name, state, images: 0, ...cause }],
    unknown: [{ reference: name, inventory: name, whole: true, ...cause }],
  };
}
