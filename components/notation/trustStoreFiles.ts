import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../errors";
import type { Certificate } from "../notary/certificates/certificate";
import { parseCertificates } from "../notary/certificates/pem";
import type { TrustStoreType } from "../notary/trust/document";
import { TRUST_STORE_TYPES } from "../notary/trust/storeReference";
import { NotationError } from "./error";
import { readNotationFile, unreadable } from "./folder";

/** A file in a trust store. */
export interface TrustStoreFile {
  readonly storeType: TrustStoreType;
  readonly storeName: string;
  readonly file: string;
  readonly certificates: readonly Certificate[];
}

/**
 * The certificate files of the trust stores, in the order in which `notation cert list` shows them, which leaves out
 * links and sub-folders of a store. Unlike verification it needs no valid trust policy.
 * @throws NotationError TRUST_STORE_FILE_MALFORMED (notation's list fails then, too), NOTATION_FILE_*
 */
export function readTrustStoreFiles(folder: string): TrustStoreFile[] {
  return TRUST_STORE_TYPES.flatMap((storeType) => {
    const root = join(folder, "truststore", "x509", storeType);
    return namesIn(root)
      .filter((storeName) => lstatSync(join(root, storeName)).isDirectory())
      .flatMap((storeName) => {
        const store = join(root, storeName);
        return namesIn(store)
          .filter((file) => lstatSync(join(store, file)).isFile())
          .map((file) => ({ storeType, storeName, file, certificates: certificatesIn(join(store, file)) }));
      });
  });
}

/** In the order of bytes, as Go's walk is. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw unreadable(folder, error);
  }
}

function certificatesIn(path: string): Certificate[] {
  try {
    return parseCertificates(readNotationFile(path) ?? Buffer.alloc(0));
  } catch (error) {
    if (error instanceof NotationError) throw error;
    throw new NotationError(
      "TRUST_STORE_FILE_MALFORMED",
      `${path} is in a trust store and holds no certificate (${messageOf(error)}): remove it`,
      { cause: error },
    );
  }
}
