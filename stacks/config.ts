import { Config, getStack, log, type Output, output, runtime, secret } from "@pulumi/pulumi";
import { unknown } from "@pulumi/pulumi/output";
import { KEY_SPECS, type KeySpec } from "../components/notary/certificates/keySpec";
import { ConfigError } from "./error";
import { type HarborConfig, parseHarborConfig } from "./harborConfig";
import { homeOf } from "./home";

/** What the stack `local` can be told; every value has a default, so that no config has to be committed. */
export interface LocalConfig {
  /** OCI layout folder or archive to sign; relative to the project's folder, or absolute. */
  readonly image: string;
  /** Of 127.0.0.1; when absent a free one is chosen and kept. */
  readonly registryPort: number | undefined;
  /** Key of the signing identity. */
  readonly keySpec: KeySpec;
  /** Lets the image's tag be taken from content that somebody else pushed. */
  readonly acceptTag: boolean;
}

/** Everything that the stack `local` makes lies in here. */
export const LOCAL_HOME = homeOf("local");

/** The sample that ships with the project. */
export const SAMPLE_IMAGE = "stacks/local/net-monitor";

/** What a stack can be; its config's `environment` says it, the stack `local` needs no config. */
export type Environment = "local" | "harbor";

export function readEnvironment(): Environment {
  const environment = new Config().get("environment") ?? (getStack() === "local" ? "local" : undefined);
  if (environment === "local" || environment === "harbor") return environment;
  throw new ConfigError(
    "ENVIRONMENT_UNKNOWN",
    `${stackFile()}: environment is ${environment === undefined ? "missing" : JSON.stringify(environment)}; give local or harbor`,
  );
}

export function readLocalConfig(): LocalConfig {
  const config = new Config();
  return {
    image: config.get("image") ?? SAMPLE_IMAGE,
    registryPort: config.getNumber("registryPort"),
    keySpec:
      config.get<KeySpec>("keySpec", {
        allowedValues: [...KEY_SPECS],
      }) ?? "RSA-2048",
    acceptTag: config.getBoolean("acceptTag") ?? false,
  };
}

/** How a secret of a stack is set, of one that was never brought up as well. */
export function commandToSet(key: string): string {
  const stack = getStack();
  const commands = [
    `eval "$(npm run --silent env -- --stack ${stack})"`,
    `pulumi stack select --create ${stack}`,
    `pulumi config set --secret ${key} --stack ${stack}`,
  ];
  return commands.join(" && ");
}

/** The secret that only the engine may hold; named here, since unlike the others it is never looked into. */
const ADMIN_PASSWORD = "adminPassword";

/**
 * The config of a stack with the environment `harbor`, validated as a whole. A preview goes on without the admin password, and
 * says so unless it is among the secrets that were not read.
 * @throws ConfigError ADMIN_PASSWORD_MISSING in an `up`, CONFIG_INVALID
 */
export function readHarborConfig(unread: readonly string[] = []): HarborConfig {
  const config = new Config();
  const prefix = `${config.name}:`;
  const names = Object.keys(runtime.allConfig())
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length))
    .filter((name) => name !== ADMIN_PASSWORD);
  const raw = Object.fromEntries(names.map((name) => [name, structured(config.get(name))]));
  const parsed = parseHarborConfig(raw, stackFile());
  return { ...parsed, stack: getStack(), adminPassword: readAdminPassword(config, unread) };
}

function readAdminPassword(config: Config, unread: readonly string[]): Output<string> {
  const given = config.getSecret(ADMIN_PASSWORD);
  if (given !== undefined) return given;
  const missing = `adminPassword is not set: \`${commandToSet(ADMIN_PASSWORD)}\` asks for it (8 to 128 characters, with an upper-case and a lower-case letter and a digit)`;
  if (!runtime.isDryRun()) throw new ConfigError("ADMIN_PASSWORD_MISSING", `${missing}. Nothing was touched`);
  if (!unread.includes(ADMIN_PASSWORD)) void log.warn(`${missing}; \`up\` needs it.`);
  return secret(output(unknown as unknown as string));
}

/** The engine hands over lists and objects as JSON, and everything else as text. */
function structured(text: string | undefined): unknown {
  if (text === undefined || !/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function stackFile(): string {
  return `stacks/Pulumi.${getStack()}.yaml`;
}
