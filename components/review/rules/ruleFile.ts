import { quoted } from "../../notary/quoted";
import { suggestion } from "../../notary/trust/suggestion";
import { SEVERITIES, type Severity } from "../finding";
import type { RuleOptions } from "./rule";
import { RULES } from "./rules";
import { YamlReader } from "./yamlMap";

/** Where a project's rules are, relative to its folder. */
export const RULE_FILE = "stacks/rules.yaml";

/** The rules that are on, by name, in the order of the file. */
export type RuleSet = ReadonlyMap<string, RuleOptions>;

/** What holds where a project has no rule file: nothing critical that widens trust passes. */
export const DEFAULT_RULES: RuleSet = new Map<string, RuleOptions>([
  ["rules-unchanged", {}],
  ["no-new-wildcard-identity", {}],
  ["no-new-ca-for-any-identity", {}],
  ["no-anchor-key-changed", {}],
  ["authenticity-stays-enforced", {}],
  ["no-gate-switched-off", {}],
  ["no-live-image-stops-verifying", {}],
]);

/**
 * Reads `rules: {NAME: true | {stacks: [NAME], days: N, severity: NAME}}`.
 * @throws RuleError RULES_INVALID
 */
export function parseRules(text: string, file: string = RULE_FILE): RuleSet {
  const reader = new YamlReader(file, "RULES_INVALID");
  const rules = reader.map(reader.document(text, ["rules"]).rules, "rules");
  return new Map(Object.entries(rules).map(([name, value]) => [name, optionsOf(name, value, reader)]));
}

function optionsOf(name: string, value: unknown, reader: YamlReader): RuleOptions {
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  if (rule === undefined)
    throw reader.invalid(`there is no rule ${quoted(name)}${suggestion(name, Object.keys(RULES))}`);
  if (value === true || value === null) return {};
  if (value === false) throw reader.invalid(`${name} is false: take it out of the file instead`);
  const options = reader.map(value, name, ["stacks", ...rule.options]);
  const { stacks, days, severity } = options;
  if (stacks !== undefined && !isListOfTexts(stacks)) throw reader.invalid(`${name}: stacks must be a list of names`);
  if (days !== undefined && !(Number.isInteger(days) && (days as number) >= 0 && (days as number) <= 36_500))
    throw reader.invalid(`${name}: days must be a whole number from 0 to 36500`);
  if (severity !== undefined && !SEVERITIES.includes(severity as Severity))
    throw reader.invalid(`${name}: severity is ${quoted(severity)}${suggestion(severity, SEVERITIES)}`);
  return options as RuleOptions;
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((member) => typeof member === "string");
}
