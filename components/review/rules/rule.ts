import type { Finding, Severity } from "../finding";
import type { Flip, RuleViolation, UnknownImage } from "../report/report";
import type { StackState, TrustState } from "../state/state";

/** What rules are judged on. */
export interface RuleFacts {
  readonly head: TrustState;
  /** What differs from the base. */
  readonly findings: readonly Finding[];
  /** Of the inventory; undefined when there was none, and nothing can be said of live images. */
  readonly images: { readonly flips: readonly Flip[]; readonly unknown: readonly UnknownImage[] } | undefined;
  readonly at: Date;
  /** Every stack that either side has, also those that are not looked at; undefined where nobody knows. */
  readonly stacks?: readonly string[];
}

/** How a rule of the file is set. */
export interface RuleOptions {
  /** Stacks that it is for; all when absent. */
  readonly stacks?: readonly string[];
  /** Of `anchors-outlive`. */
  readonly days?: number;
  /** Of `no-finding`: this severity and above. */
  readonly severity?: Severity;
}

/** What speaks against a rule, and the stack it is in. */
export interface Violation extends Omit<RuleViolation, "exception"> {
  readonly stack: string | null;
}

/** A rule that a team can switch on. */
export interface Rule {
  /** What it asks for, for a person; the name says it for the file. */
  readonly summary: string;
  readonly severity: Severity;
  /** Its own options; each rule takes `stacks`. */
  readonly options: readonly ("days" | "severity")[];
  /** Whether it looks at images: without it none has to be asked for. */
  readonly ofImages?: true;
  /** Undefined when it can't be told. */
  judge(facts: RuleFacts, options: RuleOptions): readonly Violation[] | undefined;
}

/** A rule on each stack of the head whose trust can be read. */
export function ofStacks(
  facts: RuleFacts,
  judge: (state: StackState) => readonly Omit<Violation, "stack">[],
): readonly Violation[] {
  return [...facts.head.stacks.values()].flatMap((state) =>
    judge(state).map((violation) => ({ ...violation, stack: state.stack })),
  );
}

/** Some findings as violations. @param by what exceptions name: the statement, or what the finding is about */
export function ofFindings(
  facts: RuleFacts,
  is: (finding: Finding) => boolean,
  by: "statement" | "subject" = "subject",
): readonly Violation[] {
  return facts.findings.filter(is).map((finding) => ({
    stack: finding.stack === "" ? null : finding.stack,
    subject: finding[by] ?? finding.statement ?? finding.kind,
    sentence: finding.sentence,
  }));
}
