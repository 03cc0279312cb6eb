import { describe, expect, it } from "vitest";
import { VERBS } from "../../scripts/commands/breakwater/cli";
import { breakwater, expectError } from "./support";

describe("help", () => {
  it("names every verb", async () => {
    const { code, stdout, stderr } = await breakwater(["--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const { name } of VERBS) expect(stdout).toMatch(new RegExp(`^  ${name} `, "m"));
    expect(stdout).toContain("Exit codes");
    expect((await breakwater(["help"])).stdout).toBe(stdout);
  });

  it("is what a call without a verb shows, as an error", async () => {
    const { code, stdout } = await breakwater([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: (await breakwater(["--help"])).stdout });
  });

  it.each(VERBS.map((verb) => [verb.name, verb] as const))(
    "of %s names every option, exit code and an example",
    async (name, verb) => {
      const { code, stdout, stderr } = await breakwater([name, "--help"]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      for (const option of Object.keys(verb.options)) expect(stdout).toContain(`--${option}`);
      expect(stdout).toMatch(/Exit codes?: 0/);
      expect(stdout).toMatch(new RegExp(`^Examples?:\\n  breakwater ${name}`, "m"));
      expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
      for (const alias of verb.aliases ?? []) expect((await breakwater([alias, "-h"])).stdout).toBe(stdout);
      expect((await breakwater(["help", name])).stdout).toBe(stdout);
    },
  );

  it("is there beside arguments that are wrong", async () => {
    expect((await breakwater(["verify", "--nonsense", "--help"])).code).toBe(0);
  });

  it("has the version", async () => {
    expect((await breakwater(["--version"])).stdout).toMatch(/^breakwater \d+\.\d+\.\d+\n$/);
  });
});

describe("wrong usage", () => {
  const ref = "registry.example/app:v1";

  it.each([
    ["an unknown verb", ["verfy", ref], "verify"],
    ["an unknown option", ["verify", ref, "--jsn"], "--json"],
    ["an option of another verb", ["lint", "chain.pem", "--trsut", "x"], "lint --help"],
  ])("%s: says what was meant", async (_, args, meant) => {
    expect(await expectError(args, "USAGE")).toContain(meant);
  });

  it.each([
    ["no reference", ["verify"]],
    ["an empty reference", ["verify", ""]],
    ["two references", ["verify", ref, ref]],
    ["an option without its value", ["verify", ref, "--trust"]],
    ["an empty value", ["verify", ref, "--trust="]],
    ["a flag with a value", ["verify", ref, "--insecure-registry=yes"]],
    ["an option twice", ["verify", ref, "--trust", "a", "--trust", "b"]],
    ["a time that is none", ["verify", ref, "--at", "yesterday"]],
    ["a day that its month has not", ["verify", ref, "--at", "2026-02-30T00:00:00Z"]],
    ["no signatures at all", ["verify", ref, "--max-signatures", "0"]],
    ["a count that is none", ["verify", ref, "--max-signatures", "1e3"]],
    ["user metadata without a value", ["verify", ref, "-m", "key"]],
    ["user metadata twice", ["verify", ref, "-m", "key=a", "-m", "key=b"]],
    ["a purpose that is none", ["lint", "chain.pem", "--purpose", "codesigning"]],
    ["no chain", ["lint"]],
    ["a format that is none", ["sign", ref, "--signature-format", "JWS"]],
    ["half of a pair of files", ["sign", ref, "--key-file", "key.pem"]],
    ["a name beside files", ["sign", ref, "-k", "a", "--key-file", "k", "--certificate-chain", "c"]],
    ["an argument for keys", ["keys", "wabbit"]],
    ["a trust store type that is none", ["certificates", "--type", "CA"]],
  ])("%s", async (_, args) => {
    await expectError(args, "USAGE");
  });

  it("ends its sentences also where no verb is near", async () => {
    expect(await expectError(["xxxxxxxxxxxx", "-h"], "USAGE")).toContain(". `breakwater --help` shows");
    expect(await expectError(["verfy", "-h"], "USAGE")).toContain('"verify"? `breakwater --help` shows');
  });

  it("an expiry that is none", async () => {
    await expectError(["sign", ref, "--expiry", "1 day"], "DURATION_INVALID");
  });
});
