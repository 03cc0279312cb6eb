/**
 * The port through which the core learns of revocation: it asks an OCSP responder or fetches a CRL at an address that a
 * certificate names. An implementation goes only to http(s), bounds time, size and redirects, and may cache; what it
 * throws makes the answer unknown, never good.
 * Source: trust-store-trust-policy.md § Certificate Revocation Evaluation.
 */
export interface RevocationSource {
  /** The DER of an OCSPResponse (RFC 6960 § 4.2.1) to the DER of an OCSPRequest. */
  askOcsp(url: string, request: Buffer): Promise<Buffer>;
  /** The DER of a CertificateList (RFC 5280 § 5.1). */
  fetchCrl(url: string): Promise<Buffer>;
}
