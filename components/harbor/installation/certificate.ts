import { readFile } from "node:fs/promises";
import { requireServable } from "../../certificate/servable";
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
  try {
    const [chain, privateKey] = await Promise.all([readFile(files.chain, "utf8"), readFile(files.key, "utf8")]);
    requireServable({ chain, privateKey }, { names: [hostname], now });
  } catch (error) {
    // No cause: OpenSSL's own could hold bytes of the file, and the file may be a key.
    throw new HarborInstallationError(
      "HARBOR_CERTIFICATE_UNFIT",
      `the certificate in ${files.chain}, with the key in ${files.key}, does not fit: ${messageOf(error)}`,
    );
  }
}
