import { messageOf } from "../../errors";
import type { Certificate } from "../certificates/certificate";
import { RevocationError, type RevocationErrorCode } from "./error";
import type { RevocationSource } from "./revocationSource";

/** What is known of one certificate: trust-store-trust-policy.md § Certificate Revocation Evaluation. */
export type CertificateStatus =
  | { status: "ok" }
  | { status: "revoked"; reason: string }
  | { status: "unknown"; reason: string; code: RevocationErrorCode };

export interface StatusArgs {
  certificate: Certificate;
  issuer: Certificate;
  source: RevocationSource;
  now: Date;
  signingTime?: Date;
}

/** What asking the same servers once more cannot change. */
const NOT_OF_THE_DATA: ReadonlySet<RevocationErrorCode> = new Set<RevocationErrorCode>([
  "REVOCATION_ADDRESS_UNSUPPORTED",
  "REVOCATION_SOURCE_FAILED",
  "OCSP_STATUS_UNKNOWN",
  "OCSP_RESPONDER_REVOCATION",
  "CRL_DELTA_UNSUPPORTED",
]);

/**
 * Judges data of a source, and once more with fresh ones when they do not hold: what the source has kept may be outdated
 * (a base CRL beside a newer delta CRL), or have been forged on its way.
 */
export async function askingAgain<Value>(judge: (fresh: boolean) => Promise<Value>): Promise<Value> {
  try {
    return await judge(false);
  } catch (error) {
    if (!(error instanceof RevocationError) || NOT_OF_THE_DATA.has(error.code)) throw error;
    return judge(true);
  }
}

/** An error of asking or reading, as a status: nothing that a server sends, or fails to send, throws. */
export function unknown(error: unknown, place?: string): CertificateStatus & { status: "unknown" } {
  const code = error instanceof RevocationError ? error.code : "REVOCATION_SOURCE_FAILED";
  return { status: "unknown", code, reason: place === undefined ? messageOf(error) : `${place}: ${messageOf(error)}` };
}
