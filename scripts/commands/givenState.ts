import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { resolvePath } from "../../components/files/paths";

const HOME = ".breakwater";
export const STATE_DIRECTORY = `${HOME}/state`;
export const PASSPHRASE_FILE = `${HOME}/passphrase`;

/** Variables with which a person says where a stack's state is, and what opens its secrets. */
export const BACKEND = "PULUMI_BACKEND_URL";
export const PASSPHRASES = ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"];
const VARIABLES = [BACKEND, ...PASSPHRASES, "PULUMI_ACCESS_TOKEN"];

/**
 * Those that an environment has. Our own state's address and our own passphrase's file are no choice of anybody's: `npm run env`
 * prints them for the shell in which the next command is given.
 */
export function givenState(environment: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const given = VARIABLES.flatMap((name) => (environment[name] ? [[name, environment[name]] as const] : []));
  return Object.fromEntries(given.filter(([name, value]) => !isOurs(name, value)));
}

function isOurs(name: string, value: string): boolean {
  if (name === "PULUMI_CONFIG_PASSPHRASE_FILE") return isSameFile(value, PASSPHRASE_FILE);
  const folder = name === BACKEND ? folderOf(value) : undefined;
  return folder !== undefined && isSameFile(folder, STATE_DIRECTORY);
}

/** The folder of a file backend's URL, read as the engine reads it: relative to where it runs, `~` is the person's home. */
function folderOf(url: string): string | undefined {
  const folder = /^file:\/\/([^?]*)/.exec(url)?.[1]?.replace(/^~(?=\/|$)/, homedir());
  try {
    return folder && decodeURIComponent(folder);
  } catch {
    return folder; // no URL: the engine will say so
  }
}

function isSameFile(given: string, own: string): boolean {
  return realPath(resolvePath(given)) === realPath(resolvePath(own));
}

/** Without symbolic links, as far as it is there. */
function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
