import type { ExceptionUse, RuleResult, RuleViolation } from "../report/report";
import type { Exception } from "./exceptionFile";
import type { Rule, RuleFacts, RuleOptions, Violation } from "./rule";
import { whyUnmatched } from "./named";
import type { RuleSet } from "./ruleFile";
import { RULES } from "./rules";

export interface Judged {
  readonly rules: readonly RuleResult[];
  /** Each that was declared, also those that were not needed. */
  readonly exceptions: readonly ExceptionUse[];
}

/** Judges every rule that is on. An exception that has expired lets nothing pass any more. */
export function judgeRules(rules: RuleSet, exceptions: readonly Exception[], facts: RuleFacts): Judged {
  const used = new Set<number>();
  const results = [...rules].flatMap(([name, options]): RuleResult[] => {
    const rule = RULES[name];
    return rule === undefined ? [] : [resultOf(name, rule, options)];
  });
  return {
    rules: results,
    exceptions: exceptions.map((exception, index) => {
      const unmatched = facts.stacks && whyUnmatched(exception, rules, facts.stacks);
      return { ...useOf(exception, used.has(index), facts.at), ...(unmatched !== undefined && { unmatched }) };
    }),
  };

  function resultOf(name: string, rule: Rule, options: RuleOptions): RuleResult {
    const { severity } = rule;
    const stack = options.stacks?.length === 1 ? (options.stacks[0] ?? null) : null;
    const all = rule.judge(facts, options);
    if (all === undefined) return { rule: name, stack, severity, result: "unknown", violations: [] };
    const violations = all
      .filter((violation) => isFor(violation, options))
      .map((violation): RuleViolation => {
        const covering = exceptions.findIndex((exception) => covers(exception, name, violation, facts.at));
        if (covering >= 0) used.add(covering);
        const { subject, sentence } = violation;
        return { subject, sentence, ...(covering >= 0 && { exception: covering }) };
      });
    const stands = violations.some(({ exception }) => exception === undefined);
    const result = stands ? "violated" : violations.length > 0 ? "excepted" : "passed";
    return { rule: name, stack, severity, result, violations };
  }
}

/** A violation of no stack is everybody's. */
function isFor({ stack }: Violation, { stacks }: RuleOptions): boolean {
  return stacks === undefined || stack === null || stacks.includes(stack);
}

function covers(exception: Exception, rule: string, violation: Violation, at: Date): boolean {
  const { stack, subject, expires } = exception;
  if (exception.rule !== rule || expires <= at) return false;
  if (stack !== undefined && stack !== violation.stack) return false;
  return subject.endsWith("*") ? violation.subject.startsWith(subject.slice(0, -1)) : violation.subject === subject;
}

function useOf(exception: Exception, isUsed: boolean, at: Date): ExceptionUse {
  const { rule, stack = null, subject, owner, reason, expires } = exception;
  const state = expires <= at ? "expired" : isUsed ? "used" : "unused";
  return { rule, stack, subject, owner, reason, expires: expires.toISOString(), state };
}
