import type { Report } from "../../../components/review/report/report";
import { ACME, APP, HOST, OTHER, project, RELEASE, statement, WEB } from "../semantic/support";
import { distrust, fixture, flip, image, reportOf, STORES } from "./reports";

/** A report that has something in each of its parts. */
export function everything(): Report {
  const report = reportOf({
    base: {
      production: {
        trustPolicies: [
          statement({ identities: [RELEASE] }),
          statement({ name: "web", scopes: [WEB], identities: [OTHER], stores: ["ca:partner"] }),
        ],
        settings: { hostname: HOST, projects: [project()] },
        identities: { release: fixture("signer") },
      },
      staging: {},
    },
    head: {
      production: {
        trustPolicies: [
          statement({ identities: [ACME], stores: ["ca:acme", "tsa:time"] }),
          statement({ name: "all", scopes: ["*"], identities: ["*"], stores: ["ca:partner"] }),
        ],
        stores: { ...STORES, "ca:acme": [fixture("root"), fixture("impostor")] },
        settings: { hostname: HOST, projects: [project({ contentTrust: [], public: true })] },
        identities: { release: fixture("renewed") },
      },
      staging: { trustPolicies: [statement({ verification: { level: "audit" } })] },
    },
    flips: [
      flip(1, { tags: ["v1", "latest"] }),
      flip(2),
      flip(3, { tags: [], stack: "staging" }),
      distrust(4, {
        validation: "authenticTimestamp",
        code: "TIMESTAMP_MISSING",
        why: "there is no time stamp, and the statement names a tsa trust store",
      }),
      distrust(5, {
        signer: null,
        validation: null,
        code: "NO_SIGNATURE",
        statement: null,
        why: "the image has no signature",
      }),
    ],
    images: [
      ...[1, 2, 4, 5].map((number) => image(number, { flips: true, verdict: number < 4 ? "verified" : "failed" })),
      ...[10, 11, 12].map((number) => image(number)),
      image(20, { scope: WEB, reference: `${WEB}@sha256:${"9".repeat(64)}`, verdict: "skipped" }),
    ],
    exceptions: [
      {
        rule: "no-gate-switched-off",
        subject: "*",
        owner: "ops@example.com",
        reason: "migration of the old pipeline",
        expires: new Date("2026-06-08T00:00:00Z"),
      },
      {
        rule: "anchors-outlive",
        subject: "none",
        owner: "ops@example.com",
        reason: "none",
        expires: new Date("2026-05-01T00:00:00Z"),
      },
      {
        rule: "rules-unchanged",
        subject: "none",
        owner: "ops@example.com",
        reason: "none",
        expires: new Date("2026-09-01T00:00:00Z"),
      },
    ],
    changes: {
      unchanged: { verified: 9_812, failed: 41, skipped: 6 },
      problems: [
        { code: "POLICY_SYNTAX", message: "the trust policy is no JSON", file: "stacks/old/trust/trustpolicy.json" },
      ],
      unknown: [
        {
          reference: "file:images.txt",
          inventory: "file:images.txt",
          whole: true,
          code: "INVENTORY_EMPTY",
          why: "no line has a reference",
        },
        {
          reference: `${APP}@sha256:${"8".repeat(64)}`,
          inventory: `registry:${HOST}`,
          code: "REGISTRY_UNREACHABLE",
          why: `${HOST} does not answer`,
        },
      ],
      inventories: [
        { name: `registry:${HOST}`, state: "read", images: 12_000 },
        { name: "file:images.txt", state: "empty", images: 0, code: "INVENTORY_EMPTY", why: "no line has a reference" },
      ],
      partial: true,
    },
  });
  return report;
}
