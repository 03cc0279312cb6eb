/**
 * The port through which the core learns of revocation: it asks an OCSP responder or fetches a CRL at an address that a
 * certificate names. An implementation goes only to http(s), bounds time, size and redirects, and may cache what nobody
 * has verified yet: when an answer turns out not to hold, it is asked for once more, `fresh`, past every cache. What it
 * throws makes the answer unknown, never good.
 * Source: trust-store-trust-policy.md § Certificate Revocation Evaluation.
 */
export interface RevocationSource {
  /**
   * When its answers are judged, where that is not the time of the verdict: a forecast takes today's answer in the place of the one
   * that will be given then. Absent for every verdict that counts.
   */
  readonly asOf?: { readonly ocsp?: Date; readonly crl?: Date };
  /** The DER of an OCSPResponse (RFC 6960 § 4.2.1) to the DER of an OCSPRequest. */
  askOcsp(url: string, request: Buffer, fresh?: boolean): Promise<Buffer>;
  /** The DER of a CertificateList (RFC 5280 § 5.1). */
  fetchCrl(url: string, fresh?: boolean): Promise<Buffer>;
}
