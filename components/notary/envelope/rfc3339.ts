const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/**
 * The time of an RFC 3339 date-time, undefined when the text is none. Upper-case `T` and
 * `Z`, no leap second, days that the month has, as Go's `time.Time.UnmarshalJSON`; stricter than it, which lets an hour
 * of one digit, a comma before the fraction and offsets of 24 hours pass. What a Date has no room for,
 * `nanosecondsBeyond` tells.
 */
export function parseRfc3339(text: string): Date | undefined {
  const match = DATE_TIME.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const offset = match[8] ?? "Z";
  const [offsetHours = 0, offsetMinutes = 0] = offset === "Z" ? [] : offset.slice(1).split(":").map(Number);
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > 23 || offsetMinutes > 59) return undefined;
  const milliseconds = Number(digitsOfFraction(match).slice(0, 3));
  const local = new Date(0);
  // Not Date.UTC, which takes the years 0 to 99 for 1900 to 1999.
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(hour, minute, second, milliseconds);
  if (local.getUTCMonth() !== month - 1 || local.getUTCDate() !== day) return undefined;
  const sign = offset.startsWith("-") ? -1 : 1;
  return new Date(local.getTime() - sign * (offsetHours * 60 + offsetMinutes) * 60_000);
}

/** The nanoseconds of a date-time beyond its millisecond; Go, too, drops what is finer. 0 for any other text. */
export function nanosecondsBeyond(text: string): number {
  return Number(digitsOfFraction(DATE_TIME.exec(text) ?? []).slice(3, 9));
}

/** Nine at least. */
function digitsOfFraction(match: readonly (string | undefined)[]): string {
  return (match[7] ?? ".").slice(1).padEnd(9, "0");
}

/**
 * A time as notation writes it: RFC 3339 in UTC, without a fraction (signature-envelope-jws.md § Protected Headers).
 */
export function formatRfc3339(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
