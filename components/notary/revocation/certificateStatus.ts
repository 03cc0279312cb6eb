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

/** The specification bounds no number of addresses; asking one after the other must come to an end. */
export const ADDRESSES_MAX = 10;

/** An error of asking or reading, as a status: nothing that a server sends, or fails to send, throws. */
export function unknown(error: unknown, place?: string): CertificateStatus & { status: "unknown" } {
  const code = error instanceof RevocationError ? error.code : "REVOCATION_SOURCE_FAILED";
  return { status: "unknown", code, reason: place === undefined ? messageOf(error) : `${place}: ${messageOf(error)}` };
}

/**
 * Neither OCSP nor CRLs need TLS, and a responder behind https could need the very check it serves: the specification
 * (§ CRLs: "support only HTTP CRL URLs") and notation-core-go (for OCSP, too) ask addresses of http alone.
 * @throws RevocationError REVOCATION_ADDRESS_UNSUPPORTED
 */
function requireHttp(url: string): void {
  if (URL.canParse(url) && new URL(url).protocol === "http:") return;
  throw new RevocationError("REVOCATION_ADDRESS_UNSUPPORTED", "only addresses of http are asked");
}

/** An address for messages: without user, password and query, and not too long. */
export function placeOf(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const place = url?.host ? `${url.protocol}//${url.host}${url.pathname}` : JSON.stringify(address);
  return place.length <= 120 ? place : `${place.slice(0, 119)}…`;
}

/**
 * What the source delivers from an address.
 * @throws RevocationError REVOCATION_ADDRESS_UNSUPPORTED, REVOCATION_SOURCE_FAILED
 */
export async function delivered(url: string, answer: () => Promise<Buffer>): Promise<Buffer> {
  requireHttp(url);
  try {
    return await answer();
  } catch (error) {
    throw new RevocationError("REVOCATION_SOURCE_FAILED", messageOf(error), { cause: error });
  }
}
