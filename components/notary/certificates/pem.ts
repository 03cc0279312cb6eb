import { type Certificate, parseCertificate } from "./certificate";
import { CertificateError } from "./error";

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n([A-Za-z0-9+/=\s]*?)-----END \1-----/g;

/**
 * The certificates of a PEM text, in its order. Text between the blocks is ignored (RFC 7468 § 2), a block of
 * another label is not.
 * @throws CertificateError CERTIFICATE_MALFORMED (also: no certificate at all)
 */
export function parseCertificatesPem(text: string): Certificate[] {
  const blocks = [...text.matchAll(BLOCK)];
  // A block that is cut off or damaged must not vanish in silence.
  if (blocks.length !== (text.match(/-----BEGIN /g)?.length ?? 0)) throw malformed("a PEM block is damaged");
  if (blocks.length === 0) throw malformed("no PEM block is found");
  return blocks.map(([, label, body = ""]) => {
    if (label !== "CERTIFICATE") throw malformed(`a PEM block is labelled ${label}`);
    return parseCertificate(Buffer.from(body, "base64"));
  });
}

/** The certificates of a file's content, PEM or DER. @throws CertificateError CERTIFICATE_MALFORMED */
export function parseCertificates(content: Uint8Array): Certificate[] {
  const text = Buffer.from(content).toString("latin1");
  return text.includes("-----BEGIN ") ? parseCertificatesPem(text) : [parseCertificate(content)];
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
