import type { Certificate } from "../certificates/certificate";
import { isIssuedBy, isSelfSigned } from "../certificates/chain";
import { parseCertificatesPem } from "../certificates/pem";
import { quoted } from "../quoted";
import { TrustPolicyError } from "./error";
import { requireObject, wrongType } from "./shape";
import { parseTrustStoreReference } from "./storeReference";

/** Trust stores by `<type>:<name>`, as trust policy statements name them. */
export type TrustStores = ReadonlyMap<string, readonly Certificate[]>;

/**
 * Parses and validates trust stores: trust-store-trust-policy.md § Trust Store; notation-go
 * verifier/truststore/truststore.go.
 * A store may have no certificate as long as no statement names it.
 * @param stores PEM texts by `<type>:<name>`; a text may hold several certificates; whatever JSON is given is checked
 * @throws TrustPolicyError TRUST_STORE_*, POLICY_WRONG_TYPE
 */
export function parseTrustStores(stores: Readonly<Record<string, readonly string[]>>): TrustStores {
  const entries = Object.entries(requireObject(stores, "the trust stores"));
  return new Map(entries.map(([reference, texts]) => [reference, parseStore(reference, texts)]));
}

function parseStore(reference: string, texts: unknown): Certificate[] {
  const { type } = parseTrustStoreReference(reference, "the trust stores");
  if (!isListOfTexts(texts)) throw wrongType(`the trust store ${reference}`, "a list of texts in PEM");
  const certificates = texts.flatMap((text) => parseTexts(reference, text));
  for (const certificate of certificates) requireAnchor(reference, type === "tsa", certificate);
  return certificates;
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((member) => typeof member === "string");
}

function parseTexts(reference: string, text: string): Certificate[] {
  try {
    return parseCertificatesPem(text);
  } catch (error) {
    throw new TrustPolicyError(
      "TRUST_STORE_CERTIFICATE_INVALID",
      `the trust store ${reference} has a certificate that cannot be parsed: give X.509 certificates in PEM`,
      { cause: error },
    );
  }
}

function requireAnchor(reference: string, rootOnly: boolean, certificate: Certificate): void {
  const subject = quoted(certificate.subject);
  // Certificates of a CA need not be self-signed: intermediates are allowed, if not recommended.
  if (!certificate.basicConstraints?.ca && !isSelfSigned(certificate)) {
    throw new TrustPolicyError(
      "TRUST_STORE_CERTIFICATE_INVALID",
      `the trust store ${reference} has the certificate ${subject}, neither of a CA nor self-signed: put its root there`,
    );
  }
  if (rootOnly && !isIssuedBy(certificate, certificate)) {
    throw new TrustPolicyError(
      "TRUST_STORE_CERTIFICATE_NOT_A_ROOT",
      `the trust store ${reference} has the certificate ${subject}, which is no root: a store of the type tsa takes only roots`,
    );
  }
}
