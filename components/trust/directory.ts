import { messageOf } from "../errors";
import { FolderTree } from "../files/folderTree";
import { below, type FileTree, TreeError } from "../files/tree";
import { certificatePem, parseCertificates } from "../notary/certificates/pem";
import type { TrustDeclaration } from "../notary/trust/declaration";
import { TrustPolicyError } from "../notary/trust/error";
import { parseTrustPolicy, type TrustPolicyDocument } from "../notary/trust/policy";
import { parseTrustStores } from "../notary/trust/store";
import { isTrustStoreName, parseTrustStoreReference, TRUST_STORE_TYPES } from "../notary/trust/storeReference";
import { TrustDirectoryError } from "./error";

// The folder that NOTATION_CONFIG names: trust-store-trust-policy.md § Trust Store, § Trust Policy; notation-go
// dir/path.go.

/** The name that notation 1.3.2 reads; later versions fall back to it. */
const POLICY_FILE = "trustpolicy.json";
/** The name that later versions prefer. */
const OCI_POLICY_FILE = "trustpolicy.oci.json";
const STORES = "truststore/x509";
/** What a certificate's file is named; notation reads files of other names, too. */
const EXTENSION = /\.(pem|crt|cer|der)$/i;
const FILE_BYTES_MAX = 1024 * 1024;

/**
 * The files of a trust declaration in notation's layout, by relative path with `/`. The same trust gives the same
 * bytes: one file a certificate, named by
 * its thumbprint.
 * @throws TrustPolicyError
 */
export function renderTrustDirectory({ policy, stores }: TrustDeclaration): Record<string, string> {
  const files: Record<string, string> = { [POLICY_FILE]: `${JSON.stringify(parseTrustPolicy(policy), null, 2)}\n` };
  for (const [reference, certificates] of parseTrustStores(stores)) {
    const { type, name } = parseTrustStoreReference(reference, "the trust stores");
    for (const { raw, thumbprint } of certificates)
      files[below(STORES, type, name, `${thumbprint}.pem`)] = certificatePem(raw);
  }
  return files;
}

/**
 * The trust declaration that a folder holds: its trust policy and its trust stores. What else notation keeps there
 * (config.json, signingkeys.json, localkeys, plugins, trustpolicy.blob.json) is not looked at, nor are files beside
 * the stores; every file in a store must hold certificates, PEM or DER, whatever its name. Symbolic links and
 * sub-folders of a store are refused, as notation refuses them; a folder without stores is fine. notation reads only
 * the stores that the statement of an artifact names: here one bad store is an error of the whole.
 * @throws TrustDirectoryError, TrustPolicyError
 */
export function readTrustDirectory(directory: string): TrustDeclaration {
  return readTrust(new FolderTree(directory), "");
}

/** The same from a folder of a tree. @throws TrustDirectoryError, TrustPolicyError */
export function readTrust(tree: FileTree, folder: string): TrustDeclaration {
  try {
    return new TrustFolder(tree).read(folder);
  } catch (error) {
    if (!(error instanceof TreeError)) throw error;
    throw new TrustDirectoryError("TRUST_FILE_UNREADABLE", error.message, { cause: error });
  }
}

class TrustFolder {
  readonly #tree: FileTree;

  constructor(tree: FileTree) {
    this.#tree = tree;
  }

  read(folder: string): TrustDeclaration {
    const kind = folder === "" ? "folder" : (this.#tree.entry(folder)?.kind ?? "folder");
    if (kind !== "folder") throw this.#noFolder(folder);
    const policy = this.#policy(folder);
    const stores: Record<string, string[]> = {};
    const root = below(folder, STORES);
    for (const type of this.#tree.entry(root) ? this.#folders(root) : []) {
      if (!TRUST_STORE_TYPES.some((known) => known === type))
        throw this.#invalid(below(root, type), `is no trust store type; use ${TRUST_STORE_TYPES.join(", ")}`);
      for (const name of this.#folders(below(root, type))) {
        const store = below(root, type, name);
        if (!isTrustStoreName(name)) throw this.#invalid(store, "has a name that no trust store may have; rename it");
        stores[`${type}:${name}`] = this.#names(store).flatMap((file) => this.#certificates(below(store, file)));
      }
    }
    return { policy, stores };
  }

  /** Every mistake in it is told with the file's name. */
  #policy(folder: string): TrustPolicyDocument {
    const { path, text } = this.#policyText(folder);
    try {
      return parseTrustPolicy(text);
    } catch (error) {
      if (!(error instanceof TrustPolicyError)) throw error;
      const line = error.code === "POLICY_SYNTAX" ? lineOfMistake(text) : undefined;
      const shown = this.#tree.shown(path);
      const where = line === undefined ? shown : `${shown}, line ${line}`;
      throw new TrustPolicyError(error.code, `${where}: ${error.message}`, { cause: error });
    }
  }

