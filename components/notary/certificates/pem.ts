import { type Certificate, parseCertificate, parseConcatenatedCertificates } from "./certificate";
import { CertificateError } from "./error";

// Files of a trust store: trust-store-trust-policy.md § Trust Store.

const BLOCK = /^-----BEGIN ([^\n-]*)-----[ \t]*\r?\n([A-Za-z0-9+/=\s]*)-----END \1-----[ \t]*\r?$/gm;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * The certificates of a PEM text, in its order. Text between the blocks is ignored (RFC 7468 § 2); every block must
 * hold a certificate, whatever its label, as for notation-core-go's ReadCertificateFile. That one skips a damaged
 * block, which here is an error: a root must not vanish in silence.
 * @throws CertificateError CERTIFICATE_MALFORMED (also: no certificate at all)
 */
export function parseCertificatesPem(text: string): Certificate[] {
  const blocks = [...text.matchAll(BLOCK)];
  if (blocks.length !== (text.match(/-----BEGIN /g)?.length ?? 0)) throw malformed("a PEM block is damaged");
  if (blocks.length === 0) throw malformed("no PEM block is found");
  return blocks.map(([, label = "", body = ""]) => {
    if (label.includes("PRIVATE KEY")) throw malformed("a PEM block holds a private key");
    const base64 = body.replace(/\s/g, "");
    if (!BASE64.test(base64)) throw malformed("a PEM block is not base64");
    return parseCertificate(Buffer.from(base64, "base64"));
  });
}

/**
 * The certificates of a file's content: PEM, or DER one after the other; at least one.
 * @throws CertificateError CERTIFICATE_MALFORMED
 */
export function parseCertificates(content: Uint8Array): Certificate[] {
  const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("latin1");
  if (text.includes("-----BEGIN ")) return parseCertificatesPem(text);
  const certificates = parseConcatenatedCertificates(content);
  if (certificates.length === 0) throw malformed("the file is empty");
  return certificates;
}

/** One certificate as a PEM block with 64 characters a line, ending in a newline. */
export function certificatePem(der: Uint8Array): string {
  const body = Buffer.from(der)
    .toString("base64")
    .replace(/.{1,64}/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${body}-----END CERTIFICATE-----\n`;
}

function malformed(what: string): CertificateError {
  return new CertificateError("CERTIFICATE_MALFORMED", `${what}: give one or more -----BEGIN CERTIFICATE----- blocks`);
}
