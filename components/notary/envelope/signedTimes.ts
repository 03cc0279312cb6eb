import { type Instant, instantOf } from "../timestamp/instant";
import type { SignedAttributes } from "./content";

// The times of signature-specification.md § Signed Attributes to the nanosecond, as notation-core-go compares them: a
// Date that has lost its last digits may be within a validity that the time itself is not.

export function signingInstant({ signingTime, nanoseconds }: SignedAttributes): Instant {
  return instantOf(signingTime) + BigInt(nanoseconds?.signingTime ?? 0);
}

export function expiryInstant({ expiry, nanoseconds }: SignedAttributes): Instant | undefined {
  return expiry && instantOf(expiry) + BigInt(nanoseconds?.expiry ?? 0);
}
