import { open } from "node:fs/promises";
import { messageOf } from "../errors";
import { localSigner } from "../notary/signing/localSigner";
import { IdentityError } from "./error";

/** A key file of RSA 4096 has some 3 KiB. */
const KEY_BYTES_MAX = 64 * 1024;

export interface SigningKeyFile {
  /** Absolute. */
  readonly path: string;
  /** As a person wrote it: what messages say. */
  readonly shownPath: string;
  /** PEM, leaf first. */
  readonly certificateChain: string;
  /** Whom the certificate names. */
  readonly name: string;
}

/**
 * Reads the private key, and proves that it is the key of the certificate; the key itself is not handed on.
 * @throws IdentityError IDENTITY_KEY_MISSING, IDENTITY_KEY_EXPOSED (others than its owner may read it), IDENTITY_KEY_MISMATCH,
 * IDENTITY_KEY_UNUSABLE
 */
export async function requireSigningKey(file: SigningKeyFile): Promise<void> {
  const privateKey = await readKey(file);
  try {
    localSigner({ privateKey, certificateChain: file.certificateChain });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "SIGNING_KEY_DOES_NOT_MATCH_CERTIFICATE") {
      throw new IdentityError("IDENTITY_KEY_UNUSABLE", `${file.shownPath}: ${messageOf(error)}`, { cause: error });
    }
    throw new IdentityError(
      "IDENTITY_KEY_MISMATCH",
      `${file.shownPath} is not the key of the committed certificate of ${file.name}: nothing was signed. ` +
        "Put the right key there; or commit the certificate of this key, if it is the one that shall sign from now on",
      { cause: error },
    );
  }
}

async function readKey({ path, shownPath, name }: SigningKeyFile): Promise<string> {
  const handle = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") {
      throw new IdentityError(
        "IDENTITY_KEY_MISSING",
        `the key of ${name} is not on this machine: ${shownPath} does not exist. Put it there (mode 0600), or run where it is`,
      );
    }
    throw new IdentityError("IDENTITY_KEY_UNUSABLE", `${shownPath} can't be read: ${messageOf(error)}`);
  });
  try {
    const stat = await handle.stat();
    if (!stat.isFile() || stat.size > KEY_BYTES_MAX) {
      throw new IdentityError("IDENTITY_KEY_UNUSABLE", `${shownPath} is no key: give a PKCS#8 key in PEM`);
    }
    if ((stat.mode & 0o077) !== 0) {
      throw new IdentityError(
        "IDENTITY_KEY_EXPOSED",
        `others than its owner may read or change the key of ${name}: chmod 600 ${shownPath}`,
      );
    }
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}
