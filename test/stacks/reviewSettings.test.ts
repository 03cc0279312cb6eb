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
});
