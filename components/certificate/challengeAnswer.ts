import { CertificateError } from "./error";

/** What one challenge of an order wants to see (RFC 8555 § 8.1). */
export interface ChallengeAnswer {
  /** A DNS name, without the `*.` of a wildcard, or an IP address. */
  readonly identifier: string;
  readonly token: string;
  /** The key authorization for http-01, its digest for dns-01. */
  readonly value: string;
}

/**
 * The answers hold base64url and dots alone: what an ACME server sends becomes part of nginx's configuration and of a
 * command's environment.
 */
export function requirePlain(answers: readonly ChallengeAnswer[]): void {
  for (const { identifier, token, value } of answers) {
    if (/^[\w-]{1,500}$/.test(token) && /^[\w.-]{1,600}$/.test(value) && /^[\w.:-]{1,253}$/.test(identifier)) continue;
    throw new CertificateError(
      "CHALLENGE_TOKEN_INVALID",
      "the ACME server's challenge holds characters that RFC 8555 § 8 does not allow: it is answered by nobody. Take another server",
    );
  }
}
