import { quoted } from "../../notary/quoted";
import { listed } from "../../signers/words";
import type { Problem } from "../state/state";
import type { Exception } from "./exceptionFile";
import { RULE_FILE, type RuleSet } from "./ruleFile";

// What rules and exceptions name, and whether it is there: a misspelt stack would be left out in silence.

/** A problem for each stack that a rule is for and that is not there. @param stacks that count: a rule may be there before its stack is */
export function unknownStacks(rules: RuleSet, stacks: readonly string[]): Problem[] {
  return [...rules].flatMap(([rule, { stacks: named = [] }]) =>
    named
      .filter((stack) => !stacks.includes(stack))
      .map((stack) => ({
        code: "RULE_STACK_UNKNOWN",
        message: `the rule ${rule} is for the stack ${quoted(stack)}, and guards nothing there: ${noneOf(stacks)}`,
        file: RULE_FILE,
      })),
  );
}

/** Why an exception can never let anything pass; undefined when it can. */
export function whyUnmatched(
  { rule, stack }: Exception,
  rules: RuleSet,
  stacks: readonly string[],
): string | undefined {
  if (!rules.has(rule)) return `the rule ${rule} is not on`;
  return stack === undefined || stacks.includes(stack)
    ? undefined
    : `the stack ${quoted(stack)} is not there: ${noneOf(stacks)}`;
}

function noneOf(stacks: readonly string[]): string {
  return `no stack has that name (there ${stacks.length === 0 ? "is none" : `are: ${listed(stacks)}`})`;
}
