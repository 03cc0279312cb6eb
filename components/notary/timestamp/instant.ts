import type { Certificate } from "../certificates/certificate";
import { malformed } from "./malformed";

/**
 * Nanoseconds since 1970: a time stamp's range (trust-store-trust-policy.md § Steps "Validate Authentic Timestamp") is
 * finer than a Date.
 */
export type Instant = bigint;

export const SECOND = 1_000_000_000n;

export function instantOf(date: Date): Instant {
  return BigInt(date.getTime()) * 1_000_000n;
}

export function isValidAt({ notBefore, notAfter }: Certificate, instant: Instant): boolean {
  return instant >= instantOf(notBefore) && instant <= instantOf(notAfter);
}

export function formatInstant(instant: Instant): string {
  return new Date(Number(instant / 1_000_000n)).toISOString();
}

const GENERALIZED = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{0,8}[1-9]))?(Z|[+-]\d{4})$/;
const UTC = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(Z|[+-]\d{4})$/;

/**
 * A GeneralizedTime with seconds, perhaps a fraction of them, and a zone, as Go's encoding/asn1 reads it.
 * @throws TimestampError TIMESTAMP_MALFORMED
 */
export function parseGeneralizedTime(contents: Buffer): { instant: Instant; utc: boolean } {
  const [text, year, month, day, hour, minute, second, fraction = "", zone] =
    GENERALIZED.exec(contents.toString("latin1")) ?? [];
  if (text === undefined) throw malformed("a time is not one");
  const whole = wholeSeconds(`${year}-${month}-${day}T${hour}:${minute}:${second}`, zone);
  return { instant: whole + BigInt(fraction.padEnd(9, "0")), utc: zone === "Z" };
}

/** A UTCTime; the years are 1950 to 2049. @throws TimestampError TIMESTAMP_MALFORMED */
export function parseUtcTime(contents: Buffer): Instant {
  const [text, year, month, day, hour, minute, second = "00", zone] = UTC.exec(contents.toString("latin1")) ?? [];
  if (text === undefined) throw malformed("a time is not one");
  return wholeSeconds(`${Number(year) < 50 ? "20" : "19"}${year}-${month}-${day}T${hour}:${minute}:${second}`, zone);
}

/** @param local as in `2026-06-01T12:00:00` */
function wholeSeconds(local: string, zone = "Z"): Instant {
  const time = new Date(`${local}Z`);
  // A day that its month has not becomes another one in a Date.
  if (Number.isNaN(time.getTime()) || time.toISOString().slice(0, 19) !== local) throw malformed("a time is not one");
  if (zone === "Z") return instantOf(time);
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3))];
  if (hours > 23 || minutes > 59 || hours + minutes === 0) throw malformed("a time has no valid zone");
  const seconds = BigInt(hours * 3600 + minutes * 60) * SECOND;
  return zone.startsWith("-") ? instantOf(time) + seconds : instantOf(time) - seconds;
}
