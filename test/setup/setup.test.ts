import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { requireNode, requirePlatform } from "../../scripts/setup/node.mjs";
import { setup } from "../../scripts/setup/setup.mjs";
import { tools } from "../../scripts/setup/tools.mjs";
import { accepts, compareVersions } from "../../scripts/setup/version.mjs";
import { exampleBinary, repository, runModule, smallProject } from "./support";

/** The program of a process that sets a project up. */
function program(root: string, names: string[]): string {
  const options = JSON.stringify({ tools: names, root });
  return `
    import { setup } from ${JSON.stringify(join(root, "scripts", "setup", "setup.mjs"))};
    try { await setup(${options}); } catch (error) { console.error(error.message); console.log(error.code); }`;
}

describe("the set-up", () => {
  test("installs and builds, says so on standard error only, and is silent when nothing is missing", async () => {
    const root = smallProject();
    const environment = { ...process.env, BREAKWATER_NOTATION: exampleBinary("1.0.0") };
    const first = await runModule(program(root, ["notation"]), environment).ended;
    expect(first).toMatchObject({ code: 0, stdout: "" });
    expect(first.stderr).not.toBe("");
    expect(existsSync(join(root, "bin", "components", "one.js"))).toBe(true);
    expect(existsSync(join(root, ".breakwater", "tools", "bin", "notation"))).toBe(true);
    expect(existsSync(join(root, ".breakwater", "setup.lock"))).toBe(false);

    const again = await runModule(program(root, ["notation"]), environment).ended;
    expect(again).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("run twice at once does everything once", async () => {
    const root = smallProject();
    const both = await Promise.all([runModule(program(root, [])).ended, runModule(program(root, [])).ended]);
    expect(both.map(({ code, stdout }) => ({ code, stdout }))).toEqual([
      { code: 0, stdout: "" },
      { code: 0, stdout: "" },
    ]);
    const builds = both.flatMap(({ stderr }) => stderr.split("\n")).filter((line) => line === "build: done");
    expect(builds).toHaveLength(1);
  });

  test("without Go on an emptied PATH and without checksums to download by names the tool and the ways out", async () => {
    const root = smallProject();
    const toolchain = join(root, "scripts", "setup", "gotoolchain.mjs");
    writeFileSync(
      toolchain,
      readFileSync(toolchain, "utf8").replace("https://dl.google.com/go/", "http://127.0.0.1:9/"),
    );
    await runModule(program(root, [])).ended;
    const { stdout, stderr } = await runModule(program(root, ["pebble"]), { ...process.env, PATH: "" }).ended;
    expect(stdout.trim()).toBe("TOOL_UNAVAILABLE");
    for (const fact of ["pebble 2.10.1", "BREAKWATER_PEBBLE", "PATH", "Go 1.24.0"]) expect(stderr).toContain(fact);
  });

  test("refuses a tool that is not in the table", async () => {
    await expect(setup({ tools: ["hammer"] })).rejects.toMatchObject({ name: "SetupError", code: "TOOL_UNKNOWN" });
  });
});

describe("Node", () => {
  test.each(["20.19.0", "22.12.0", "24.0.0"])("%s is accepted", (version) => {
    expect(() => requireNode(version)).not.toThrow();
  });

  test.each(["18.20.0", "20.18.9", "21.7.3", "22.11.0"])("%s is refused: it cannot require an ES module", (version) => {
    expect(() => requireNode(version)).toThrow(expect.objectContaining({ code: "NODE_UNSUPPORTED" }));
  });

  test("on Windows, or on another processor, is refused by name", () => {
    const refused = expect.objectContaining({ code: "PLATFORM_UNSUPPORTED" });
    expect(() => requirePlatform("win32", "x64")).toThrow(refused);
    expect(() => requirePlatform("linux", "ia32")).toThrow(refused);
    expect(requirePlatform("darwin", "arm64")).toEqual({ os: "darwin", arch: "arm64" });
  });
});

describe("versions", () => {
  test("are compared by number, a missing part as 0", () => {
    expect(compareVersions("3.9.0", "3.250.0")).toBeLessThan(0);
    expect(compareVersions("1.24", "1.24.0")).toBe(0);
    expect(compareVersions("2.0.0", "1.99.99")).toBeGreaterThan(0);
  });
});

describe("the table of tools", () => {
  // What each binary really printed, by build: official, from Go, Debian's.
  test.each([
    ["pulumi", "v3.250.0\n", "3.250.0"],
    ["pulumi", "3.250.0\n", "3.250.0"],
    [
      "notation",
      "\nNotation - a tool to sign and verify artifacts.\n\nVersion:     v1.3.2+unreleased\nGo version:  go1.26.8\n",
      "1.3.2",
    ],
    ["registry", "registry github.com/distribution/distribution/v3 v3.1.2+unknown\n", "3.1.2"],
    ["olareg", "VCSTag:     v0.1.2\nVCSRef:     unknown\n", "0.1.2"],
    ["pebble", "Pebble version: v2.10.1\n", "2.10.1"],
    ["compose", "Docker Compose version v2.40.3\n", "2.40.3"],
    ["compose", "Docker Compose version 2.26.1-4\n", "2.26.1"],
  ])("reads the version of %s", (name, output, version) => {
    const tool = tools.find((row) => row.name === name);
    expect(tool?.versionPattern.exec(output)?.[1]).toBe(version);
    expect(tool && accepts(tool, version)).toBe(true);
  });

  test.each(tools.map((tool) => [tool.name, tool] as const))(
    "has a Go module with the very version of %s",
    (name, tool) => {
      const module = readFileSync(join(repository, "scripts", "setup", "tools", name, "go.mod"), "utf8");
      expect(module).toContain(`\ntool ${tool.go.package}\n`);
      const required = [...module.matchAll(/^\t(\S+) v(\S+) \/\/ indirect$/gm)].map(([, path, version]) => ({
        path,
        version,
      }));
      const owner = required
        .filter(({ path }) => `${tool.go.package}/`.startsWith(`${path}/`))
        .sort((a, b) => (b.path?.length ?? 0) - (a.path?.length ?? 0))[0];
      const single = /^require (\S+) v(\S+) \/\/ indirect$/m.exec(module);
      expect(owner?.version ?? single?.[2]).toBe(tool.version);
    },
  );

  test.each(tools.map((tool) => [tool.name, tool] as const))("downloads %s over HTTPS only", (_, tool) => {
    if (tool.download) expect(new URL(tool.download.base).protocol).toBe("https:");
    else expect(["olareg", "pebble"]).toContain(tool.name);
  });
});
