import type { Certificate } from "../certificates/certificate";
import { ExtensionType } from "../certificates/extension";
import { KeyUsageFlags } from "../certificates/usage";
import { DerReader } from "../der/reader";
import { quoted } from "../quoted";
import { type CertificateList, findExtension } from "./certificateList";
import { RevocationError, type RevocationErrorCode, readingData } from "./error";
import { isSignedBy } from "./signature";

/** Critical extensions of a CRL that are looked at. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  ExtensionType.issuingDistributionPoint,
  ExtensionType.deltaCrlIndicator,
]);

/**
 * What makes a CRL one to rely on: trust-store-trust-policy.md § Revocation Checking with CRL, steps 1 and 2, as
 * notation-core-go validateCRL.
 *
 * Stricter than the reference implementation: the CRL's issuer must have the issuer's name (RFC 5280 § 6.3.3 (b) (1);
 * one key may serve two CAs), and a delta CRL cannot stand for a base CRL, on which it would leave almost everything
 * out (§ 5.2.4).
 * @throws RevocationError CRL_ISSUER_UNAUTHORIZED, CRL_SIGNATURE_INVALID, CRL_EXPIRED, CRL_CRITICAL_EXTENSION,
 * CRL_DELTA_INVALID
 */
export function requireCrl(list: CertificateList, issuer: Certificate, now: Date, kind: "base" | "delta"): void {
  const name = quoted(issuer.subject);
  const usage = issuer.keyUsage?.bits ?? 0;
  if (issuer.basicConstraints?.ca !== true || (usage !== 0 && (usage & KeyUsageFlags.cRLSign) === 0)) {
    throw violation("CRL_ISSUER_UNAUTHORIZED", `the issuer ${name} may not sign CRLs: its key usage has no cRLSign`);
  }
  if (!list.issuerDer.equals(issuer.subjectDer) || !isSignedBy(list, issuer)) {
    throw violation(
      "CRL_SIGNATURE_INVALID",
      `the ${kind} CRL is not signed by ${name}: it may have been tampered with`,
    );
  }
  if (!list.nextUpdate) throw violation("CRL_EXPIRED", `the ${kind} CRL does not say until when it is valid`);
  if (!(now <= list.nextUpdate)) {
    throw violation(
      "CRL_EXPIRED",
      `the ${kind} CRL is valid until ${list.nextUpdate.toISOString()}: have its issuer publish a new one`,
    );
  }
  const foreign = list.extensions.find(({ type, critical }) => critical && !UNDERSTOOD.has(type));
  if (foreign) {
    throw violation("CRL_CRITICAL_EXTENSION", `the ${kind} CRL has the unknown critical extension ${foreign.type}`);
  }
  if (kind === "base" && findExtension(list.extensions, ExtensionType.deltaCrlIndicator)) {
    throw violation("CRL_DELTA_INVALID", "a delta CRL is served as the base CRL");
  }
}

/**
 * Whether a delta CRL builds on a base CRL: § Revocation Checking with Delta CRLs, RFC 5280 § 5.2.4.
 * @throws RevocationError CRL_DELTA_INVALID, REVOCATION_DATA_MALFORMED
 */
export function requireDelta(delta: CertificateList, base: CertificateList): void {
  if (delta.number === undefined || base.number === undefined) {
    throw violation("CRL_DELTA_INVALID", "the base CRL or the delta CRL has no number");
  }
  if (delta.number <= base.number) {
    throw violation("CRL_DELTA_INVALID", `the delta CRL ${delta.number} is not newer than the base CRL ${base.number}`);
  }
  const indicator = findExtension(delta.extensions, ExtensionType.deltaCrlIndicator);
  if (!indicator) throw violation("CRL_DELTA_INVALID", "the delta CRL does not say that it is one");
  const minimum = readingData(() => new DerReader(indicator.value).bigInteger());
  if (minimum > base.number) {
    throw violation("CRL_DELTA_INVALID", `the delta CRL needs the base CRL ${minimum}, not ${base.number}`);
  }
  const [of, to] = [delta, base].map(({ extensions }) =>
    findExtension(extensions, ExtensionType.issuingDistributionPoint)?.value.toString("hex"),
  );
  // RFC 5280 § 6.3.3 (c) (2), which the reference implementation does not ask for.
  if (of !== to) throw violation("CRL_DELTA_INVALID", "the delta CRL and the base CRL have different scopes");
}

function violation(code: RevocationErrorCode, message: string): RevocationError {
  return new RevocationError(code, message);
}
