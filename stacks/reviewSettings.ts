import type { ReadSettings } from "../components/review/readState";
import type { StackSettings } from "../components/review/state";
import { parseYaml } from "../components/review/yaml";
import { ConfigInvalidError } from "./error";
import { type HarborConfig, parseHarborConfig } from "./harborConfig";

const PREFIX = "breakwater:";

/**
 * What a stack's config file says that bears on trust. Nothing of it is run or decrypted: secrets stay as they are.
 * @throws ConfigInvalidError, and what the parser of YAML throws
 */
export const readSettings: ReadSettings = (text, _stack, file) => {
  const { config } = (parseYaml(text) ?? {}) as { config?: unknown };
  const raw = valuesOf(config);
  const { environment } = raw;
  if (environment !== "harbor") {
    const problem = { key: "environment", message: `is ${JSON.stringify(environment)}; give harbor` };
    throw new ConfigInvalidError(file, [problem]);
  }
  return settingsOf(parseHarborConfig(raw, { file }));
};

function valuesOf(config: unknown): Record<string, unknown> {
  if (config === null || typeof config !== "object") return {};
  const values = Object.entries(config).filter(([key]) => key.startsWith(PREFIX));
  return Object.fromEntries(values.map(([key, value]) => [key.slice(PREFIX.length), value]));
}

type Parsed = Omit<HarborConfig, "adminPassword" | "stack">;

function settingsOf({ environment, hostname, httpsPort = 443, projects, robots, images }: Parsed): StackSettings {
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
    robots: robots.map(({ name, project, permissions }) => ({ name, project, permissions })),
    images: images.map(({ name, project, repository = name, tag, signedBy, acceptWeaker = [] }) => ({
      ...{ name, signedBy, acceptWeaker },
      reference: `${host}/${project}/${repository}:${tag}`,
    })),
  };
}
