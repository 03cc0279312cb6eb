import { ImageError } from "./error";

const DURATION = /^(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/;

/**
 * Seconds of a duration as notation's `--expiry` takes it: hours, minutes and whole seconds, as in `24h`, `1h30m`, `45s`.
 * Source: Go's time.ParseDuration, without fractions and signs. @throws ImageError DURATION_INVALID
 */
export function secondsOf(duration: string): number {
  const [whole, hours = "0", minutes = "0", seconds = "0"] = DURATION.exec(duration) ?? [];
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  if (whole !== undefined && total >= 1) return total;
  throw new ImageError(
    "DURATION_INVALID",
    `the duration ${JSON.stringify(duration)} is not valid: give hours, minutes and whole seconds, as in "24h" or "1h30m"`,
  );
}
