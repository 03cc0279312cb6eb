import { type DerReader, malformed, Tag } from "./der";

const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(Z|[+-]\d{4})$/;
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(Z|[+-]\d{4})$/;

/**
 * A Time of RFC 5280 § 4.1.2.5 as Go reads it: an offset from UTC and an UTCTime without seconds are taken, fractions
 * of a second are not. For the validity that signature-specification.md § Other requirements holds signatures to.
 * @throws DerError
 */
export function readTime(der: DerReader): Date {
  if (der.nextIs(Tag.utcTime)) {
    const text = der.content(Tag.utcTime).toString("latin1");
    const [, year, ...rest] = UTC_TIME.exec(text) ?? malformed("an UTCTime has another format than YYMMDDHHMMSSZ");
    return dateOf((Number(year) < 50 ? 2000 : 1900) + Number(year), rest);
  }
  const text = der.content(Tag.generalizedTime).toString("latin1");
  const [, year, ...rest] =
    GENERALIZED_TIME.exec(text) ?? malformed("a GeneralizedTime has another format than YYYYMMDDHHMMSSZ");
  return dateOf(Number(year), rest);
}

function dateOf(year: number, [month, day, hours, minutes, seconds, zone = "Z"]: (string | undefined)[]): Date {
  const date = new Date(0);
  date.setUTCFullYear(year, Number(month) - 1, Number(day));
  const isDay = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  if (!isDay || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds ?? 0) > 59)
    malformed("a time is not in the calendar");
  date.setUTCHours(Number(hours), Number(minutes), Number(seconds ?? 0));
  return new Date(date.getTime() - offsetOf(zone));
}

/** In milliseconds. */
function offsetOf(zone: string): number {
  if (zone === "Z") return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3))];
  if (hours > 24 || minutes > 59 || hours + minutes === 0) malformed("a time has no valid offset from UTC");
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
