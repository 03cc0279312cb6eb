import type { Certificate } from "../certificates/certificate";
import type { DerTime } from "../der/time";

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

/** Of a time in DER. */
export function instantOfDer({ date, nanoseconds }: DerTime): Instant {
  return instantOf(date) + BigInt(nanoseconds);
}