  #policyText(folder: string): { path: string; text: string } {
    const present = [OCI_POLICY_FILE, POLICY_FILE]
      .map((name) => below(folder, name))
      .filter((path) => this.#tree.entry(path));
    const [text, other] = present.map((path) => this.#regularFile(path).toString("utf8"));
    const [path] = present;
    const shown = this.#tree.shown(folder);
    if (path === undefined || text === undefined) {
      throw new TrustDirectoryError(
        "TRUST_POLICY_FILE_MISSING",
        `${shown} has no ${POLICY_FILE} (links are not followed): write one, or name another folder`,
      );
    }
    // Each version of notation prefers another one of the two.
    if (other !== undefined && other !== text) {
      throw new TrustDirectoryError(
        "TRUST_POLICY_FILES_DIFFER",
        `${shown} has ${OCI_POLICY_FILE} and another ${POLICY_FILE}: remove one`,
      );
    }
    return { path, text };
  }

  #certificates(path: string): string[] {
    const content = this.#regularFile(path);
    try {
      return parseCertificates(content).map(({ raw }) => certificatePem(raw));
    } catch (error) {
      const isNamedSo = EXTENSION.test(path);
      throw new TrustDirectoryError(
        isNamedSo ? "TRUST_FILE_CERTIFICATE_INVALID" : "TRUST_FILE_EXTENSION_UNSUPPORTED",
        `${this.#tree.shown(path)} is in a trust store and holds no certificate (${messageOf(error)}): ${isNamedSo ? "replace" : "remove"} it`,
        { cause: error },
      );
    }
  }

  #regularFile(path: string): Buffer {
    const entry = this.#tree.entry(path);
    const shown = this.#tree.shown(path);
    if (entry?.kind !== "file") {
      throw new TrustDirectoryError(
        "TRUST_FILE_NOT_REGULAR",
        `${shown} is no regular file (symbolic links and folders are not supported): put the file itself there`,
      );
    }
    if (entry.size > FILE_BYTES_MAX)
      throw new TrustDirectoryError(
        "TRUST_FILE_TOO_LARGE",
        `${shown} has more than ${FILE_BYTES_MAX} bytes: split or remove it`,
      );
    return this.#tree.read(path);
  }

  /** The names of the folders in a folder; files are passed over, links are not. */
  #folders(path: string): string[] {
    return this.#names(path).filter((name) => {
      const kind = this.#tree.entry(below(path, name))?.kind;
      if (kind === "symlink" || kind === "other") throw this.#noFolder(below(path, name));
      return kind === "folder";
    });
  }

  #names(path: string): string[] {
    if (this.#tree.entry(path)?.kind !== "folder") throw this.#noFolder(path);
    return this.#tree.names(path);
  }

  #noFolder(path: string): TrustDirectoryError {
    return this.#invalid(path, "is no folder (symbolic links are not supported): put the folder itself there");
  }

  #invalid(path: string, what: string): TrustDirectoryError {
    return new TrustDirectoryError("TRUST_STORE_FOLDER_INVALID", `${this.#tree.shown(path)} ${what}`);
  }
}

/** Where the JSON of a text ends to be JSON, if the engine's parser tells. */
function lineOfMistake(text: string): number | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const [, position] = /at position (\d+)/.exec(messageOf(error)) ?? [];
    return position === undefined ? undefined : text.slice(0, Number(position)).split("\n").length;
  }
}
