import type { Certificate } from "../../../components/notary/certificates/certificate";
import { formatRfc3339 } from "../../../components/notary/envelope/rfc3339";

/** A certificate with the members that notation gives it in JSON (cmd/notation/inspect.go). */
export interface InspectedCertificate {
  readonly SHA256Fingerprint: string;
  readonly issuedTo: string;
  readonly issuedBy: string;
  readonly expiry: string;
}

export function inspectCertificate({ thumbprint, subject, issuer, notAfter }: Certificate): InspectedCertificate {
  return { SHA256Fingerprint: thumbprint, issuedTo: subject, issuedBy: issuer, expiry: formatRfc3339(notAfter) };
}
