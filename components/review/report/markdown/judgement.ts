import type { Problem } from "../../state/state";
import type { EnforcerEffect, ExceptionUse, Report, RuleResult } from "../report";
import { count, when } from "../words";
import { type Block, fold } from "./document";
import { code, escapeText } from "./escape";

const OPEN = 10;
const RULES_MAX = 100;

/** Each rule that is violated, with all that violates it. */
export function violationBlocks({ rules }: Report): Block[] {
  const standing = rules.flatMap((rule) =>
    rule.result === "violated"
      ? rule.violations
          .filter(({ exception }) => exception === undefined)
          .map(({ sentence }) => `- **${code(rule.rule)}** (${rule.severity}): ${escapeText(sentence)}`)
      : [],
  );
  if (standing.length === 0) return [];
  return [
    "### Rules that are violated",
    { items: standing, open: 20, priority: 0, loud: true, noun: ["violation", "violations"] },
  ];
}

/** What lets something pass that a rule forbids, and what did so until it ended. */
export function exceptionBlocks(report: Report): Block[] {
  const { exceptions, rules } = report;
  const loud = exceptions.flatMap((exception, index) =>
    exception.state === "unused" ? [] : [exceptionItem(exception, passing(rules, index))],
  );
  if (loud.length === 0) return [];
  return [
    "### Exceptions in use, or ended",
    { items: loud, open: OPEN, priority: 1, loud: true, noun: ["exception", "exceptions"] },
  ];
}

/** What passes by an exception. */
function passing(rules: readonly RuleResult[], index: number): string[] {
  return rules.flatMap(({ violations }) =>
    violations.filter(({ exception }) => exception === index).map(({ sentence }) => sentence),
  );
}

function exceptionItem(
  { rule, stack, subject, owner, reason, expires, state, unmatched }: ExceptionUse,
  passing: string[],
): string {
  const until = code(when(expires), 40);
  const ends =
    state === "expired" ? `**ended** at ${until}` : `${state === "used" ? "**in use**, " : ""}ends at ${until}`;
  const where = stack === null ? "every stack" : code(stack);
  const [first, ...others] = passing;
  return [
    `- ${code(rule)} for ${code(subject)} in ${where}: ${ends}. Owner ${code(owner)}; reason: ${escapeText(reason)}`,
    ...(unmatched === undefined ? [] : [`  - can let nothing pass: ${escapeText(unmatched)}`]),
    ...(first === undefined ? [] : [`  - lets pass: ${escapeText(first)}`]),
    ...(others.length > 0 ? [`  - and ${count(others.length, "more violation")}`] : []),
  ].join("\n");
}

export function problemBlocks(problems: readonly Problem[]): Block[] {
  if (problems.length === 0) return [];
  const items = problems.map(({ code: name, message, file }) => {
    const where = file === undefined ? "" : ` in ${code(file)}`;
    return `- ${code(name)}${where}: ${escapeText(message)}`;
  });
  return ["### What could not be read", { items, open: OPEN, priority: 2, loud: true, noun: ["problem", "problems"] }];
}

/** Where the declared meaning is lost is open to see; what follows it exactly is folded. */
export function enforcerBlocks(effects: readonly EnforcerEffect[]): Block[] {
  if (effects.length === 0) return [];
  const item = ({ enforcer, fidelity, sentence }: EnforcerEffect) =>
    `- ${enforcer}, **${fidelity}**: ${escapeText(sentence)}`;
  const lossy = effects.filter(({ fidelity }) => fidelity !== "exact");
  const exact = effects.filter(({ fidelity }) => fidelity === "exact");
  const noun = ["effect", "effects"] as const;
  return [
    "### What each enforcer makes of it",
    ...(lossy.length > 0 ? [{ items: lossy.map(item), open: OPEN, priority: 6, noun }] : []),
    ...(exact.length > 0
      ? [{ items: exact.map(item), open: 0, priority: 7, noun: ["effect as declared", "effects as declared"] } as const]
      : []),
  ];
}

/** All rules, and exceptions that were not needed. */
export function ruleBlocks({ rules, exceptions }: Report): Block[] {
  if (rules.length === 0) return [];
  const shown = rules.slice(0, RULES_MAX).map(({ rule, stack, result }) => {
    const where = stack === null ? "" : ` in ${code(stack, 60)}`;
    return `- ${code(rule, 60)}${where}: ${WORDS[result]}`;
  });
  const more =
    rules.length > RULES_MAX ? [`- … and ${count(rules.length - RULES_MAX, "more rule", "more rules")}`] : [];
  const unused = exceptions.filter(({ state }) => state === "unused").map((exception) => exceptionItem(exception, []));
  return [
    fold(`All rules (${rules.length})`, [...shown, ...more].join("\n")),
    ...(unused.length > 0
      ? [
          {
            items: unused,
            open: 0,
            priority: 7,
            noun: ["exception that was not needed", "exceptions that were not needed"],
          } as const,
        ]
      : []),
  ];
}

const WORDS: Readonly<Record<RuleResult["result"], string>> = {
  passed: "passed",
  violated: "**violated**",
  excepted: "passed **by an exception**",
  unknown: "**could not be judged**",
};
