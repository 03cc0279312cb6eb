import type { Certificate } from "./certificate";
import { CertificateError, type CertificateErrorCode } from "./error";
import { keySpecOf } from "./keySpec";
import { ExtendedKeyUsage, KeyUsageFlags } from "./usage";

// Certificate rules of signature-specification.md § Certificate Requirements, as notation-core-go x509/helper.go and
// codesigning_cert_validations.go check them.

const NOT_FOR_SIGNERS: readonly [number, string][] = [
  [KeyUsageFlags.keyEncipherment, "keyEncipherment"],
  [KeyUsageFlags.dataEncipherment, "dataEncipherment"],
  [KeyUsageFlags.keyAgreement, "keyAgreement"],
  [KeyUsageFlags.keyCertSign, "keyCertSign"],
  [KeyUsageFlags.cRLSign, "cRLSign"],
  [KeyUsageFlags.encipherOnly, "encipherOnly"],
  [KeyUsageFlags.decipherOnly, "decipherOnly"],
];

// The specification forbids anyExtendedKeyUsage and says nothing of OCSPSigning; notation-core-go does the opposite,
// and
// its verdict is followed.
const EXTENDED_NOT_FOR_SIGNERS: Readonly<Record<string, string>> = {
  [ExtendedKeyUsage.serverAuth]: "serverAuth",
  [ExtendedKeyUsage.clientAuth]: "clientAuth",
  [ExtendedKeyUsage.emailProtection]: "emailProtection",
  [ExtendedKeyUsage.timeStamping]: "timeStamping",
  [ExtendedKeyUsage.ocspSigning]: "OCSPSigning",
};

/** § Leaf Certificates. @throws CertificateError */
export function requireSigningLeaf(certificate: Certificate): void {
  requireLeafKeyUsage(certificate, requireKeyUsage(certificate));
  const foreign = certificate.extendedKeyUsage?.map((usage) => EXTENDED_NOT_FOR_SIGNERS[usage]).find(Boolean);
  if (foreign) {
    throw violation(
      "CERTIFICATE_EXTENDED_KEY_USAGE",
      certificate,
      `has the extended key usage ${foreign}: use a certificate issued for code signing, not one for TLS, mail or time stamps`,
    );
  }
  requireKeySpec(certificate);
}

/** § Leaf Certificates, of a time stamping authority. @throws CertificateError */
export function requireTimestampingLeaf(certificate: Certificate): void {
  // The key usage of a time stamping authority need not be critical.
  requireLeafKeyUsage(certificate, requireKeyUsage(certificate, false));
  const usages = certificate.extendedKeyUsage ?? [];
  if (usages.length !== 1 || usages[0] !== ExtendedKeyUsage.timeStamping) {
    throw violation(
      "CERTIFICATE_EXTENDED_KEY_USAGE",
      certificate,
      "must have the extended key usage timeStamping alone",
    );
  }
  if (!certificate.extensions.get("2.5.29.37")?.critical) {
    throw violation("CERTIFICATE_EXTENDED_KEY_USAGE", certificate, "has an extended key usage that is not critical");
  }
  requireKeySpec(certificate);
}

function requireLeafKeyUsage(certificate: Certificate, bits: number): void {
  if (certificate.basicConstraints?.ca) {
    throw violation("CERTIFICATE_BASIC_CONSTRAINTS", certificate, "is a CA: a signing certificate must not be one");
  }
  if (!(bits & KeyUsageFlags.digitalSignature)) {
    throw violation("CERTIFICATE_KEY_USAGE", certificate, "has a key usage without digitalSignature");
  }
  const surplus = NOT_FOR_SIGNERS.filter(([bit]) => bits & bit).map(([, name]) => name);
  if (surplus.length > 0) {
    throw violation("CERTIFICATE_KEY_USAGE", certificate, `may not have the key usage ${surplus.join(", ")}`);
  }
}

function requireKeySpec(certificate: Certificate): void {
  if (!keySpecOf(certificate.publicKey)) {
    throw violation(
      "CERTIFICATE_KEY_UNSUPPORTED",
      certificate,
      "has a key other than RSA 2048, 3072, 4096 or EC P-256, P-384, P-521",
    );
  }
}

/**
 * § Root and Intermediate CA Certificates. The specification also wants basicConstraints marked critical; notation-
 * core-go
 * does not look at that, and its verdict is followed.
 * @param below number of CA certificates between this one and the leaf
 * @throws CertificateError
 */
export function requireCa(certificate: Certificate, below: number, criticalKeyUsage: boolean): void {
  const constraints = certificate.basicConstraints;
  if (!constraints?.ca) {
    throw violation(
      "CERTIFICATE_BASIC_CONSTRAINTS",
      certificate,
      "issues another one, but its basicConstraints do not make it a CA",
    );
  }
  if (constraints.pathLength !== undefined && constraints.pathLength < below) {
    throw violation(
      "CERTIFICATE_PATH_LENGTH",
      certificate,
      `allows a path of ${constraints.pathLength}, the chain has ${below}`,
    );
  }
  if (!(requireKeyUsage(certificate, criticalKeyUsage) & KeyUsageFlags.keyCertSign)) {
    throw violation(
      "CERTIFICATE_KEY_USAGE",
      certificate,
      "issues another one, but has a key usage without keyCertSign",
    );
  }
}

function requireKeyUsage(certificate: Certificate, critical = true): number {
  if (!certificate.keyUsage) throw violation("CERTIFICATE_KEY_USAGE", certificate, "has no key usage extension");
  if (critical && !certificate.keyUsage.critical) {
    throw violation("CERTIFICATE_KEY_USAGE", certificate, "has a key usage extension that is not critical");
  }
  return certificate.keyUsage.bits;
}

function violation(code: CertificateErrorCode, certificate: Certificate, what: string): CertificateError {
  return new CertificateError(
    code,
    `the certificate ${JSON.stringify(certificate.subject)} ${what} (signature-specification.md § Certificate Requirements)`,
  );
}
