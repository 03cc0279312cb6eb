import { messageOf } from "../../errors";
import { quoted } from "../../notary/quoted";
import { suggestion } from "../../notary/trust/suggestion";
import type { Severity } from "../finding";
import { RuleError } from "./error";
import type { RuleOptions } from "./rule";
import { RULES } from "./rules";
import { parseYaml } from "../yaml";

/** Where a project's rules are, relative to its folder. */
export const RULE_FILE = "stacks/rules.yaml";

/** The rules that are on, by name, in the order of the file. */
export type RuleSet = ReadonlyMap<string, RuleOptions>;

/** What holds where a project has no rule file. */
export const DEFAULT_RULES: RuleSet = new Map<string, RuleOptions>([
  ["rules-unchanged", {}],
  ["no-new-wildcard-identity", {}],
  ["no-gate-switched-off", {}],
  ["no-live-image-stops-verifying", {}],
]);

const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low", "info"];

/**
 * Reads `rules: {NAME: true | {stacks: [NAME], days: N, severity: NAME}}`.
 * @throws RuleError RULES_INVALID
 */
export function parseRules(text: string, file: string = RULE_FILE): RuleSet {
  const document = readDocument(text, file);
  const rules = mapOf(document.rules, file, "rules");
  onlyKnown(document, ["rules"], file, "the file");
  return new Map(Object.entries(rules).map(([name, value]) => [name, optionsOf(name, value, file)]));
}

function readDocument(text: string, file: string): Record<string, unknown> {
  try {
    return mapOf(parseYaml(text) ?? {}, file, "the file");
  } catch (error) {
    throw error instanceof RuleError ? error : invalid(file, messageOf(error), error);
  }
}

function optionsOf(name: string, value: unknown, file: string): RuleOptions {
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  if (rule === undefined)
    throw invalid(file, `there is no rule ${quoted(name)}${suggestion(name, Object.keys(RULES))}`);
  if (value === true || value === null) return {};
  if (value === false) throw invalid(file, `${name} is false: take it out of the file instead`);
  const options = mapOf(value, file, name);
  onlyKnown(options, ["stacks", ...rule.options], file, name);
  const { stacks, days, severity } = options;
  if (stacks !== undefined && !isListOfTexts(stacks)) throw invalid(file, `${name}: stacks must be a list of names`);
  if (days !== undefined && !(Number.isInteger(days) && (days as number) >= 0 && (days as number) <= 36_500))
    throw invalid(file, `${name}: days must be a whole number from 0 to 36500`);
  if (severity !== undefined && !SEVERITIES.includes(severity as Severity))
    throw invalid(file, `${name}: severity is ${quoted(severity)}${suggestion(severity, SEVERITIES)}`);
  return options as RuleOptions;
}

function mapOf(value: unknown, file: string, what: string): Record<string, unknown> {
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid(file, `${what} must be a map of names`);
}

function onlyKnown(map: Record<string, unknown>, known: readonly string[], file: string, what: string): void {
  const unknown = Object.keys(map).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw invalid(file, `${what} has the unknown key ${quoted(unknown)}${suggestion(unknown, known)}`);
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((member) => typeof member === "string");
}

function invalid(file: string, what: string, cause?: unknown): RuleError {
  return new RuleError("RULES_INVALID", `${file}: ${what}`, { cause });
}
