import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "./descriptor";
import { OciError } from "./error";

/** How to log in to one registry, and where that was read (for messages). */
export type Credentials =
  | { kind: "anonymous"; source: string }
  | { kind: "password"; username: string; password: string; source: string }
  | { kind: "identityToken"; token: string; source: string };

/**
 * The login for `host` from a Docker configuration directory's `config.json`, member `auths`. An absent directory, file or
 * entry is the anonymous user.
 * Throws OciError CREDENTIALS_INVALID, or CREDENTIAL_HELPER_UNSUPPORTED when Docker would ask a program for this host's login.
 */
export function readCredentials(host: string, directory: string | undefined): Credentials {
  if (directory === undefined) {
    return { kind: "anonymous", source: "no Docker configuration directory" };
  }
  const source = join(directory, "config.json");
  const config = readConfig(source);
  if (config === undefined) {
    return { kind: "anonymous", source };
  }
  refuseHelper(config, host, source);
  const entry = findEntry(config, host);
  if (entry === undefined) {
    return { kind: "anonymous", source };
  }
  const { auth, username, password, identitytoken } = entry;
  if (typeof identitytoken === "string" && identitytoken !== "") {
    return { kind: "identityToken", token: identitytoken, source };
  }
  if (typeof auth === "string" && auth !== "") {
    return { kind: "password", ...decodeAuth(auth, host, source), source };
  }
  if (typeof username === "string" && username !== "" && typeof password === "string") {
    return { kind: "password", username, password, source };
  }
  if (Object.keys(entry).length === 0) {
    return { kind: "anonymous", source };
  }
  throw invalid(host, source, "has neither `auth`, `username` with `password`, nor `identitytoken`");
}

function readConfig(file: string): Record<string, unknown> | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw new OciError("CREDENTIALS_INVALID", `${file} cannot be read: make it readable for this user.`, {
      cause: error,
    });
  }
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    // No cause: JSON.parse quotes the text, which holds passwords.
    throw new OciError("CREDENTIALS_INVALID", `${file} is not JSON: correct it, or log in again to have it written.`);
  }
  if (!isRecord(config)) {
    throw new OciError("CREDENTIALS_INVALID", `${file} is no JSON object: log in again to have it written.`);
  }
  return config;
}

function refuseHelper(config: Record<string, unknown>, host: string, source: string): void {
  const helpers = isRecord(config.credHelpers) ? config.credHelpers : {};
  const ofHost = helpers[host];
  const [member, helper] =
    typeof ofHost === "string" && ofHost !== "" ? ["credHelpers", ofHost] : ["credsStore", config.credsStore];
  if (typeof helper === "string" && helper !== "") {
    throw new OciError(
      "CREDENTIAL_HELPER_UNSUPPORTED",
      `${source} leaves the login for ${host} to the credential helper "${helper}" (\`${member}\`), which is not supported: name a Docker configuration directory whose config.json has the login under \`auths\`.`,
    );
  }
}

function findEntry(config: Record<string, unknown>, host: string): Record<string, unknown> | undefined {
  const auths = isRecord(config.auths) ? config.auths : {};
  // Old Docker versions wrote a URL: https://host/v1/.
  const key = Object.hasOwn(auths, host)
    ? host
    : Object.keys(auths).find((name) => name.replace(/^https:\/\//, "").replace(/\/.*$/, "") === host);
  const entry = key === undefined ? undefined : auths[key];
  return isRecord(entry) ? entry : undefined;
}

function decodeAuth(auth: string, host: string, source: string): { username: string; password: string } {
  const text = Buffer.from(auth, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 1) {
    throw invalid(host, source, "has an `auth` that is not base64 of user:password");
  }
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function invalid(host: string, source: string, reason: string): OciError {
  return new OciError(
    "CREDENTIALS_INVALID",
    `The entry of ${source} for ${host} ${reason}: log in to ${host} again to have it written.`,
  );
}
