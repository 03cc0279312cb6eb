import { join } from "node:path";
import { isJsonObject } from "../notary/json/strictJson";
import { NotationError } from "./error";
import { readJsonFile } from "./jsonFile";

/** What notation's `config.json` says (notation-go config/config.go). */
export interface NotationConfig {
  /** Format of new signatures, in lower case; absent: jws. */
  readonly signatureFormat?: string;
  /** Registries that are spoken to in plain HTTP, `host[:port]`. */
  readonly insecureRegistries: readonly string[];
  /** Whether it has logins or names helpers that have: then notation asks here, else in Docker's configuration. */
  readonly hasLogins: boolean;
}

/** An absent file says nothing. @throws NotationError NOTATION_CONFIG_MALFORMED, NOTATION_FILE_* */
export function readNotationConfig(folder: string): NotationConfig {
  const path = join(folder, "config.json");
  const value = readJsonFile(path, malformed);
  if (value === undefined) return { insecureRegistries: [], hasLogins: false };
  const { signatureFormat, insecureRegistries = [] } = value;
  if (signatureFormat !== undefined && typeof signatureFormat !== "string") {
    throw malformed(path, "signatureFormat is no text");
  }
  if (!isTexts(insecureRegistries ?? [])) throw malformed(path, "insecureRegistries is no list of texts");
  return {
    ...(signatureFormat && { signatureFormat: signatureFormat.toLowerCase() }),
    insecureRegistries: (insecureRegistries ?? []) as string[],
    hasLogins: isFilled(value.auths) || isFilled(value.credHelpers) || isFilled(value.credsStore),
  };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((member) => typeof member === "string");
}

function isFilled(value: unknown): boolean {
  return typeof value === "string" ? value !== "" : isJsonObject(value) && Object.keys(value).length > 0;
}

function malformed(path: string, what: string): NotationError {
  return new NotationError("NOTATION_CONFIG_MALFORMED", `${path} cannot be used: ${what}; correct or remove it`);
}
