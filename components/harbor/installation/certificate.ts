import { readFile } from "node:fs/promises";
import { requireServable } from "../../certificate/servable";
import { messageOf } from "../../errors";
import { HarborInstallationError } from "./error";

export interface CertificateFiles {
  /** PEM, leaf first. */
  readonly chain: string;
  readonly key: string;
}

/** What such files hold. */
export interface CertificatePair {
  readonly chain: string;
  readonly key: string;
}

/** What the files hold. Throws `HARBOR_CERTIFICATE_UNFIT` when it can't be what `hostname` serves now. */
export async function readFitCertificate(
  files: CertificateFiles,
  hostname: string,
  now = new Date(),
): Promise<CertificatePair> {
  try {
    const [chain, key] = await Promise.all([readFile(files.chain, "utf8"), readFile(files.key, "utf8")]);
    requireServable({ chain, privateKey: key }, { names: [hostname], now });
    return { chain, key };
  } catch (error) {
    // No cause: OpenSSL's own could hold bytes of the file, and the file may be a key.
    throw new HarborInstallationError(
      "HARBOR_CERTIFICATE_UNFIT",
      `the certificate in ${files.chain}, with the key in ${files.key}, does not fit: ${messageOf(error)}`,
    );
  }
}
