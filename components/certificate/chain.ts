import { X509Certificate } from "node:crypto";
import { messageOf } from "../errors";
import { CertificateError } from "./error";

/** What is said of a TLS certificate; times are ISO 8601, the thumbprint is SHA-256 in lower hex. */
export interface CertificateFacts {
  readonly subjectAltName: string;
  readonly issuer: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly thumbprint: string;
}

/** The leaf's facts of a PEM chain, leaf first; the chain must be in order (RFC 8555 § 9.1). */
export function inspectChain(pem: string): CertificateFacts {
  const certificates = parseChain(pem);
  const leaf = certificates[0];
  if (leaf === undefined) throw new CertificateError("CERTIFICATE_CHAIN_INVALID", "the chain holds no certificate");
  certificates.slice(1).forEach((issuer, at) => {
    if (certificates[at]?.verify(issuer.publicKey) !== true) {
      throw new CertificateError("CERTIFICATE_CHAIN_INVALID", `certificate ${at + 1} is not signed by the next one`);
    }
  });
  return {
    subjectAltName: leaf.subjectAltName ?? "",
    issuer: commonName(leaf.issuer),
    notBefore: new Date(leaf.validFrom).toISOString(),
    notAfter: new Date(leaf.validTo).toISOString(),
    thumbprint: thumbprintOf(leaf),
  };
}

/** SHA-256 in lower hex. */
export function thumbprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(":", "").toLowerCase();
}

/** True when one of the root certificates signed the chain's last certificate, or is that certificate. */
export function endsIn(pem: string, roots: string): boolean {
  const last = parseChain(pem).at(-1);
  if (last === undefined) return false;
  return parseChain(roots).some((root) => last.verify(root.publicKey) || last.fingerprint256 === root.fingerprint256);
}

/** True when a third of the certificate's life, or less, is left at `now`. */
export function isRenewalDue(facts: Pick<CertificateFacts, "notBefore" | "notAfter">, now: Date): boolean {
  const end = Date.parse(facts.notAfter);
  return now.getTime() >= end - (end - Date.parse(facts.notBefore)) / 3;
}

/** Leaf first. */
export function parseChain(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (cause) {
    throw new CertificateError(
      "CERTIFICATE_CHAIN_INVALID",
      `the chain holds what is no certificate: ${messageOf(cause)}`,
      {
        cause,
      },
    );
  }
}

function commonName(distinguishedName: string): string {
  return /^CN=(.*)$/m.exec(distinguishedName)?.[1] ?? distinguishedName.replaceAll("\n", ", ");
}
