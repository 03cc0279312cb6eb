import { describe, expect, it } from "vitest";
import { parseYaml } from "../../components/review/yaml";

describe("YAML of a hostile side", () => {
  it.each([
    ["merges", "config:\n  <<: {breakwater:robots: []}\n"],
    ["merges under quotes", 'config:\n  "<<": {breakwater:robots: []}\n'],
    ["says a key twice", "a: 1\nb: 2\na: 3\n"],
    ["says a key twice, as text and as number", "1: a\n'1': b\n"],
    ["has a map for a key", "? {a: 1}\n: b\n"],
    ["has an alias", "a: &a [1]\nb: *a\n"],
  ])("is refused where it %s", (_, text) => {
    expect(() => parseYaml(text)).toThrow(/./);
  });

  it("is read in a time that grows with its size, and keeps names such as __proto__ as names", () => {
    const keys = Array.from({ length: 50_000 }, (_, index) => `k${index}:`).join("\n");
    const value = parseYaml(`${keys}\n__proto__: {public: true}\n`) as Record<string, unknown>;
    expect(Object.keys(value)).toHaveLength(50_001);
    expect(value.public).toBeUndefined();
  }, 20_000);

  it("says where its first error is, in a time that grows with its size", () => {
    expect(() => parseYaml("a:\n  b: [1, 2\n")).toThrow(/ at line \d, column \d/);
    const start = Date.now();
    expect(() => parseYaml(`[${",".repeat(128 * 1024 - 2)}]`)).toThrow("at line 1, column 3");
    // Quadratic it was more than a minute.
    expect(Date.now() - start).toBeLessThan(20_000);
  }, 120_000);
});
