import { type DerReader, malformed, Tag } from "./der";

const UTC = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?<zone>Z|[+-]\d{4})$/;
const GENERALIZED = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?<fraction>\.\d{0,8}[1-9])?(?<zone>Z|[+-]\d{4})$/;

/**
 * A UTCTime or GeneralizedTime (RFC 5280 § 5.1.2.4, RFC 6960 § 4.2.2.1) in the forms that Go takes: offsets from UTC
 * are allowed, a time that the calendar does not have is not.
 * @param fractionalSeconds whether they are allowed: Go's encoding/asn1 does (OCSP, invalidity dates), its cryptobyte
 * does not (the times of a CRL)
 * @throws RevocationError REVOCATION_DATA_MALFORMED
 */
export function readTime(reader: DerReader, fractionalSeconds: boolean): Date {
  const utc = reader.next(Tag.utcTime);
  const text = reader.read(utc ? Tag.utcTime : Tag.generalizedTime).toString("latin1");
  const time = utc ? utcTime(text) : generalizedTime(text, fractionalSeconds);
  if (!time) throw malformed(`${JSON.stringify(text.slice(0, 40))} is no time`);
  return time;
}

/** Whether a time comes next. */
export function nextIsTime(reader: DerReader): boolean {
  return reader.next(Tag.utcTime) || reader.next(Tag.generalizedTime);
}

function utcTime(text: string): Date | undefined {
  const match = UTC.exec(text);
  if (!match) return undefined;
  const year = Number(match[1]);
  return dateOf(year + (year >= 50 ? 1900 : 2000), match, 0);
}

function generalizedTime(text: string, fractionalSeconds: boolean): Date | undefined {
  const match = GENERALIZED.exec(text);
  const fraction = match?.groups?.fraction;
  if (!match || (fraction !== undefined && !fractionalSeconds)) return undefined;
  return dateOf(Number(match[1]), match, Math.floor(Number(`0${fraction ?? ""}`) * 1000));
}

/** `match`: month, day, hour, minute and second at 2 to 6. */
function dateOf(year: number, match: RegExpExecArray, milliseconds: number): Date | undefined {
  const [month, day, hour] = [Number(match[2]), Number(match[3]), Number(match[4])];
  const [minute, second] = [Number(match[5]), Number(match[6] ?? 0)];
  const date = new Date(0);
  // Not Date.UTC, which takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const offset = offsetOf(match.groups?.zone ?? "");
  if (offset === undefined) return undefined;
  date.setUTCHours(hour, minute - offset, second, milliseconds);
  return date;
}

/** Minutes east of UTC; zero must be written as Z. */
function offsetOf(zone: string): number | undefined {
  if (zone === "Z") return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3))];
  const offset = hours * 60 + minutes;
  if (hours > 23 || minutes > 59 || offset === 0) return undefined;
  return zone.startsWith("-") ? -offset : offset;
}
