import path from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { messageOf } from "../../../components/errors";
import { parseRfc3339 } from "../../../components/notary/envelope/rfc3339";
import { suggestion } from "../../../components/notary/trust/suggestion";
import { VerbError } from "./error";

export type VerbOptions = Readonly<
  Record<string, { readonly type: "string" | "boolean"; readonly short?: string; readonly multiple?: boolean }>
>;

/** What stands behind a verb, checked against the options that it knows. */
export class VerbArguments {
  readonly #verb: string;
  readonly #folder: string;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];

  /** @throws VerbError USAGE */
  constructor(verb: string, args: readonly string[], options: VerbOptions, folder: string) {
    this.#verb = verb;
    this.#folder = folder;
    const { values, positionals } = parse(verb, args, options);
    this.#values = values;
    this.positionals = positionals;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    if (value === "") throw this.usage(`--${name} is empty: give a value`);
    return typeof value === "string" ? value : undefined;
  }

  /** A path, relative to where the command was called. */
  path(name: string): string | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : path.resolve(this.#folder, value);
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.text(name);
    const choice = choices.find((known) => known === value);
    if (value !== undefined && choice === undefined)
      throw this.usage(`--${name} ${JSON.stringify(value)} is unknown${suggestion(value, choices)}`);
    return choice;
  }

  count(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!/^[1-9][0-9]{0,8}$/.test(value)) throw this.usage(`--${name} ${value}: give a whole number, at least 1`);
    return Number(value);
  }

  time(name: string): Date | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const time = parseRfc3339(value);
    if (!time) throw this.usage(`--${name} ${value} is no RFC 3339 time: write it as in 2026-06-01T12:00:00Z`);
    return time;
  }

  /** `key=value` pairs, with the strictness of notation's flags. */
  pairs(name: string): Record<string, string> {
    const pairs = new Map<string, string>();
    for (const text of (this.#values[name] ?? []) as string[]) {
      const [key = "", ...rest] = text.split("=");
      const value = rest.join("=");
      if (key === "" || value === "") throw this.usage(`--${name} ${text}: write key=value, neither of them empty`);
      if (pairs.has(key)) throw this.usage(`--${name} gives ${key} twice: keep one`);
      pairs.set(key, value);
    }
    return Object.fromEntries(pairs);
  }

  /** The one thing that the verb is about. */
  only(what: string): string {
    const [first, second] = this.positionals;
    if (first === undefined || first === "") throw this.usage(`${what} is missing`);
    if (second !== undefined) throw this.usage(`${JSON.stringify(second)} is one argument too many: give one ${what}`);
    return first;
  }

  usage(problem: string): VerbError {
    return usageError(this.#verb, problem);
  }
}

/** `verb` is empty when there is none yet. */
export function usageError(verb: string, problem: string): VerbError {
  const end = problem.endsWith("?") ? "" : ".";
  const help = ["breakwater", verb, "--help"].filter((word) => word !== "").join(" ");
  return new VerbError("USAGE", `${problem}${end} \`${help}\` shows what there is`);
}

function parse(verb: string, args: readonly string[], options: VerbOptions) {
  const config = { args: [...args], options: options as ParseArgsConfig["options"] & {}, allowPositionals: true };
  const given = new Set<string>();
  for (const token of parseArgs({ ...config, strict: false, tokens: true }).tokens) {
    if (token.kind !== "option") continue;
    const known = options[token.name];
    if (!known) {
      const names = Object.keys(options).map((name) => `--${name}`);
      throw usageError(verb, `${token.rawName} is no option of ${verb}${suggestion(token.rawName, names)}`);
    }
    if (given.has(token.name) && !known.multiple && known.type === "string") {
      throw usageError(verb, `${token.rawName} is given twice: keep one`);
    }
    given.add(token.name);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    throw usageError(verb, messageOf(error).split("\n")[0]?.replace(/\.$/, "") ?? "");
  }
}
