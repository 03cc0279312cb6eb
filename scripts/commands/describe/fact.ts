import { runtime } from "@pulumi/pulumi";
import { printable } from "../../../components/notary/quoted";
import { canonicalJson, isUnknown } from "../../../components/provider/wire";

export type Inputs = Readonly<Record<string, unknown>>;

/** One thing that is declared of a resource. */
export interface Fact {
  /** Such as `expiry`; a resource, or a group, has it once. */
  readonly name: string;
  /** A text, or the members of a set. */
  readonly value: string | readonly string[];
  /** How the description of a new resource tells it; empty where it says nothing of it. */
  readonly said: string;
  /** What it consists of: when it is declared before and after, these are compared, not the value. */
  readonly parts?: readonly Fact[];
  /** Of a value that is compared, and too long to show or told elsewhere: what is said when it differs. */
  readonly whenItDiffers?: string;
}

const LATER = "(known after it is made)";
export const NONE = "none";

export function one(name: string, value: unknown, said = ""): Fact {
  return { name, value: text(value, NONE), said };
}

/** A set: what came and what went is shown. */
export function set(name: string, value: unknown, said = ""): Fact {
  return { name, value: membersOf(value), said };
}

/**
 * What consists of others; `shown` is it as a whole. A part without a name is what the group itself stands for. A value that is
 * not known yet, or absent, has no parts.
 */
export function group(name: string, value: unknown, shown: string, parts: readonly Fact[], said = ""): Fact {
  const isWhole = value === null || typeof value !== "object" || runtime.isRpcSecret(value);
  return isWhole ? one(name, value, said) : { name, value: shown, parts, said };
}

export function unshown(name: string, value: unknown, whenItDiffers: string): Fact {
  return { name, value: canonicalJson(value ?? null), said: "", whenItDiffers };
}

/** An input of which nothing special is known: member by member. */
export function plain(name: string, value: unknown): Fact {
  if (Array.isArray(value)) return set(name, value);
  if (value === null || typeof value !== "object") return one(name, value);
  const parts = Object.entries(value).map(([member, of]) => plain(member, of));
  return group(name, value, text(value), parts);
}

/** What may be anybody's text, on one line and without what a terminal obeys. */
export function text(value: unknown, absent = "?"): string {
  if (value === undefined || value === null) return absent;
  if (isUnknown(value)) return LATER;
  if (holdsSecret(value)) return "(a secret)";
  return printable(typeof value === "string" ? value : JSON.stringify(value));
}

/** Whether it is, or has in it, what the engine's events have in the place of a secret. */
export function holdsSecret(value: unknown): boolean {
  if (value === null || typeof value !== "object") return value === "[secret]";
  return runtime.isRpcSecret(value) || Object.values(value).some(holdsSecret);
}

/** Empty for what is absent or not known yet. */
export function ofKnown(before: string, value: unknown): string {
  return value === undefined || value === null || isUnknown(value) ? "" : `${before}${text(value)}`;
}

export function list(value: unknown): string {
  return Array.isArray(value) ? value.map((member) => text(member)).join(" and ") : text(value);
}

/** `name=value` of each member. */
export function entriesOf(value: unknown): string[] {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return [];
  return Object.entries(value).map(([name, of]) => `${printable(name)}=${text(of)}`);
}

export function objectOf(value: unknown): Inputs {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Inputs) : {};
}

function membersOf(value: unknown): string | readonly string[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.map((member) => text(member)) : text(value);
}
