import { type Finding, type FindingKind, SEVERITIES } from "../finding";
import { readValue } from "../readable";
import { ofFindings, type Rule, type RuleFacts } from "./rule";

/** Rules on what changes. */
export const CHANGE_RULES: Readonly<Record<string, Rule>> = {
  "rules-unchanged": {
    summary: "neither the rules nor their exceptions change",
    severity: "critical",
    options: [],
    judge: (facts) => ofFindings(facts, ({ kind }) => kind === "rules-changed" || kind === "exceptions-changed"),
  },
  "no-new-wildcard-identity": {
    summary: 'no statement gets the trusted identity "*"',
    severity: "critical",
    options: [],
    judge: (facts) => ofFindings(facts, ({ kind }) => kind === "identity-wildcard-added", "statement"),
  },
  "no-new-ca-for-any-identity": {
    summary: 'no CA is newly trusted where the trusted identity is "*"',
    severity: "critical",
    options: [],
    judge: (facts) => ofFindings(facts, (finding) => finding.kind === "anchor-added" && widensCritically(finding)),
  },
  "no-anchor-key-changed": {
    summary: "no trusted name gets another key",
    severity: "critical",
    options: [],
    judge: (facts) =>
      ofFindings(facts, (finding) => finding.kind === "anchor-key-changed" && widensCritically(finding)),
  },
  "authenticity-stays-enforced": {
    summary:
      "no repository comes under a statement that lets anybody's images pass (level skip or audit, or by an override)",
    severity: "critical",
    options: [],
    judge: (facts) =>
      ofFindings(facts, (finding) => widensCritically(finding) && isOpened(facts, finding), "statement"),
  },
  "no-gate-switched-off": {
    summary: "no project loses its gate, or a part of it, or is no longer declared with it",
    severity: "critical",
    options: [],
    judge: (facts) =>
      ofFindings(
        facts,
        // A new project without a gate loses none.
        ({ kind, direction, before }) =>
          (kind === "gate-switched-off" && before !== undefined) || (kind === "gate-changed" && direction === "widens"),
      ),
  },
  "no-finding": {
    summary: "nothing that changed is as loud as `severity` (high), unless it narrows trust",
    severity: "high",
    options: ["severity"],
    judge: (facts, { severity = "high" }) =>
      ofFindings(
        facts,
        (finding) =>
          finding.direction !== "narrows" && SEVERITIES.indexOf(finding.severity) <= SEVERITIES.indexOf(severity),
      ),
  },
};

function widensCritically({ direction, severity }: Finding): boolean {
  return direction === "widens" && severity === "critical";
}

const OPENING: readonly FindingKind[] = [
  "level-weakened",
  "validation-weakened",
  "statement-added",
  "scope-added",
  "scope-moved",
  "scope-falls-through",
];

/** Whether the finding leads to a statement that refuses nobody. */
function isOpened({ head }: RuleFacts, { kind, stack, statement }: Finding): boolean {
  const trust = readValue(head.stacks.get(stack)?.trust);
  if (!OPENING.includes(kind) || trust === undefined) return false;
  const found = trust.statements.find(({ declared }) => declared.name === statement);
  return found !== undefined && found.enforcement.authenticity !== "enforce";
}
