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
  const raw = valuesOf(config, file);
  const { environment } = raw;
  if (environment !== "harbor") {
    const problem = { key: "environment", message: `is ${JSON.stringify(environment)}; give harbor` };
    throw new ConfigInvalidError(file, [problem]);
  }
  return settingsOf(parseHarborConfig(raw, { file }));
};

/** To the engine a key without a namespace is the project's, too. */
function valuesOf(config: unknown, file: string): Record<string, unknown> {
  if (config === null || typeof config !== "object") return {};
  const values = Object.entries(config).flatMap(([key, value]): [string, unknown][] => {
    if (key.startsWith(PREFIX)) return [[key.slice(PREFIX.length), value]];
    return key.includes(":") ? [] : [[key, value]];
  });
  const twice = values.find(([key], index) => values.findIndex(([other]) => other === key) !== index);
  if (twice === undefined) return Object.fromEntries(values);
  const message = `is there with and without "${PREFIX}"; keep one of both`;
  throw new ConfigInvalidError(file, [{ key: twice[0], message }]);
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
