import { createHash } from "node:crypto";
import { parseGitContext } from "../components/image/context/gitUrl";
import { secondsOf } from "../components/image/duration";
import type { ReadSettings } from "../components/review/state/stackConfigs";
import type { SecretSettings, StackSettings, TlsSettings } from "../components/review/state/state";
import { parseYaml } from "../components/review/yaml";
import { ADMIN_PASSWORD } from "./adminPassword";
import type { CertificateConfig } from "./certificateFields";
import { ConfigInvalidError } from "./error";
import { type HarborConfig, parseHarborConfig } from "./harborConfig";
import { given } from "./options";
import { pusherOf } from "./pusher";

const PREFIX = "breakwater:";
/** Of a robot's password (components/harbor/robot.ts). */
const OVERLAP = "7d";
/** What the engine encrypts with, as it notes it in the file. */
const ENCRYPTION = ["encryptionsalt", "secretsprovider", "encryptedkey"];

/**
 * What a stack's config file says that bears on trust. Nothing of it is run or decrypted: secrets stay as they are.
 * @throws ConfigInvalidError, and what the parser of YAML throws
 */
export const readSettings: ReadSettings = (text, _stack, file) => {
  const { config, ...rest } = (parseYaml(text) ?? {}) as Record<string, unknown>;
  requireNothingElse(rest, file);
  const { [ADMIN_PASSWORD]: password, ...raw } = valuesOf(config, file);
  const { environment } = raw;
  if (environment !== "harbor") {
    const problem = { key: "environment", message: `is ${JSON.stringify(environment)}; give harbor` };
    throw new ConfigInvalidError(file, [problem]);
  }
  return {
    ...settingsOf(parseHarborConfig(raw, { file })),
    secrets: secretsOf(password, rest),
    providers: providersOf(config),
  };
};

/** The engine takes settings from what `environment` names, which is in no commit. */
function requireNothingElse(rest: Readonly<Record<string, unknown>>, file: string): void {
  const other = Object.keys(rest).find((key) => !ENCRYPTION.includes(key));
  if (other === undefined) return;
  const message = `is beside \`config\`, where the engine may take settings from that are in no commit; take it out`;
  throw new ConfigInvalidError(file, [{ key: other, message }]);
}

/** To the engine a key without a namespace is the project's, too. */
function valuesOf(config: unknown, file: string): Record<string, unknown> {
  const values = entriesOf(config).flatMap(([key, value]): [string, unknown][] => {
    if (key.startsWith(PREFIX)) return [[key.slice(PREFIX.length), value]];
    return key.includes(":") ? [] : [[key, value]];
  });
  const twice = values.find(([key], index) => values.findIndex(([other]) => other === key) !== index);
  if (twice === undefined) return Object.fromEntries(values);
  const message = `is there with and without "${PREFIX}"; keep one of both`;
  throw new ConfigInvalidError(file, [{ key: twice[0], message }]);
}

function providersOf(config: unknown): StackSettings["providers"] {
  const others = entriesOf(config).filter(([key]) => key.includes(":") && !key.startsWith(PREFIX));
  return Object.fromEntries(others.map(([key, value]) => [key, digestOf(value)]));
}

function entriesOf(config: unknown): [string, unknown][] {
  return config !== null && typeof config === "object" ? Object.entries(config) : [];
}

function secretsOf(password: unknown, rest: Readonly<Record<string, unknown>>): SecretSettings {
  const encryption = ENCRYPTION.filter((key) => rest[key] !== undefined).map((key) => rest[key]);
  return {
    adminPassword: password === undefined ? undefined : digestOf(password),
    encryption: encryption.length === 0 ? undefined : digestOf(encryption),
  };
}

/** What may be secret is compared by this alone. */
function digestOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

type Parsed = Omit<HarborConfig, "adminPassword" | "stack">;

function settingsOf(config: Parsed): Omit<StackSettings, "secrets" | "providers"> {
  const { environment, hostname, httpsPort = 443, projects, robots, identities, images } = config;
  const host = httpsPort === 443 ? hostname : `${hostname}:${httpsPort}`;
  return {
    environment,
    hostname: host,
    projects: projects.map((project) => ({
      name: project.name,
      public: project.public ?? false,
      contentTrust: project.contentTrust ?? [],
      immutableTags: project.immutableTags ?? [],
    })),
    robots: robots.map(({ name, project, permissions, duration, overlap = OVERLAP }) => ({
      ...{ name, project, permissions, overlap },
      days: duration,
    })),
    identities: identities.map(({ name, keyFile }) => ({ name, keyFile })),
    images: images.map(({ name, project, repository = name, tag, signedBy, acceptWeaker = [], ...image }) => ({
      ...{ name, signedBy, acceptWeaker },
      reference: `${host}/${project}/${repository}:${tag}`,
      content: image.build ? buildOf(given(image.build)) : { source: image.source ?? "" },
      pushedBy: pusherOf({ project, ...given({ pushedBy: image.pushedBy }) }, robots) ?? "",
      acceptTag: image.acceptTag ?? false,
      expirySeconds: image.expiry === undefined ? undefined : secondsOf(image.expiry),
    })),
    installation: {
      version: config.version,
      installer: config.installer,
      certificate: tlsOf(config.certificate),
    },
  };
}

/** An `up` refuses what is no Git URL, one with a login in it among them, which no report may show. @throws BuildContextError */
function buildOf<Build extends { readonly context: string }>(build: Build): Build {
  parseGitContext(build.context);
  return build;
}

function tlsOf(certificate: CertificateConfig): TlsSettings {
  if ("files" in certificate) {
    const { chain, key, root } = certificate.files;
    return { from: `the file ${chain} with the key ${key}`, root, hook: [] };
  }
  const { directory, challenge, root } = certificate;
  return { from: directory, root, hook: challenge?.hook ?? [] };
}
