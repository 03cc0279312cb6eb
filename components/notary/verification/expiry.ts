import type { EnvelopeContent } from "../envelope/content";
import { expiryInstant } from "../envelope/signedTimes";
import { instantOf } from "../timestamp/instant";
import type { Failure } from "./verdict";

/**
 * trust-store-trust-policy.md § Steps "Validate Expiry". Expired from the very instant on, by
 * signature-specification.md § Expiry ("greater than or equal"), as notation-go verifyExpiry.
 */
export function checkExpiry({ signedAttributes }: EnvelopeContent, now: Date): Failure | undefined {
  const { expiry } = signedAttributes;
  const instant = expiryInstant(signedAttributes);
  if (!expiry || instant === undefined || instantOf(now) < instant) return undefined;
  return { code: "SIGNATURE_EXPIRED", message: `the signature expired at ${expiry.toISOString()}: sign again` };
}
