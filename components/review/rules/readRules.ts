import type { FileTree } from "../../files/tree";
import type { Finding } from "../finding";
import { YAML_BYTES_MAX } from "../state/smallFile";
import type { Problem } from "../state/state";
import { RuleError } from "./error";
import { EXCEPTION_FILE, type Exception, parseExceptions } from "./exceptionFile";
import { unknownStacks } from "./named";
import { DEFAULT_RULES, parseRules, RULE_FILE, type RuleSet } from "./ruleFile";

export interface DeclaredRules {
  readonly rules: RuleSet;
  readonly exceptions: readonly Exception[];
}

/** The rules and exceptions of a tree as of today; the default rules where it has no file. @throws RuleError, TreeError */
export function readRules(tree: FileTree, today: Date): DeclaredRules {
  return { rules: rulesOf(tree), exceptions: exceptionsOf(tree, today) };
}

function rulesOf(tree: FileTree): RuleSet {
  const text = textOf(tree, RULE_FILE, "RULES_INVALID");
  return text === undefined ? DEFAULT_RULES : parseRules(text);
}

function exceptionsOf(tree: FileTree, today: Date): readonly Exception[] {
  const text = textOf(tree, EXCEPTION_FILE, "EXCEPTIONS_INVALID");
  return text === undefined ? [] : parseExceptions(text, today);
}

/** A change of what judges is a finding itself; the head's files are compared, and never heeded. */
export function rulesChanged(base: FileTree, head: FileTree): Finding[] {
  const changed = (file: string) => contentOf(base, file) !== contentOf(head, file);
  const finding = (kind: "rules-changed" | "exceptions-changed", file: string, what: string): Finding[] => [
    {
      ...{ kind, severity: "critical", direction: "neutral", stack: "", subject: file },
      sentence: `The change edits ${file}: ${what} from the next review on. This review is judged by those of the base.`,
    },
  ];
  return [
    ...(changed(RULE_FILE) ? finding("rules-changed", RULE_FILE, "other rules hold") : []),
    ...(changed(EXCEPTION_FILE) ? finding("exceptions-changed", EXCEPTION_FILE, "other exceptions hold") : []),
  ];
}

/**
 * What would keep the next review from judging, once the head is merged: its own rules and exceptions. They are read for that alone.
 * @param stacks of the head: it may take one away that a rule names
 */
export function problemsOfNextRules(head: FileTree, stacks: readonly string[], today: Date): Problem[] {
  return [
    ...problemsIn(RULE_FILE, () => unknownStacks(rulesOf(head), stacks)),
    ...problemsIn(EXCEPTION_FILE, () => {
      exceptionsOf(head, today);
      return [];
    }),
  ];
}

function problemsIn(file: string, read: () => readonly Problem[]): readonly Problem[] {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    const message = `the change leaves it so that no later review can judge: ${error.message}`;
    return [{ code: error.code, message, file }];
  }
}

function textOf(tree: FileTree, file: string, code: "RULES_INVALID" | "EXCEPTIONS_INVALID"): string | undefined {
  const content = contentOf(tree, file);
  if (content === UNREADABLE) {
    throw new RuleError(
      code,
      `${tree.shown(file)} is no file of at most ${YAML_BYTES_MAX} bytes: put the file itself there, or make it smaller`,
    );
  }
  return content;
}

/** No YAML file is this text. */
const UNREADABLE = "\0";

function contentOf(tree: FileTree, file: string): string | undefined {
  const entry = tree.entry(file);
  if (entry === undefined) return undefined;
  return entry.kind === "file" && entry.size <= YAML_BYTES_MAX ? tree.read(file).toString("utf8") : UNREADABLE;
}
