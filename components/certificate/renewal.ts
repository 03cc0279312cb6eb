import { type CertificateFacts, isRenewalDue } from "./chain";

/** What the ACME server suggests (RFC 9773 § 4.2); times are ISO 8601. */
export interface RenewalWindow {
  readonly start: string;
  readonly end: string;
  /** A page that says why. */
  readonly explanation?: string;
}

/** What is known of a certificate's renewal. */
export interface RenewalInfo {
  /** Absent where the server suggests nothing. */
  readonly window?: RenewalWindow;
  /** When the server is to be asked again; ISO 8601. */
  readonly askAfter: string;
}

export type Renewable = Pick<CertificateFacts, "notBefore" | "notAfter" | "thumbprint"> & {
  readonly renewal?: RenewalInfo;
};

const HALF_A_DAY_MS = 12 * 3_600_000;

/**
 * Why the certificate is to be renewed at `now`, in words; undefined while it is not. The server's suggestion counts where
 * there is one, else a third of the certificate's life.
 */
export function renewalReason(certificate: Renewable, now: Date): string | undefined {
  const { notAfter, renewal } = certificate;
  const window = renewal?.window;
  if (now.getTime() >= Date.parse(notAfter)) return `the certificate expired on ${notAfter}: renewed`;
  if (window === undefined || Date.parse(window.start) >= Date.parse(notAfter)) {
    return isRenewalDue(certificate, now)
      ? `the certificate expires on ${notAfter}, a third of its life or less is left: renewed`
      : undefined;
  }
  if (!isSuggested(certificate, window, now)) return undefined;
  const why = window.explanation ? ` (why: ${window.explanation})` : "";
  return `the certificate expires on ${notAfter}, and the ACME server suggests to renew it between ${window.start} and ${window.end}${why}: renewed`;
}

/** True when the server is to be asked; never again once the certificate has expired (RFC 9773 § 4.3). */
export function isAskDue({ notAfter, renewal }: Renewable, now: Date): boolean {
  return now.getTime() < Date.parse(notAfter) && !(now.getTime() < Date.parse(renewal?.askAfter ?? ""));
}

/**
 * The server's window spreads renewals, so each certificate has a moment of its own in it, drawn by its thumbprint: the same
 * at each look. It is due as well if the next look may come after that moment (RFC 9773 § 4.2, steps 3 and 5).
 */
function isSuggested({ notBefore, notAfter, thumbprint }: Renewable, window: RenewalWindow, now: Date): boolean {
  const [start, expiry] = [Date.parse(window.start), Date.parse(notAfter)];
  const end = Math.min(Date.parse(window.end), expiry);
  const chosen = start + (end - start) * fractionOf(thumbprint);
  const nextLook = Math.min(HALF_A_DAY_MS, (expiry - Date.parse(notBefore)) / 10);
  return now.getTime() >= start && now.getTime() + nextLook >= chosen;
}

/** From 0 to 1, spread evenly over all thumbprints (hex). */
function fractionOf(thumbprint: string): number {
  return Number.parseInt(thumbprint.slice(0, 12), 16) / 2 ** 48;
}
