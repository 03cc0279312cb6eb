import { quoted } from "../../notary/quoted";
import { suggestion } from "../../notary/trust/suggestion";
import { RULES } from "./rules";
import { YamlReader } from "./yamlMap";

/** Where a project's exceptions are, relative to its folder. */
export const EXCEPTION_FILE = "stacks/exceptions.yaml";

/** Break-glass: what violates a rule is let pass, by somebody, for a reason, until a day. */
export interface Exception {
  readonly rule: string;
  /** Of one stack; of all when absent. */
  readonly stack?: string;
  /** What is let pass: an identity, a thumbprint, a reference, a project; `*` at its end stands for any rest. */
  readonly subject: string;
  readonly owner: string;
  readonly reason: string;
  readonly expires: Date;
}

const KEYS = ["rule", "stack", "subject", "owner", "reason", "expires"] as const;
/** Longer than that, an exception is a rule that nobody switched off. */
const DAYS_MAX = 366;
const DAY_MS = 24 * 60 * 60 * 1000;
const EXPIRES = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2}))?$/;

/**
 * Reads `exceptions: [{rule, stack?, subject, owner, reason, expires}]`; `expires` is a day (it ends with it, in UTC) or a time,
 * at most 366 days from today.
 * @param today by the clock of the machine: at whatever time a review judges, an exception lasts from when it is read
 * @throws RuleError EXCEPTIONS_INVALID
 */
export function parseExceptions(text: string, today: Date, file: string = EXCEPTION_FILE): Exception[] {
  const reader = new YamlReader(file, "EXCEPTIONS_INVALID");
  const { exceptions = [] } = reader.document(text, ["exceptions"]);
  if (!Array.isArray(exceptions)) throw reader.invalid("exceptions must be a list");
  return exceptions.map((entry, index) => exceptionOf(entry, `exceptions[${index}]`, today, reader));
}

function exceptionOf(entry: unknown, where: string, today: Date, reader: YamlReader): Exception {
  const fields = reader.map(entry, where, KEYS);
  const text = (key: (typeof KEYS)[number]): string => {
    const value = fields[key];
    if (typeof value === "string" && value.trim() !== "") return value.trim();
    throw reader.invalid(`${where}: ${key} is missing: an exception has rule, subject, owner, reason and expires`);
  };
  const rule = text("rule");
  if (!Object.hasOwn(RULES, rule))
    throw reader.invalid(`${where}: there is no rule ${quoted(rule)}${suggestion(rule, Object.keys(RULES))}`);
  const common = { rule, subject: text("subject"), owner: text("owner"), reason: text("reason") };
  const expires = expiryOf(text("expires"), where, reader);
  const last = lastDay(today);
  if (expires > endOf(last)) {
    throw reader.invalid(
      `${where} (from ${rule} for ${quoted(common.subject)}, of ${quoted(common.owner)}) expires at ${quoted(text("expires"))}, more than ${DAYS_MAX} days from now: let it end by ${last}, and renew it by a pull request`,
    );
  }
  return { ...common, expires, ...(fields.stack !== undefined && { stack: text("stack") }) };
}

/** The end of the day, where no time is given. */
function expiryOf(text: string, where: string, reader: YamlReader): Date {
  const day = text.slice(0, 10);
  const time = EXPIRES.test(text) ? (text === day ? endOf(day) : new Date(text)) : new Date(Number.NaN);
  if (!Number.isNaN(time.getTime()) && isDayOfCalendar(day)) return time;
  throw reader.invalid(
    `${where}: expires is ${quoted(text)}: give a day as in 2026-12-31, or a time as in 2026-12-31T12:00:00Z`,
  );
}

/** The last day, in UTC, that an exception may end with. */
function lastDay(today: Date): string {
  return new Date(today.getTime() + DAYS_MAX * DAY_MS).toISOString().slice(0, 10);
}

function endOf(day: string): Date {
  return new Date(`${day}T23:59:59.999Z`);
}

/** JavaScript takes 31 February for 3 March. */
function isDayOfCalendar(day: string): boolean {
  const time = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day);
}
