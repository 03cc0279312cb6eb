import { type DerReader, malformed, Tag } from "./der";

// "Fractional seconds" is true for what Go reads with encoding/asn1 (OCSP, invalidity dates), false for a CRL's times.
const UTC = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(Z|[+-]\d{4})$/;
const GENERALIZED = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{0,8}[1-9])?(Z|[+-]\d{4})$/;

/**
 * A UTCTime or GeneralizedTime (RFC 5280 § 5.1.2.4, RFC 6960 § 4.2.2.1) in the forms that Go takes: offsets from UTC
 * are allowed, a time that the calendar does not have is not.
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
  const [, year = "", month = "", day = "", hour = "", minute = "", second = "00", zone = ""] = match;
  const century = Number(year) >= 50 ? "19" : "20";
  return dateOf(century + year, month, day, hour, minute, second, 0, zone);
}

function generalizedTime(text: string, fractionalSeconds: boolean): Date | undefined {
  const match = GENERALIZED.exec(text);
  if (!match) return undefined;
  const [, year = "", month = "", day = "", hour = "", minute = "", second = "", fraction, zone = ""] = match;
  if (fraction !== undefined && !fractionalSeconds) return undefined;
  return dateOf(year, month, day, hour, minute, second, Math.floor(Number(`0${fraction ?? ""}`) * 1000), zone);
}

function dateOf(
  year: string,
  month: string,
  day: string,
  hour: string,
  minute: string,
  second: string,
  milliseconds: number,
  zone: string,
): Date | undefined {
  const local = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // Date.parse takes February 30th and 24:00; the round trip does not.
  const same = !Number.isNaN(local) && new Date(local).toISOString().startsWith(`${year}-${month}-${day}T${hour}:`);
  if (!same) return undefined;
  if (zone === "Z") return new Date(local + milliseconds);
  const offset = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3));
  if (Number(zone.slice(1, 3)) > 23 || Number(zone.slice(3)) > 59 || offset === 0) return undefined;
  return new Date(local + milliseconds - (zone.startsWith("-") ? -1 : 1) * offset * 60_000);
}
