import { type Certificate, parseCertificate } from "../certificates/certificate";
import { EnvelopeError } from "./error";

const CERTIFICATES_MAX = 32;

/**
 * The certificates of an envelope, leaf first (signature-specification.md § Unsigned Attributes): at least one, and a
 * bounded number, which notation-core-go does not bound.
 * @param chain DER, leaf first
 * @throws EnvelopeError ENVELOPE_CERTIFICATE_CHAIN_INVALID; CertificateError
 */
export function parseCertificateChain(chain: readonly Buffer[]): [Certificate, ...Certificate[]] {
  if (chain.length > CERTIFICATES_MAX) throw chainError(`it has more than ${CERTIFICATES_MAX} certificates`);
  const [leaf, ...issuers] = chain.map(parseCertificate);
  if (!leaf) throw chainError("it is empty");
  return [leaf, ...issuers];
}

export function chainError(what: string): EnvelopeError {
  return new EnvelopeError(
    "ENVELOPE_CERTIFICATE_CHAIN_INVALID",
    `the envelope's certificate chain is not usable: ${what}; sign again`,
  );
}
