import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { GO_RELEASE } from "../../scripts/setup/gotoolchain.mjs";
import { installTool } from "../../scripts/setup/install.mjs";
import { toolIsCurrent } from "../../scripts/setup/store.mjs";
import type { Tool } from "../../scripts/setup/tools.mjs";
import {
  exampleArchive,
  exampleBinary,
  exampleScript,
  exampleTool,
  projectWithExample,
  serve,
  silent,
  temporaryFolder,
} from "./support";

const platform = { os: "linux", arch: "x64" } as const;
const systemPath = process.env.PATH ?? "";

/** Nobody listens there: these tests fetch no real release of Go. */
const nowhere = "http://127.0.0.1:9/";
const install = (root: string, tool: Tool, goBase = nowhere) =>
  installTool(root, tool, {
    platform,
    progress: silent,
    unreachable: new Map(),
    goRelease: { version: "1.24.0", download: { ...GO_RELEASE.download, base: goBase } },
  });
const installed = (root: string) => join(root, ".breakwater", "tools", "bin", "example");

/** Serves an archive, with checksums of `published`. */
function release(archive: Buffer, published = archive) {
  const sums = `${createHash("sha256").update(published).digest("hex")}  example.tar.gz\n`;
  return serve((request, response) => response.end(request.url === "/checksums.txt" ? sums : archive));
}

/** A folder with tools that the set-up itself calls, and without Go. */
function pathWithoutGo(): string {
  return ["/usr/bin", "/bin"].filter((folder) => !existsSync(join(folder, "go"))).join(":");
}

/**
 * A `go` that says which version it is and "builds" the example. It stands in for the compiler, whose builds take minutes:
 * what is looked at is how it is called, and how its result is installed.
 */
function standInForGo(version: string) {
  const folder = temporaryFolder();
  const environment = join(folder, "environment.json");
  const script = `#!/bin/sh
if [ "$1" = version ]; then echo "go version go${version} linux/amd64"; exit; fi
echo "{\\"GOTOOLCHAIN\\": \\"$GOTOOLCHAIN\\", \\"GOARCH\\": \\"$GOARCH\\"}" > ${environment}
while [ "$1" != -o ]; do shift; done
mkdir -p "$(dirname "$2")"
cat > "$2" <<'BINARY'
${exampleScript("1.2.3")}BINARY
chmod +x "$2"
`;
  writeFileSync(join(folder, "go"), script, { mode: 0o755 });
  return { folder, builtWith: () => JSON.parse(readFileSync(environment, "utf8")) };
}

beforeEach(() => vi.stubEnv("PATH", pathWithoutGo()));
afterEach(() => vi.unstubAllEnvs());

