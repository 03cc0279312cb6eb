import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { messageOf } from "../../errors";
import { HarborInstallationError } from "./error";

export interface CertificateFiles {
  /** PEM, leaf first. */
  readonly chain: string;
  readonly key: string;
}

/** Throws `HARBOR_CERTIFICATE_UNFIT` when the files can't be what `hostname` serves now. */
export async function requireFitCertificate(
  files: CertificateFiles,
  hostname: string,
  now = new Date(),
): Promise<void> {
  const [chain, key] = await Promise.all([read(files.chain), read(files.key)]);
  const leaf = parse(files.chain, () => new X509Certificate(chain));
  const privateKey = parse(files.key, () => createPrivateKey(key));
  if (!leaf.checkPrivateKey(privateKey)) throw unfit(`the key in ${files.key} is not the one of ${files.chain}`);
  if ((isIP(hostname) === 0 ? leaf.checkHost(hostname) : leaf.checkIP(hostname)) === undefined) {
    throw unfit(`${files.chain} is for ${leaf.subjectAltName ?? "no name"}, not for ${hostname}`);
  }
  const [from, to] = [new Date(leaf.validFrom), new Date(leaf.validTo)];
  if (now > to) throw unfit(`${files.chain} expired at ${to.toISOString()}. Renew it`);
  if (now < from) throw unfit(`${files.chain} is valid from ${from.toISOString()} on. Look at this machine's clock`);
}

/** SHA-256 thumbprint of the first certificate of a PEM text, in lower hex. */
export function thumbprintOf(pem: string | Buffer): string {
  return new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase();
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw unfit(`${file} can't be read: ${messageOf(error)}`);
  }
}

/** OpenSSL's own message could hold bytes of the file, and the file may be a key. */
function parse<T>(file: string, parsed: () => T): T {
  try {
    return parsed();
  } catch {
    throw unfit(`${file} is not PEM that can be read`);
  }
}

function unfit(why: string): HarborInstallationError {
  return new HarborInstallationError("HARBOR_CERTIFICATE_UNFIT", `the certificate does not fit: ${why}`);
}
