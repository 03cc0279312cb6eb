import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { isRecord } from "./descriptor";
import { OciError } from "./error";

/** Docker Hub's logins are kept under the address of its first API. */
const DOCKER_HUB_ADDRESS = "https://index.docker.io/v1/";
const MAX_CONFIG_SIZE = 16 * 1024 * 1024;

/** Where Docker keeps its configuration: DOCKER_CONFIG, else `~/.docker`. */
export function defaultDockerConfig(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.DOCKER_CONFIG || join(environment.HOME || homedir(), ".docker");
}

/** The name under which Docker and its credential helpers keep a host's login. */
export function serverAddressOf(host: string): string {
  return host === "docker.io" || host === "registry-1.docker.io" ? DOCKER_HUB_ADDRESS : host;
}

/** The parsed `config.json`, or undefined when there is none. Throws OciError CREDENTIALS_INVALID. */
export function readDockerConfig(file: string): Record<string, unknown> | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      return undefined;
    }
    throw new OciError("CREDENTIALS_INVALID", `${file} cannot be read: make it readable for this user.`, {
      cause: error,
    });
  }
  let config: unknown;
  try {
    config = text.length > MAX_CONFIG_SIZE ? undefined : JSON.parse(text);
  } catch {
    // No cause: JSON.parse quotes the text, which holds passwords.
    throw new OciError("CREDENTIALS_INVALID", `${file} is not JSON: correct it, or log in again to have it written.`);
  }
  if (!isRecord(config)) {
    throw new OciError("CREDENTIALS_INVALID", `${file} is no JSON object: log in again to have it written.`);
  }
  return config;
}

/** The text of a `config.json` that has one login. It is a secret. */
export function dockerConfigWith(host: string, login: { username: string; password: string }): string {
  const auth = Buffer.from(`${login.username}:${login.password}`).toString("base64");
  return `${JSON.stringify({ auths: { [host]: { auth } } }, undefined, 2)}\n`;
}

/** The name of the credential helper that has a host's login, and the member that says so. */
export function helperOf(config: Record<string, unknown>, host: string): { member: string; name: string } | undefined {
  const helpers = isRecord(config.credHelpers) ? config.credHelpers : {};
  for (const key of [serverAddressOf(host), host]) {
    const name = Object.hasOwn(helpers, key) ? helpers[key] : undefined;
    if (typeof name === "string" && name !== "") {
      return { member: "credHelpers", name };
    }
  }
  const { credsStore: name } = config;
  return typeof name === "string" && name !== "" ? { member: "credsStore", name } : undefined;
}

/** True for a helper's name that cannot lead out of PATH's folders. */
export function isHelperName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name);
}

/** A host's entry of `auths`; old versions of Docker wrote URLs as keys, of which the host counts. */
export function entryOf(config: Record<string, unknown>, host: string): Record<string, unknown> | undefined {
  const auths = isRecord(config.auths) ? config.auths : {};
  const address = serverAddressOf(host);
  const hosts = new Set([hostOf(address), host]);
  const key = Object.hasOwn(auths, address) ? address : Object.keys(auths).find((name) => hosts.has(hostOf(name)));
  const entry = key === undefined ? undefined : auths[key];
  return isRecord(entry) ? entry : undefined;
}

function hostOf(address: string): string {
  return address.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}
