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

/** An error of asking or reading, as a status: nothing that a server sends, or fails to send, throws. */
export function unknown(error: unknown, place?: string): CertificateStatus & { status: "unknown" } {
  const code = error instanceof RevocationError ? error.code : "REVOCATION_SOURCE_FAILED";
  return { status: "unknown", code, reason: place === undefined ? messageOf(error) : `${place}: ${messageOf(error)}` };
}
