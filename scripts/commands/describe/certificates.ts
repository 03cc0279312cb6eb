import { parseCertificatesPem } from "../../../components/notary/certificates/pem";
import type { Certificate } from "../../../components/notary/certificates/certificate";
import { isUnknown } from "../../../components/provider/wire";
import { text } from "./fact";

/** The certificates of a PEM text; undefined when it is not known yet, or none. */
export function certificatesOf(pem: unknown): readonly Certificate[] | undefined {
  if (typeof pem !== "string" || isUnknown(pem)) return undefined;
  try {
    return parseCertificatesPem(pem);
  } catch {
    return undefined; // told by whoever checks it
  }
}

export function named({ subject, thumbprint }: Pick<Certificate, "subject" | "thumbprint">): string {
  return `${text(subject)}, SHA-256 thumbprint ${text(thumbprint)}`;
}

/** One text for each certificate of a PEM text. */
export function shownCertificates(pem: unknown): string[] {
  if (isUnknown(pem)) return [text(pem)];
  const certificates = certificatesOf(pem);
  if (certificates === undefined) return ["a certificate that can't be read"];
  return certificates.map(
    (certificate) => `${named(certificate)}, expires ${certificate.notAfter.toISOString().slice(0, 10)}`,
  );
}
