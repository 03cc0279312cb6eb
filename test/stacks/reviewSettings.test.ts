import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigInvalidError } from "../../stacks/error";
import { readSettings } from "../../stacks/reviewSettings";

const FILE = "stacks/Pulumi.harbor-example.yaml";
const text = readFileSync(join(__dirname, "../..", FILE), "utf8");
const read = (config: string) => readSettings(config, "harbor-example", FILE);

describe("the config that a review reads", () => {
  it("has keys with and without the project's namespace, as the engine has", () => {
    const bare = text.replace(/^ {2}breakwater:robots:/m, "  robots:");
    expect(bare).not.toBe(text);
    expect(read(bare)).toEqual(read(text));
    expect(read(bare).robots).not.toEqual([]);
  });

  it("is refused where a key is there in both ways, or in none that is known", () => {
    for (const more of ["robots: []", "breakwater:config:robots: []", "<<: {breakwater:robots: []}"]) {
      expect(() => read(`${text.trimEnd()}\n  ${more}\n`), more).toThrow(/robots|<</);
    }
    expect(() => read(`${text.trimEnd()}\n  robots: []\n`)).toThrow(ConfigInvalidError);
  });

  it("says what each image is made of, who signs and pushes it, and where the keys are", () => {
    const { images, identities, robots, installation } = read(text);
    expect(images).toEqual([
      {
        name: "net-monitor",
        reference: "myharbor-registry.online/notation-project/net-monitor:v1",
        content: { context: "https://github.com/wabbit-networks/net-monitor.git#main" },
        ...{ signedBy: "wabbit-networks.io", pushedBy: "ci", acceptTag: false, acceptWeaker: [] },
      },
    ]);
    expect(identities).toEqual([{ name: "wabbit-networks.io", keyFile: "/etc/breakwater/wabbit-networks.io.key" }]);
    expect(robots[1]).toEqual({
      ...{ name: "cluster", project: "notation-project", permissions: "pull", days: 365, overlap: "7d" },
    });
    expect(installation).toEqual({ version: "2.15.2", certificate: { from: "letsencrypt", hook: [] } });
  });

  it("holds of secrets, and of what providers read, nothing but that they are others", () => {
    const secret = (word: string) =>
      read(`${text}  breakwater:adminPassword: {secure: ${word}}\n  docker:host: ${word}\nencryptionsalt: ${word}\n`);
    const { secrets, providers } = secret("one");
    expect(JSON.stringify([secrets, providers])).not.toContain("one");
    expect(secret("one")).toEqual({ ...read(text), secrets, providers });
    for (const other of [secret("two")]) {
      expect(other.secrets.adminPassword).not.toBe(secrets.adminPassword);
      expect(other.secrets.encryption).not.toBe(secrets.encryption);
      expect(other.providers["docker:host"]).not.toBe(providers["docker:host"]);
    }
  });

  it("is refused with what the engine takes from elsewhere", () => {
    expect(() => read(`${text}environment: [company/production]\n`)).toThrow(/environment.*no commit/);
  });
});
