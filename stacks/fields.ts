import { suggestion } from "../components/notary/trust/suggestion";
import type { ConfigProblem } from "./error";

// Readers of config values: each gives the typed value, or notes what is wrong and gives undefined, so that all mistakes of a
// file are named at once.

/** Reads a value that stands at `key`. */
export type Reader<T> = (value: unknown, key: string, problems: ConfigProblem[]) => T | undefined;

interface Field<T> {
  readonly read: Reader<T>;
  readonly required: boolean;
  /** The way out when it is missing. */
  readonly hint: string;
}
type Required<T> = Field<T> & { readonly required: true };
type Optional<T> = Field<T> & { readonly required: false };
type Shape = Record<string, Field<unknown>>;
type ValueOf<F> = F extends Field<infer T> ? T : never;
type Names<S, Is> = { [Name in keyof S]: S[Name] extends Is ? Name : never }[keyof S];

/** What an object of these fields is. */
export type ObjectOf<S extends Shape> = { readonly [Name in Names<S, Required<unknown>>]: ValueOf<S[Name]> } & {
  readonly [Name in Names<S, Optional<unknown>>]?: ValueOf<S[Name]>;
};

export function required<T>(read: Reader<T>, hint = ""): Required<T> {
  return { read, required: true, hint };
}

export function optional<T>(read: Reader<T>): Optional<T> {
  return { read, required: false, hint: "" };
}

/** A text that matches, unless every text does; `expected` says what it has to be. */
export function text(expected: string, pattern = /^\S(.*\S)?$/): Reader<string> {
  return (value, key, problems) => {
    const other = otherThanText(value);
    if (other !== undefined) return wrong(problems, key, `is read as ${other}; give ${expected}, in quotes`);
    if (typeof value === "string" && value.length <= 4096 && pattern.test(value)) return value;
    return wrong(problems, key, `is ${shown(value)}; give ${expected}`);
  };
}

/** What YAML makes of a word without quotes; a date comes from the engine as Go writes a time, and `1.0` as 1. */
function otherThanText(value: unknown): string | undefined {
  if (typeof value === "number") return `the number ${value}`;
  if (typeof value === "boolean") return `the truth value ${value}`;
  const isTime = typeof value === "string" && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [+-]\d{4} \S+$/.test(value);
  return isTime ? `the time ${value}` : undefined;
}

export const path = text("a path, absolute or relative to the project's folder");

/** A text for which there are no words why it can't be; they say the way out, too. */
export function textUnless(whyNot: (text: string) => string | undefined): Reader<string> {
  return (value, key, problems) => {
    const why = typeof value === "string" ? whyNot(value) : "give a text";
    return why === undefined ? (value as string) : wrong(problems, key, `is ${shown(value)}; ${why}`);
  };
}

export function oneOf<const T extends string>(allowed: readonly T[]): Reader<T> {
  return (value, key, problems) => {
    const known = allowed.find((word) => word === value);
    if (known !== undefined) return known;
    return wrong(problems, key, `is ${shown(value)}${suggestion(String(value), allowed)}`);
  };
}

/** A whole number; one in a text counts, since the engine hands over numbers as texts at the top. */
export function wholeNumber(expected: string, from: number, to: number): Reader<number> {
  return (value, key, problems) => {
    const number = typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
    if (Number.isInteger(number) && (number as number) >= from && (number as number) <= to) return number as number;
    return wrong(problems, key, `is ${shown(value)}; give ${expected} (a whole number from ${from} to ${to})`);
  };
}

export const flag: Reader<boolean> = (value, key, problems) => {
  if (value === true || value === "true") return true;
  if (value === false || value === "false") return false;
  return wrong(problems, key, `is ${shown(value)}; give true or false`);
};

export function list<T>(read: Reader<T>): Reader<readonly T[]> {
  return (value, key, problems) => {
    if (!Array.isArray(value)) return wrong(problems, key, `is ${shown(value)}; give a list`);
    const items = value.map((item: unknown, index) => read(item, `${key}[${index}]`, problems));
    return items.filter((item) => item !== undefined);
  };
}

/** A list in which nothing stands twice. */
export function distinct<T extends string>(read: Reader<T>): Reader<readonly T[]> {
  const items = list(read);
  return (value, key, problems) => {
    const given: readonly unknown[] = Array.isArray(value) ? value : [];
    for (const [index, item] of given.entries()) {
      const first = given.indexOf(item);
      if (first !== index)
        wrong(problems, `${key}[${index}]`, `is ${shown(item)} as ${key}[${first}] is; leave one out`);
    }
    return items(value, key, problems);
  };
}

/** Names of one's own choice, with texts. */
export function texts(expected: string): Reader<Readonly<Record<string, string>>> {
  const read = text(expected);
  return (value, key, problems) => {
    if (!isObject(value)) return wrong(problems, key, `is ${shown(value)}; give names with ${expected}`);
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, read(member, `${key}.${name}`, problems) ?? ""]),
    );
  };
}

/** An object of these fields and no others; `elsewhere` are names that are read by others. Undefined when one that is required is not there, or not right. */
export function object<S extends Shape>(shape: S, elsewhere: readonly string[] = []): Reader<ObjectOf<S>> {
  const names = Object.keys(shape);
  return (value, key, problems) => {
    if (!isObject(value)) return wrong(problems, key, `is ${shown(value)}; give ${names.join(", ")}`);
    const at = (name: string) => (key === "" ? name : `${key}.${name}`);
    for (const name of Object.keys(value)) {
      if (!names.includes(name))
        wrong(problems, at(name), `is not known here${suggestion(name, [...names, ...elsewhere])}`);
    }
    let complete = true;
    const result: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(shape)) {
      const given = value[name] ?? undefined;
      if (given === undefined) {
        if (field.required) {
          wrong(problems, at(name), `is missing${field.hint === "" ? "" : `; ${field.hint}`}`);
          complete = false;
        }
        continue;
      }
      const member = field.read(given, at(name), problems);
      if (member === undefined) complete &&= !field.required;
      else result[name] = member;
    }
    return complete ? (result as ObjectOf<S>) : undefined;
  };
}

/** What can be read of an object of these fields, whatever else is wrong with it; that is for `object` to tell. */
export function members<S extends Shape>(shape: S, value: unknown): Partial<ObjectOf<S>> {
  const given = isObject(value) ? value : {};
  const read = Object.entries(shape).map(([name, field]) => [name, field.read(given[name] ?? undefined, name, [])]);
  return Object.fromEntries(read.filter(([, member]) => member !== undefined)) as Partial<ObjectOf<S>>;
}

/** The same of each object of a list, in its place; what is no list may hold anything. */
export function membersOfEach<S extends Shape>(shape: S, value: unknown): readonly Partial<ObjectOf<S>>[] {
  if (Array.isArray(value)) return value.map((item: unknown) => members(shape, item));
  return value === undefined || value === null ? [] : [{}];
}

function wrong(problems: ConfigProblem[], key: string, message: string): undefined {
  problems.push({ key: key === "" ? "config" : key, message });
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** A value in a message; cut, on one line. */
function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? "nothing";
  return json.length > 80 ? `${json.slice(0, 77)}…` : json;
}
