import { Config, getStack, runtime } from "@pulumi/pulumi";
import { ADMIN_PASSWORD, readAdminPassword } from "./adminPassword";
import { readablePolicy } from "./committedTrust";
import { checkNamespaces } from "./configKeys";
import { ConfigInvalidError, type ConfigProblem } from "./error";
import { type HarborConfig, parseHarborConfig } from "./harborConfig";
import { type LocalConfig, parseLocalConfig } from "./localConfig";
import type { Machine } from "./machine";
import { LISTS } from "./readableConfig";

/** What a stack can be; its config's `environment` says it, the stack `local` needs no config. */
export type Environment = "local" | "harbor";

/** The stack that is made on loopback, in folders of its own: there is one. */
const LOCAL_STACK = "local";

/** @throws ConfigInvalidError ENVIRONMENT_UNKNOWN, CONFIG_INVALID */
export function readEnvironment(): Environment {
  const isLocal = getStack() === LOCAL_STACK;
  const environment = new Config().get("environment") ?? (isLocal ? "local" : undefined);
  if (environment === (isLocal ? "local" : "harbor")) return environment;
  throw new ConfigInvalidError(stackFile(), [environmentProblem(environment), ...namespaceProblems()]);
}

function environmentProblem(environment: string | undefined): ConfigProblem {
  const key = "environment";
  if (environment === "harbor")
    return { key, message: 'is "harbor" in the stack local; give it a stack of another name' };
  if (environment === "local") return { key, message: 'is "local", which only the stack local can be; give harbor' };
  const what = environment === undefined ? "missing" : JSON.stringify(environment);
  return { key, message: `is ${what}; give harbor`, code: "ENVIRONMENT_UNKNOWN" };
}

/** The config of the stack `local`, validated as a whole. @throws ConfigInvalidError */
export function readLocalConfig(): LocalConfig {
  const { name } = new Config();
  return parseLocalConfig(valuesOf(name), { file: stackFile(), problems: namespaceProblems() });
}

/**
 * The config of a stack with the environment `harbor`, validated as a whole. A preview goes on without the admin password. A
 * renewal of the certificate reads nothing but what Harbor itself is told: it goes on whatever became of the rest.
 * @throws ConfigInvalidError ADMIN_PASSWORD_MISSING in an `up`, ADMIN_PASSWORD_PLAIN, ADMIN_PASSWORD_UNFIT, CONFIG_INVALID
 */
export function readHarborConfig({ unreadSecrets = [], renewal }: Machine): HarborConfig {
  const stack = getStack();
  const left: readonly string[] = renewal === undefined ? [ADMIN_PASSWORD] : [ADMIN_PASSWORD, ...LISTS];
  const texts = Object.entries(valuesOf(new Config().name)).filter(([name]) => !left.includes(name));
  const raw = Object.fromEntries(texts.map(([name, text]) => [name, structured(text)]));
  const { value, problems } = readAdminPassword(commandToSet(ADMIN_PASSWORD), unreadSecrets);
  const parsed = parseHarborConfig(raw, {
    file: stackFile(),
    policy: readablePolicy(stack),
    problems: [...namespaceProblems(), ...problems],
  });
  return { ...parsed, stack, adminPassword: value };
}

/** How a secret of a stack is set, of one that was never brought up as well. */
function commandToSet(key: string): string {
  const stack = getStack();
  const commands = [
    `eval "$(npm run --silent env -- --stack ${stack})"`,
    `pulumi stack select --create ${stack}`,
    `pulumi config set --secret ${key} --stack ${stack}`,
  ];
  return commands.join(" && ");
}

function valuesOf(namespace: string): Record<string, string> {
  const values = Object.entries(runtime.allConfig()).filter(([key]) => key.startsWith(`${namespace}:`));
  return Object.fromEntries(values.map(([key, value]) => [key.slice(namespace.length + 1), value]));
}

function namespaceProblems(): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  checkNamespaces(Object.keys(runtime.allConfig()), new Config().name, problems);
  return problems;
}

/** The engine hands over lists and objects as JSON, and everything else as text. */
function structured(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function stackFile(): string {
  return `stacks/Pulumi.${getStack()}.yaml`;
}
