import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runtime } from "@pulumi/pulumi";
import { afterEach, describe, expect, it } from "vitest";
import { readEnvironment, readHarborConfig, readLocalConfig } from "../../stacks/config";
import { ConfigError, ConfigInvalidError } from "../../stacks/error";
import { projectRoot } from "../support/tools";
import { mockEngine, resolved } from "./support";

// What the engine hands over of a stack's config: texts by `namespace:key`, and which of them were secrets.

const PASSWORD = "Correct-horse-1";
const HARBOR = {
  "breakwater:environment": "harbor",
  "breakwater:hostname": "registry.example.com",
  "breakwater:version": "2.15.2",
  "breakwater:directory": "/opt/harbor",
  "breakwater:dataDirectory": "/data",
  "breakwater:certificate": '{"files":{"chain":"/tls/chain.pem","key":"/tls/key.pem"}}',
};
const KEY = "breakwater:adminPassword";

interface Handed {
  readonly stack?: string;
  readonly config?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly preview?: boolean;
}

async function hand({ stack = "harbor-example", config = {}, secrets = [KEY], preview = false }: Handed) {
  await mockEngine(stack, {}, preview);
  runtime.setAllConfig(config, [...secrets]);
}
afterEach(() => runtime.setAllConfig({}, []));

function refusal(read: () => unknown): ConfigInvalidError {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigInvalidError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
const keysOf = ({ problems }: ConfigInvalidError) => problems.map(({ key }) => key);

describe("the admin password", () => {
  const read = () => readHarborConfig({});

  it("is taken as a secret that is fit", async () => {
    await hand({ config: { ...HARBOR, [KEY]: PASSWORD } });
    expect(await resolved(readHarborConfig({}).adminPassword)).toBe(PASSWORD);
  });

  it.each([
    ["ADMIN_PASSWORD_PLAIN", { config: { ...HARBOR, [KEY]: PASSWORD }, secrets: [] }],
    ["ADMIN_PASSWORD_PLAIN", { config: { ...HARBOR, [KEY]: PASSWORD }, secrets: [], preview: true }],
    ["ADMIN_PASSWORD_UNFIT", { config: { ...HARBOR, [KEY]: "no-digit-in-Here" } }],
    ["ADMIN_PASSWORD_UNFIT", { config: { ...HARBOR, [KEY]: "Sh0rt" }, preview: true }],
    ["ADMIN_PASSWORD_UNFIT", { config: { ...HARBOR, [KEY]: "" } }],
    ["ADMIN_PASSWORD_MISSING", { config: HARBOR }],
  ])("is refused before anything is declared, and not shown: %s", async (code, handed) => {
    await hand(handed);
    const error = refusal(read);
    expect(error.code).toBe(code);
    expect(keysOf(error)).toEqual(["adminPassword"]);
    expect(error.message).toContain("pulumi config set --secret adminPassword --stack harbor-example");
    const given = (handed.config as Record<string, string>)[KEY];
    if (given) expect(error.message).not.toContain(given);
  });

  it("is named beside the other mistakes, each with its own code", async () => {
    const config = { ...HARBOR, [KEY]: PASSWORD, "breakwater:hostname": "a_b", "breakwatr:httpPort": "81" };
    await hand({ config, secrets: [] });
    const error = refusal(read);
    expect(error.code).toBe("CONFIG_INVALID");
    expect(keysOf(error).sort()).toEqual(["adminPassword", "breakwatr:httpPort", "hostname"]);
    expect(error.problems.find(({ key }) => key === "adminPassword")?.code).toBe("ADMIN_PASSWORD_PLAIN");
  });

  it("is fit as the README has it made, whatever the random bytes are", async () => {
    const readme = readFileSync(join(projectRoot, "README.md"), "utf8");
    const [, command = ""] = /^# (.*openssl rand.*) \| pulumi config set --secret adminPassword/m.exec(readme) ?? [];
    for (const worst of ["a".repeat(32), "B+/=".repeat(8), "1".repeat(32)]) {
      const script = `openssl() { echo '${worst}'; }; ${command}`;
      const made = execFileSync("sh", ["-c", script], { encoding: "utf8" });
      expect(made).toContain(worst);
      await hand({ config: { ...HARBOR, [KEY]: made } });
      expect(await resolved(read().adminPassword)).toBe(made);
    }
  });

  it("may be missing in a preview, which goes on", async () => {
    await hand({ config: HARBOR, preview: true });
    expect(readHarborConfig({ unreadSecrets: ["adminPassword"] }).hostname).toBe("registry.example.com");
  });
});

describe("the config of a stack with Harbor", () => {
  const images = {
    "breakwater:projects": '[{"name":"apps"}]',
    "breakwater:robots": '[{"name":"ci","project":"apps","permissions":"push"}]',
    "breakwater:identities": '[{"name":"wabbit","keyFile":"/k"}]',
    "breakwater:images": '[{"name":"app","project":"apps","tag":"v1","source":"x.tar","signedBy":"wabbit"}]',
  };

  it("is held against the trust policy that is committed for it", async () => {
    await hand({ config: { ...HARBOR, ...images, [KEY]: PASSWORD } });
    expect(keysOf(refusal(() => readHarborConfig({})))).toEqual(["hostname"]); // scopes of myharbor-registry.online
  });

  it("is read for a renewal of the certificate without what does not matter there", async () => {
    const renewal = { others: [], outputs: {} };
    await hand({ config: { ...HARBOR, ...images, "breakwater:robots": "[]", [KEY]: PASSWORD } });
    expect(readHarborConfig({ renewal })).toMatchObject({ hostname: "registry.example.com", images: [] });
    await hand({ config: { ...HARBOR, "breakwater:httpPort": "443", [KEY]: PASSWORD } });
    expect(keysOf(refusal(() => readHarborConfig({ renewal })))).toEqual(["httpPort"]);
  });

  it.each([
    ["breakwatr:hostname", "did you mean"],
    ["harbor:hostname", "use one of"],
    ["hostnam", "did you mean"],
    ["adminPasswort", 'did you mean "adminPassword"'],
  ])("has no key that nobody reads: %s", async (key, way) => {
    const full = key.includes(":") ? key : `breakwater:${key}`;
    await hand({ config: { ...HARBOR, [KEY]: PASSWORD, [full]: "registry.example.com" } });
    const error = refusal(() => readHarborConfig({}));
    expect(keysOf(error)).toEqual([key]);
    expect(error.message).toContain(way);
  });

  it("may have keys of the engine and of the provider that builds images", async () => {
    const others = { "pulumi:tags": "{}", "docker:host": "unix:///var/run/docker.sock" };
    await hand({ config: { ...HARBOR, [KEY]: PASSWORD, ...others } });
    expect(readHarborConfig({}).version).toBe("2.15.2");
  });
});

describe("the environment", () => {
  it("of the stack local is local, of another one harbor", async () => {
    await hand({ stack: "local" });
    expect(readEnvironment()).toBe("local");
    await hand({ config: HARBOR });
    expect(readEnvironment()).toBe("harbor");
  });

  it.each([
    ["ENVIRONMENT_UNKNOWN", "production", {}],
    ["ENVIRONMENT_UNKNOWN", "production", { "breakwater:environment": "habor" }],
    ["CONFIG_INVALID", "production", { "breakwater:environment": "local" }],
    ["CONFIG_INVALID", "local", { "breakwater:environment": "harbor" }],
  ])("is refused otherwise: %s in the stack %s", async (code, stack, config) => {
    await hand({ stack, config });
    const error = refusal(readEnvironment);
    expect(error.code).toBe(code);
    expect(keysOf(error)).toEqual(["environment"]);
  });

  it("that is missing since its namespace is misspelt is told with that", async () => {
    await hand({ config: { "breakwatr:environment": "harbor" } });
    expect(keysOf(refusal(readEnvironment))).toEqual(["environment", "breakwatr:environment"]);
  });
});

describe("the config of the stack local", () => {
  it("may be empty, or say what it is told", async () => {
    await hand({ stack: "local" });
    expect(readLocalConfig()).toMatchObject({
      image: "stacks/local/net-monitor",
      keySpec: "RSA-2048",
      acceptTag: false,
    });
    const config = {
      "breakwater:registryPort": "5000",
      "breakwater:keySpec": "EC-256",
      "breakwater:acceptTag": "true",
    };
    await hand({ stack: "local", config });
    expect(readLocalConfig()).toMatchObject({ registryPort: 5000, keySpec: "EC-256", acceptTag: true });
  });

  it("names every mistake at once", async () => {
    const config = {
      "breakwater:registryPort": "70000",
      "breakwater:keySpec": "RSA-1024",
      "breakwater:hostname": "x",
      "breakwtr:image": "x",
    };
    await hand({ stack: "local", config });
    const error = refusal(readLocalConfig);
    expect(error).toBeInstanceOf(ConfigError);
    expect(keysOf(error).sort()).toEqual(["breakwtr:image", "hostname", "keySpec", "registryPort"]);
  });
});
