import { join } from "node:path";
import { entryOf, helperOf, isHelperName, readDockerConfig, serverAddressOf } from "./dockerConfig";
import { OciError } from "./error";

/** How to log in to one registry, and where that was read (for messages). */
export type Credentials =
  | { kind: "anonymous"; source: string }
  | { kind: "password"; username: string; password: string; source: string }
  | { kind: "identityToken"; token: string; source: string }
  | { kind: "registryToken"; token: string; source: string };

/** What the configuration says about a host's login: the login itself, or the program that is to be asked for it. */
export type StoredLogin = Credentials | { kind: "helper"; name: string; serverAddress: string; source: string };

/**
 * The login for `host` from a Docker configuration directory's `config.json`, found as Docker does: a helper for the host
 * (`credHelpers`), else the helper for all (`credsStore`), else the member `auths`. An absent directory, file or entry is the
 * anonymous user. No program is run yet. Throws OciError CREDENTIALS_INVALID.
 */
export function readCredentials(host: string, directory: string | undefined): StoredLogin {
  if (directory === undefined) {
    return { kind: "anonymous", source: "no Docker configuration directory" };
  }
  const source = join(directory, "config.json");
  const config = readDockerConfig(source);
  if (config === undefined) {
    return { kind: "anonymous", source };
  }
  const helper = helperOf(config, host);
  if (helper !== undefined) {
    if (!isHelperName(helper.name)) {
      throw new OciError(
        "CREDENTIALS_INVALID",
        `The member \`${helper.member}\` of ${source} names no credential helper: correct it to letters, digits, . _ and -.`,
      );
    }
    return { kind: "helper", name: helper.name, serverAddress: serverAddressOf(host), source };
  }
  return readEntry(entryOf(config, host), host, source);
}

function readEntry(entry: Record<string, unknown> | undefined, host: string, source: string): Credentials {
  if (entry === undefined) {
    return { kind: "anonymous", source };
  }
  const { auth, username, password, identitytoken, registrytoken } = entry;
  for (const token of [identitytoken, registrytoken]) {
    if (typeof token === "string" && !/^[\x21-\x7e]*$/.test(token)) {
      throw invalid(host, source, "has a token with characters that no token has");
    }
  }
  if (typeof identitytoken === "string" && identitytoken !== "") {
    return { kind: "identityToken", token: identitytoken, source };
  }
  if (typeof registrytoken === "string" && registrytoken !== "") {
    return { kind: "registryToken", token: registrytoken, source };
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
