import { join } from "node:path";
import { isJsonObject } from "../notary/json/strictJson";
import { NotationError } from "./error";
import { readJsonFile } from "./jsonFile";

// notation's `signingkeys.json`: notation-go config/keys.go.

/** A named key: a pair of files, or one of a plugin. */
export interface SigningKey {
  readonly name: string;
  readonly keyPath?: string;
  readonly certPath?: string;
  readonly id?: string;
  readonly pluginName?: string;
}

export interface SigningKeys {
  readonly default?: string;
  readonly keys: readonly SigningKey[];
}

const FILE = "signingkeys.json";
const MEMBERS = ["keyPath", "certPath", "id", "pluginName"] as const;

/** An absent file has no keys. @throws NotationError SIGNING_KEYS_MALFORMED, NOTATION_FILE_* */
export function readSigningKeys(folder: string): SigningKeys {
  const path = join(folder, FILE);
  const value = readJsonFile(path, malformed);
  if (value === undefined) return { keys: [] };
  const list = value.keys ?? [];
  if (!Array.isArray(list)) throw malformed(path, "keys is no list");
  const keys = list.map((member: unknown, index) => readKey(member, index, path));
  const repeated = keys.find(({ name }, index) => keys.findIndex((other) => other.name === name) !== index);
  if (repeated) throw malformed(path, `two keys have the name ${JSON.stringify(repeated.name)}`);
  const chosen = value.default ?? undefined;
  if (chosen === undefined) return { keys };
  if (typeof chosen !== "string" || !keys.some(({ name }) => name === chosen)) {
    throw malformed(path, `its default ${JSON.stringify(chosen)} is none of its keys`);
  }
  return { default: chosen, keys };
}

/**
 * The key of this name, without a name the default one; only keys in files.
 * @throws NotationError SIGNING_KEY_NOT_FOUND, SIGNING_KEY_DEFAULT_MISSING, SIGNING_KEY_OF_PLUGIN
 */
export function signingKeyFiles(
  signingKeys: SigningKeys,
  name: string | undefined,
  folder: string,
): { name: string; keyPath: string; certPath: string } {
  const wanted = name ?? signingKeys.default;
  const known = signingKeys.keys.map((key) => JSON.stringify(key.name)).join(", ") || "none";
  if (wanted === undefined) {
    throw new NotationError(
      "SIGNING_KEY_DEFAULT_MISSING",
      `${join(folder, FILE)} has no default key: name one with --key (there: ${known}), or give --key-file and --certificate-chain`,
    );
  }
  const key = signingKeys.keys.find((candidate) => candidate.name === wanted);
  if (!key) {
    throw new NotationError(
      "SIGNING_KEY_NOT_FOUND",
      `${join(folder, FILE)} has no key ${JSON.stringify(wanted)} (there: ${known}): name one of these, or another folder with --config`,
    );
  }
  const { keyPath, certPath } = key;
  if (keyPath === undefined || certPath === undefined) {
    throw new NotationError(
      "SIGNING_KEY_OF_PLUGIN",
      `the key ${JSON.stringify(wanted)} is one of the plugin ${JSON.stringify(key.pluginName ?? "")}, and plugins are not supported: sign with notation, or with a key in a file`,
    );
  }
  return { name: wanted, keyPath, certPath };
}

function readKey(value: unknown, index: number, path: string): SigningKey {
  if (!isJsonObject(value) || typeof value.name !== "string" || value.name === "") {
    throw malformed(path, `keys[${index}] has no name`);
  }
  const { name } = value;
  const members = MEMBERS.flatMap((member): [string, string][] => {
    const text = value[member] ?? "";
    if (typeof text !== "string") throw malformed(path, `${member} of the key ${JSON.stringify(name)} is no text`);
    return text === "" ? [] : [[member, text]];
  });
  return { name, ...Object.fromEntries(members) };
}

function malformed(path: string, what: string): NotationError {
  return new NotationError("SIGNING_KEYS_MALFORMED", `${path} cannot be used: ${what}; correct it`);
}
