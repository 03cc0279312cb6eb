import type { EnvelopeContent } from "../envelope/content";
import type { Failure } from "./verdict";

/** trust-store-trust-policy.md § Steps "Validate Expiry": expired from the very instant on. */
export function checkExpiry({ signedAttributes: { expiry } }: EnvelopeContent, now: Date): Failure | undefined {
  if (!expiry || now < expiry) return undefined;
  return { code: "SIGNATURE_EXPIRED", message: `the signature expired at ${expiry.toISOString()}: sign again` };
}