describe("a tool", () => {
  test("is taken from its variable, and looked for again when the variable is gone", async () => {
    const root = projectWithExample();
    const binary = exampleBinary("0.0.1");
    vi.stubEnv("BREAKWATER_EXAMPLE", binary);
    await install(root, exampleTool());
    expect(readFileSync(installed(root), "utf8")).toBe(exampleScript("0.0.1"));
    expect(toolIsCurrent(root, exampleTool())).toBe(true);

    vi.stubEnv("BREAKWATER_EXAMPLE", exampleBinary("0.0.2"));
    expect(toolIsCurrent(root, exampleTool())).toBe(false);
    vi.stubEnv("BREAKWATER_EXAMPLE", undefined);
    expect(toolIsCurrent(root, exampleTool())).toBe(false);
  });

  test("is refused when its variable names no executable", async () => {
    vi.stubEnv("BREAKWATER_EXAMPLE", join(temporaryFolder(), "missing"));
    await expect(install(projectWithExample(), exampleTool())).rejects.toMatchObject({ code: "TOOL_VARIABLE_INVALID" });
  });

  test("is taken from PATH when its version serves, and looked at again when that binary changes", async () => {
    const root = projectWithExample();
    const binary = exampleBinary("1.4.0");
    vi.stubEnv("PATH", `${dirname(binary)}:${systemPath}`);
    await install(root, exampleTool());
    expect(readlinkSync(join(root, ".breakwater", "tools", "example", "bin", "example"))).toBe(binary);
    expect(toolIsCurrent(root, exampleTool())).toBe(true);

    utimesSync(binary, new Date(0), new Date(0));
    expect(toolIsCurrent(root, exampleTool())).toBe(false);
  });

  test.each(["1.1.9", "2.0.0"])("is not taken from PATH in version %s", async (version) => {
    vi.stubEnv("PATH", `${dirname(exampleBinary(version))}:${pathWithoutGo()}`);
    await expect(install(projectWithExample(), exampleTool())).rejects.toMatchObject({ code: "TOOL_UNAVAILABLE" });
  });

  test("is not taken from PATH when another program has its name", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "example"), "#!/bin/sh\necho other 1.2.3\n", { mode: 0o755 });
    vi.stubEnv("PATH", `${folder}:${pathWithoutGo()}`);
    await expect(install(projectWithExample(), exampleTool())).rejects.toMatchObject({ code: "TOOL_UNAVAILABLE" });
  });

  test("is downloaded, verified and unpacked", async () => {
    const root = projectWithExample();
    const { base } = await release(exampleArchive("1.2.3"));
    await install(root, exampleTool(base));
    expect(readFileSync(installed(root), "utf8")).toBe(exampleScript("1.2.3"));
    expect(toolIsCurrent(root, exampleTool(base))).toBe(true);
    expect(toolIsCurrent(root, { ...exampleTool(base), version: "1.2.4" })).toBe(false);
  });

  test("is downloaded and verified where the release's asset is the binary itself", async () => {
    const root = projectWithExample();
    const { base } = await release(Buffer.from(exampleScript("1.2.3")));
    const { member: _, ...download } = exampleTool(base).download as NonNullable<Tool["download"]>;
    await install(root, { ...exampleTool(base), download });
    expect(readFileSync(installed(root), "utf8")).toBe(exampleScript("1.2.3"));
    expect(toolIsCurrent(root, exampleTool(base))).toBe(true);
  });

  test("that was downloaded is used again, without a network, after a variable stood before it", async () => {
    const root = projectWithExample();
    const { base, asked } = await release(exampleArchive("1.2.3"));
    await install(root, exampleTool(base));
    const requests = asked.length;
    vi.stubEnv("BREAKWATER_EXAMPLE", exampleBinary("0.0.1"));
    await install(root, exampleTool(base));
    vi.stubEnv("BREAKWATER_EXAMPLE", undefined);
    await install(root, exampleTool(base));
    expect(readFileSync(installed(root), "utf8")).toBe(exampleScript("1.2.3"));
    expect(asked).toHaveLength(requests);
  });

  test("is not installed, and Go is not tried, when its download has another checksum", async () => {
    const root = projectWithExample();
    const folder = temporaryFolder();
    const go = join(folder, "go");
    writeFileSync(go, `#!/bin/sh\ntouch ${folder}/called\n`, { mode: 0o755 });
    vi.stubEnv("PATH", `${folder}:${pathWithoutGo()}`);
    const { base } = await release(exampleArchive("1.2.3"), exampleArchive("6.6.6"));
    await expect(install(root, exampleTool(base))).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH" });
    expect(existsSync(installed(root))).toBe(false);
    expect(existsSync(join(folder, "called"))).toBe(false);
  });

  test("is not installed from an archive that was published truncated", async () => {
    const root = projectWithExample();
    const archive = exampleArchive("1.2.3");
    const { base } = await release(archive.subarray(0, archive.length / 2));
    await expect(install(root, exampleTool(base))).rejects.toMatchObject({ code: "TOOL_UNAVAILABLE" });
    expect(existsSync(installed(root))).toBe(false);
  });

  test("is not installed when the downloaded binary is another version", async () => {
    const root = projectWithExample();
    const { base } = await release(exampleArchive("1.2.2"));
    await expect(install(root, exampleTool(base))).rejects.toMatchObject({ code: "TOOL_UNAVAILABLE" });
    expect(existsSync(installed(root))).toBe(false);
  });

  test("is built by Go when its release has no checksums", async () => {
    const root = projectWithExample();
    const { folder, builtWith } = standInForGo("1.24.0");
    vi.stubEnv("PATH", `${folder}:${pathWithoutGo()}`);
    vi.stubEnv("GOTOOLCHAIN", "local");
    vi.stubEnv("GOARCH", "riscv64");
    await install(root, exampleTool());
    expect(readFileSync(installed(root), "utf8")).toBe(exampleScript("1.2.3"));
    // Settings for cross-compiling are dropped; a Go that is new enough stays what it is.
    expect(builtWith()).toEqual({ GOTOOLCHAIN: "local", GOARCH: "" });
  });

  test("is built by Go's own release, fetched and verified, where there is no Go", async () => {
    const { folder } = standInForGo("1.24.0");
    const release = temporaryFolder();
    mkdirSync(join(release, "go", "bin"), { recursive: true });
    renameSync(join(folder, "go"), join(release, "go", "bin", "go"));
    const archive = execFileSync("tar", ["-czf", "-", "-C", release, "go"]);
    const hash = createHash("sha256").update(archive).digest("hex");
    const { base, asked } = await serve((request, response) =>
      response.end(request.url?.endsWith(".sha256") ? hash : archive),
    );
    const root = projectWithExample();
    await install(root, exampleTool(), base);
    expect(readFileSync(installed(root), "utf8")).toBe(exampleScript("1.2.3"));
    expect(asked).toEqual(["/go1.26.8.linux-amd64.tar.gz.sha256", "/go1.26.8.linux-amd64.tar.gz"]);

    // A changed one is never run.
    const other = projectWithExample();
    const changed = await serve((request, response) =>
      response.end(request.url?.endsWith(".sha256") ? "0".repeat(64) : archive),
    );
    await expect(install(other, exampleTool(), changed.base)).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH" });
    expect(existsSync(installed(other))).toBe(false);
  });

  test("is built by a newer Go that an old one may fetch", async () => {
    const { folder, builtWith } = standInForGo("1.22.4");
    vi.stubEnv("PATH", `${folder}:${pathWithoutGo()}`);
    vi.stubEnv("GOTOOLCHAIN", "local");
    await install(projectWithExample(), exampleTool());
    expect(builtWith()).toMatchObject({ GOTOOLCHAIN: "auto" });
  });

  test("is not built by a Go that is too old to fetch a newer one", async () => {
    const { folder } = standInForGo("1.19.8");
    vi.stubEnv("PATH", `${folder}:${pathWithoutGo()}`);
    const error = await install(projectWithExample(), exampleTool()).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "TOOL_UNAVAILABLE" });
    expect((error as Error).message).toContain("1.19.8");
  });

  test("that is neither reachable nor buildable fails with each reason and each way out", async () => {
    const tool = { ...exampleTool("http://127.0.0.1:1/") };
    const error = await install(projectWithExample(), tool).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: "SetupError", code: "TOOL_UNAVAILABLE" });
    // What a person needs to act on; the wording around it is free.
    for (const fact of ["example 1.2.3", "BREAKWATER_EXAMPLE", "127.0.0.1:1", "PATH", "Go 1.24.0"]) {
      expect((error as Error).message).toContain(fact);
    }
  });

  test("that needs a companion gets it: beside a link when the real binary has it, beside a copy when not", async () => {
    const root = projectWithExample();
    mkdirSync(join(root, "node_modules"));
    writeFileSync(join(root, "node_modules", "example-companion"), "#!/bin/sh\n");
    const tool: Tool = { ...exampleTool(), companion: "node_modules/example-companion" };
    const bin = join(root, ".breakwater", "tools", "example", "bin");

    const binary = exampleBinary("1.2.3");
    vi.stubEnv("BREAKWATER_EXAMPLE", binary);
    await install(root, tool);
    expect(lstatSync(join(bin, "example")).isSymbolicLink()).toBe(false);
    expect(existsSync(join(bin, "example-companion"))).toBe(true);

    writeFileSync(join(dirname(binary), "example-companion"), "#!/bin/sh\n");
    chmodSync(join(dirname(binary), "example-companion"), 0o755);
    await install(root, tool);
    expect(lstatSync(join(bin, "example")).isSymbolicLink()).toBe(true);
    expect(existsSync(join(bin, "example-companion"))).toBe(true);
  });
});
