import { log } from "@pulumi/pulumi";
import { FolderTree } from "../components/files/folderTree";
import { projectRoot, resolvePath } from "../components/files/paths";
import { httpRevocationSource } from "../components/pki/revocationSource";
import type { ExceptionUse, RuleResult } from "../components/review/report/report";
import { problemsOf } from "../components/review/review";
import { EXCEPTION_FILE } from "../components/review/rules/exceptionFile";
import { judgeRules } from "../components/review/rules/judge";
import { unknownStacks } from "../components/review/rules/named";
import { readRules } from "../components/review/rules/readRules";
import { RULE_FILE } from "../components/review/rules/ruleFile";
import { RULES } from "../components/review/rules/rules";
import { semanticDiff } from "../components/review/semantic/semanticDiff";
import { committed, readStack, stacksOf } from "../components/review/state/readState";
import type { StackState, TrustState } from "../components/review/state/state";
import { verdictDiff } from "../components/review/verdicts/verdictDiff";
import { ConfigError } from "./error";
import { homeOf } from "./home";
import type { Machine } from "./machine";
import { readSettings } from "./reviewSettings";

/** The config that the stack was last brought up by, in its home. */
export const DEPLOYED_CONFIG = "deployed.yaml";

/**
 * The rules of a review, judged on what is declared beside what is in force: the trust that the last `up` wrote, the config it was
 * brought up by, and the images that the stack vouches for, where who runs this knows them. Where neither of the two is there,
 * as on a new machine, nothing changes, and only what is declared is judged. Without a rule file there are no rules.
 * @throws ConfigError RULES_VIOLATED, RULES_UNJUDGED; RuleError
 */
export async function requireRules(stack: string, { liveImages }: Machine): Promise<void> {
  const project = new FolderTree(projectRoot);
  // A review has rules by default, to tell of; an `up` is stopped by those that a team has declared.
  if (project.entry(RULE_FILE) === undefined) return;
  const at = new Date();
  const declared = readRules(project, at);
  const stacks = stacksOf(project);
  const [unknown] = unknownStacks(declared.rules, stacks);
  if (unknown !== undefined) throw unjudged(`${unknown.file}: ${unknown.message}`);
  const state = requireReadable(readStack(project, committed(stack), readSettings));
  const [base, head] = [stateOf(inForce(state)), stateOf(state)];
  const asksImages = [...declared.rules.keys()].some((rule) => RULES[rule]?.ofImages);
  const { rules, exceptions } = judgeRules(declared.rules, declared.exceptions, {
    ...{ head, findings: semanticDiff(base, head), at, stacks },
    images: asksImages && liveImages ? await liveDiff(base, head, liveImages, at) : undefined,
  });
  for (const exception of exceptions) tell(exception);
  for (const { rule, result } of rules) if (result === "unknown") tellUnknown(rule);
  const violated = rules.filter(({ result }) => result === "violated");
  if (violated.length > 0) throw new ConfigError("RULES_VIOLATED", inWords(violated));
}

/**
 * What is in force by the stack's home, and where that has no record, what is declared: that is no change then. It has none of
 * identities, and of the config only once an `up` came to its end; a trust that is gone from beside a config is one that changes.
 */
function inForce(declared: StackState): StackState {
  const { stack } = declared;
  const place = { stack, folder: "trust", config: DEPLOYED_CONFIG };
  const known = readStack(new FolderTree(resolvePath(homeOf(stack))), place, readSettings);
  for (const { message } of problemsOf(stateOf(known)))
    void log.warn(`what is in force can't be read to compare with: ${message}`);
  const { identities } = declared;
  if (known.settings !== undefined) return { ...known, identities };
  if (known.trust !== undefined) return { ...known, identities, settings: declared.settings };
  tellNothingInForce(stack);
  return declared;
}

/**
 * An `up` takes what a review can't read: a config with aliases, a trust with more identities than anybody reviews. No rule would
 * see its gates, or its statements.
 */
function requireReadable(state: StackState): StackState {
  for (const part of [state.settings, state.trust]) {
    if (part === undefined || "value" in part) continue;
    const { file = state.stack, message } = part.problem;
    throw unjudged(`${file}: ${message}`);
  }
  return state;
}

function unjudged(why: string): ConfigError {
  return new ConfigError("RULES_UNJUDGED", `the rules can't be judged, and nothing was touched: ${why}`);
}

function liveDiff(base: TrustState, head: TrustState, liveImages: NonNullable<Machine["liveImages"]>, at: Date) {
  return verdictDiff({ images: liveImages.entries(), base, head, clock: () => at, revocation: httpRevocationSource() });
}

function stateOf(state: StackState): TrustState {
  return { name: state.stack, stacks: new Map([[state.stack, state]]) };
}

/** Else whatever is declared would be a change from nothing, and what a review has passed would be refused. */
function tellNothingInForce(stack: string): void {
  void log.warn(
    `no trust and no config of ${stack} is in force on this machine: rules on changes have nothing to judge here, only those on what is declared`,
  );
}

/** It stops nothing, since an `up` may be what brings the registry back; it is not passed over either. */
function tellUnknown(rule: string): void {
  void log.warn(
    `the rule ${rule} can't be judged here, and lets this pass: not every image could be asked, see \`npm run review\``,
  );
}

/** Break-glass is loud in each run. */
function tell({ rule, subject, owner, reason, expires, state, unmatched }: ExceptionUse): void {
  const what = `the exception of ${owner} from ${rule} for ${subject} (${reason})`;
  if (unmatched !== undefined) void log.warn(`${what} can let nothing pass: ${unmatched}`);
  if (state === "unused") return;
  if (state === "used") void log.warn(`${what} lets it pass until ${expires}`);
  else void log.warn(`${what} expired at ${expires} and lets nothing pass any more: take it out of ${EXCEPTION_FILE}`);
}

function inWords(violated: readonly RuleResult[]): string {
  const lines = violated.flatMap(({ rule, violations }) =>
    violations.filter(({ exception }) => exception === undefined).map(({ sentence }) => `  ${rule}: ${sentence}`),
  );
  return [
    "the declared trust breaks rules, and nothing was touched:",
    ...lines,
    `Mend what is named, or let it pass by an exception with owner, reason and end in ${EXCEPTION_FILE}`,
  ].join("\n");
}
