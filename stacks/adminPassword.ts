import { Config, log, type Output, output, runtime, secret } from "@pulumi/pulumi";
import { unknown } from "@pulumi/pulumi/output";
import { FIT_PASSWORD, isFitPassword } from "../components/harbor/installation/adminPassword";
import type { ConfigProblem } from "./error";

/** The key of the secret that only the engine may hold: it is shown nowhere, whatever is wrong with it. */
export const ADMIN_PASSWORD = "adminPassword";

export interface AdminPassword {
  /** Unknown in a preview of a stack that has none yet. */
  readonly value: Output<string>;
  readonly problems: readonly ConfigProblem[];
}

/**
 * The password, and what is wrong with it, as far as it is known. A preview goes on without one, and says so unless it is among
 * the secrets that were not read. `command` is how it is set.
 */
export function readAdminPassword(command: string, unread: readonly string[]): AdminPassword {
  const config = new Config();
  const given = runtime.getConfig(`${config.name}:${ADMIN_PASSWORD}`);
  if (given !== undefined) return { value: secret(given), problems: problemsOf(given, config.name, command) };
  const value = secret(output(unknown as unknown as string));
  const missing = `is not set: \`${command}\` asks for it (${FIT_PASSWORD})`;
  if (!runtime.isDryRun()) return { value, problems: [problem("MISSING", `${missing}. Nothing was touched`)] };
  if (!unread.includes(ADMIN_PASSWORD)) void log.warn(`${ADMIN_PASSWORD} ${missing}; \`up\` needs it.`);
  return { value, problems: [] };
}

function problemsOf(given: string, namespace: string, command: string): ConfigProblem[] {
  if (!isSecret(`${namespace}:${ADMIN_PASSWORD}`)) {
    const why = "stands there as plain text, for everybody who reads the file or its history in git";
    return [problem("PLAIN", `${why}; think of another one, and set it as a secret: \`${command}\` asks for it`)];
  }
  if (isFitPassword(given)) return [];
  return [problem("UNFIT", `is not one that Harbor takes: give ${FIT_PASSWORD}; \`${command}\` asks for it`)];
}

function problem(what: "MISSING" | "PLAIN" | "UNFIT", message: string): ConfigProblem {
  return { key: ADMIN_PASSWORD, message, code: `ADMIN_PASSWORD_${what}` };
}

/** The engine says which values it has decrypted; the SDK has that in its code, and not in its declarations. */
function isSecret(key: string): boolean {
  return (runtime as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(key);
}
