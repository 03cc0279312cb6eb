import { lstatSync, readdirSync, readFileSync, type Stats } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../errors";
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
const STORES = ["truststore", "x509"];
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
      files[[...STORES, type, name, `${thumbprint}.pem`].join("/")] = certificatePem(raw);
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
  const policy = readPolicy(directory);
  const stores: Record<string, string[]> = {};
  const root = join(directory, ...STORES);
  for (const type of statOf(root) ? foldersIn(root) : []) {
    if (!TRUST_STORE_TYPES.some((known) => known === type))
      throw folderInvalid(join(root, type), `is no trust store type; use ${TRUST_STORE_TYPES.join(", ")}`);
    for (const name of foldersIn(join(root, type))) {
      if (!isTrustStoreName(name))
        throw folderInvalid(join(root, type, name), "has a name that no trust store may have; rename it");
      stores[`${type}:${name}`] = namesIn(join(root, type, name)).flatMap((file) =>
        readCertificates(join(root, type, name, file)),
      );
    }
  }
  return { policy, stores };
}

/** Every mistake in it is told with the file's name. */
function readPolicy(directory: string): TrustPolicyDocument {
  const { path, text } = readPolicyText(directory);
  try {
    return parseTrustPolicy(text);
  } catch (error) {
    if (!(error instanceof TrustPolicyError)) throw error;
    const line = error.code === "POLICY_SYNTAX" ? lineOfMistake(text) : undefined;
    const where = line === undefined ? path : `${path}, line ${line}`;
    throw new TrustPolicyError(error.code, `${where}: ${error.message}`, { cause: error });
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

function readPolicyText(directory: string): { path: string; text: string } {
  const present = [OCI_POLICY_FILE, POLICY_FILE].map((name) => join(directory, name)).filter((path) => statOf(path));
  const [text, other] = present.map((path) => readRegularFile(path).toString("utf8"));
  const [path] = present;
  if (path === undefined || text === undefined) {
    throw new TrustDirectoryError(
      "TRUST_POLICY_FILE_MISSING",
      `${directory} has no ${POLICY_FILE}: write one, or name another folder`,
    );
  }
  // Each version of notation prefers another one of the two.
  if (other !== undefined && other !== text) {
    throw new TrustDirectoryError(
      "TRUST_POLICY_FILES_DIFFER",
      `${directory} has ${OCI_POLICY_FILE} and another ${POLICY_FILE}: remove one`,
    );
  }
  return { path, text };
}

function readCertificates(path: string): string[] {
  const content = readRegularFile(path);
  try {
    return parseCertificates(content).map(({ raw }) => certificatePem(raw));
  } catch (error) {
    const isNamedSo = EXTENSION.test(path);
    throw new TrustDirectoryError(
      isNamedSo ? "TRUST_FILE_CERTIFICATE_INVALID" : "TRUST_FILE_EXTENSION_UNSUPPORTED",
      `${path} is in a trust store and holds no certificate (${messageOf(error)}): ${isNamedSo ? "replace" : "remove"} it`,
      { cause: error },
    );
  }
}

function readRegularFile(path: string): Buffer {
  const stat = statOf(path);
  if (!stat?.isFile()) {
    throw new TrustDirectoryError(
      "TRUST_FILE_NOT_REGULAR",
      `${path} is no regular file (symbolic links and folders are not supported): put the file itself there`,
    );
  }
  if (stat.size > FILE_BYTES_MAX)
    throw new TrustDirectoryError(
      "TRUST_FILE_TOO_LARGE",
      `${path} has more than ${FILE_BYTES_MAX} bytes: split or remove it`,
    );
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The names of the folders in a folder; files are passed over, links are not. */
function foldersIn(path: string): string[] {
  return namesIn(path).filter((name) => {
    const stat = statOf(join(path, name));
    if (stat && !stat.isDirectory() && !stat.isFile())
      throw folderInvalid(
        join(path, name),
        "is no folder (symbolic links are not supported): put the folder itself there",
      );
    return stat?.isDirectory();
  });
}

function namesIn(path: string): string[] {
  if (!statOf(path)?.isDirectory())
    throw folderInvalid(path, "is no folder (symbolic links are not supported): put the folder itself there");
  try {
    return readdirSync(path).sort();
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** What is there, links not followed; undefined when nothing is. */
function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // Something above it is a file.
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
    throw unreadable(path, error);
  }
}

function folderInvalid(path: string, what: string): TrustDirectoryError {
  return new TrustDirectoryError("TRUST_STORE_FOLDER_INVALID", `${path} ${what}`);
}

function unreadable(path: string, error: unknown): TrustDirectoryError {
  return new TrustDirectoryError(
    "TRUST_FILE_UNREADABLE",
    `${path} cannot be read (${messageOf(error)}): give the right to read it`,
    { cause: error },
  );
}
