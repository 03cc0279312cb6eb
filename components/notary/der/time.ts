import { malformed } from "./error";
import type { DerReader } from "./reader";
import { Tag } from "./tag";

/** How a decoder reads times; both take an offset from UTC. */
export interface TimeDecoder {
  /** Whether a GeneralizedTime may have a fraction of its seconds. */
  readonly fractions: boolean;
  /** The largest offset, in hours and any minutes. */
  readonly offsetHoursMax: 23 | 24;
}

/** As Go's cryptobyte: the times of certificates and CRLs. */
export const CRYPTOBYTE: TimeDecoder = { fractions: false, offsetHoursMax: 24 };

/**
 * As Go's encoding/asn1: the times of OCSP responses, invalidity dates and time stamps. Stricter than it in one point: an
 * offset of a whole day, which no place on earth has, is refused.
 */
export const ENCODING_ASN1: TimeDecoder = { fractions: true, offsetHoursMax: 23 };

/** A point in time, finer than a Date. */
export interface DerTime {
  /** To the second. */
  readonly date: Date;
  /** Of the second. */
  readonly nanoseconds: number;
  /** Whether it is written in UTC, without an offset. */
  readonly utc: boolean;
}

// Month, day, hours, minutes and seconds stand at 2 to 6 in both.
const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?<zone>Z|[+-]\d{4})$/;
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(?<fraction>\d{0,8}[1-9]))?(?<zone>Z|[+-]\d{4})$/;

/**
 * A Time of RFC 5280 § 4.1.2.5, a UTCTime or GeneralizedTime, in the forms that Go takes; a time that the calendar does
 * not have is refused.
 * @throws DerError
 */
export function readTime(der: DerReader, decoder: TimeDecoder): DerTime {
  if (!der.nextIs(Tag.utcTime)) return readGeneralizedTime(der, decoder);
  const text = der.content(Tag.utcTime).toString("latin1");
  const match = UTC_TIME.exec(text) ?? malformed("an UTCTime has another format than YYMMDDHHMMSSZ");
  const year = Number(match[1]);
  return timeOf(year + (year < 50 ? 2000 : 1900), match, decoder);
}

/** @throws DerError */
export function readGeneralizedTime(der: DerReader, decoder: TimeDecoder): DerTime {
  const text = der.content(Tag.generalizedTime).toString("latin1");
  const match = GENERALIZED_TIME.exec(text) ?? malformed("a GeneralizedTime has another format than YYYYMMDDHHMMSSZ");
  return timeOf(Number(match[1]), match, decoder);
}

/** As readTime, to the millisecond. @throws DerError */
export function readDate(der: DerReader, decoder: TimeDecoder): Date {
  const { date, nanoseconds } = readTime(der, decoder);
  return new Date(date.getTime() + Math.floor(nanoseconds / 1_000_000));
}

function timeOf(year: number, match: RegExpExecArray, decoder: TimeDecoder): DerTime {
  const [month, day] = [Number(match[2]), Number(match[3])];
  const [hours, minutes, seconds] = [Number(match[4]), Number(match[5]), Number(match[6] ?? 0)];
  const { fraction, zone = "" } = match.groups ?? {};
  if (fraction !== undefined && !decoder.fractions) malformed("a GeneralizedTime has a fraction of a second");
  const date = new Date(0);
  // Not Date.UTC, which takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day);
  const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!isDay || hours > 23 || minutes > 59 || seconds > 59) malformed("a time is not in the calendar");
  date.setUTCHours(hours, minutes - offsetOf(zone, decoder), seconds);
  const nanoseconds = fraction === undefined ? 0 : Number(fraction.padEnd(9, "0"));
  return { date, nanoseconds, utc: zone === "Z" };
}

/** Minutes east of UTC; an offset of nothing must be written as Z. */
function offsetOf(zone: string, { offsetHoursMax }: TimeDecoder): number {
  if (zone === "Z") return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3))];
  if (hours > offsetHoursMax || minutes > 59 || hours + minutes === 0) malformed("a time has no valid offset from UTC");
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}
