import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { messageOf, SetupError } from "./error.mjs";
import { toolsDirectory } from "./paths.mjs";
import { run } from "./run.mjs";
import { compareVersions } from "./version.mjs";

/** The first Go that fetches the toolchain which a go.mod asks for. */
const FIRST_WITH_TOOLCHAINS = "1.21.0";

/**
 * @param {string} root
 * @param {import("./tools.mjs").Tool} tool
 */
const moduleFolder = (root, tool) => join(root, "scripts", "setup", "tools", tool.name);

/**
 * The Go version that a tool's go.mod asks for.
 * @param {string} root
 * @param {import("./tools.mjs").Tool} tool
 */
export function requiredGo(root, tool) {
  const text = readFileSync(join(moduleFolder(root, tool), "go.mod"), "utf8");
  return /^go (\S+)$/m.exec(text)?.[1] ?? FIRST_WITH_TOOLCHAINS;
}

/**
 * Builds a tool from its committed Go module: exact versions, checked against its go.sum.
 *
 * @param {string} root
 * @param {import("./tools.mjs").Tool} tool
 * @param {string} file the binary to write
 * @param {import("./progress.mjs").Task} task
 * @param {string} [go] the compiler
 * @throws {SetupError} GO_UNAVAILABLE, GO_BUILD_FAILED
 */
export async function buildWithGo(root, tool, file, task, go = "go") {
  const environment = await goEnvironment(go, requiredGo(root, tool), join(toolsDirectory(root), "go-config"));
  const started = Date.now();
  let newest = "";
  const show = () => task.update(`building with Go, ${Math.round((Date.now() - started) / 1000)} s ${newest}`);
  const clock = setInterval(show, 1000);
  show();
  try {
    const { package: source, ldflags, tags } = tool.go;
    const flags = ["-trimpath", "-buildvcs=false", "-mod=readonly", "-tags", tags, "-ldflags", ldflags];
    const { code, output } = await run(go, ["build", ...flags, "-o", file, source], {
      cwd: moduleFolder(root, tool),
      env: environment,
      onLine: (line) => {
        newest = line.startsWith("go: downloading") ? `(${line.slice(4)})` : "";
      },
    });
    if (code !== 0) {
      const said = output.split("\n").filter((line) => !line.startsWith("go: downloading"));
      throw new SetupError("GO_BUILD_FAILED", `go build ${source}: ${said.slice(-6).join("\n").trim()}`);
    }
  } finally {
    clearInterval(clock);
  }
}

/**
 * @param {string} go
 * @param {string} required
 * @param {string} config a folder of ours
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
async function goEnvironment(go, required, config) {
  // Go counts its own runs in the user's configuration folder, which is none of ours; what the user set there still holds.
  const userConfig = process.env.XDG_CONFIG_HOME || join(homedir(), ".config");
  const GOENV = process.env.GOENV || join(userConfig, "go", "env");
  const own = process.platform === "linux" ? { ...process.env, GOENV, XDG_CONFIG_HOME: config } : process.env;

  // Our own `go version` must not fetch a toolchain: it is asked what is installed.
  const { output } = await run(go, ["version"], { env: { ...own, GOTOOLCHAIN: "local" } }).catch((error) => {
    if (error.code === "ENOENT") throw new SetupError("GO_UNAVAILABLE", "no `go` on PATH");
    throw new SetupError("GO_UNAVAILABLE", `go version: ${messageOf(error)}`, { cause: error });
  });
  const installed = /\bgo(\d+\.\d+(?:\.\d+)?)/.exec(output)?.[1];
  if (installed === undefined) throw new SetupError("GO_UNAVAILABLE", `\`go version\` says ${output.trim()}`);
  const old = compareVersions(installed, required) < 0;
  if (old && compareVersions(installed, FIRST_WITH_TOOLCHAINS) < 0) {
    throw new SetupError("GO_UNAVAILABLE", `Go ${installed} is too old, ${required} or later is needed`);
  }
  /** @type {NodeJS.ProcessEnv} */
  const environment = { ...own, CGO_ENABLED: "0", GOWORK: "off" };
  // Settings for cross-compiling would give a binary for another machine, another Go's root the wrong library.
  for (const name of ["GOOS", "GOARCH", "GOBIN", ...(go === "go" ? [] : ["GOROOT"])]) delete environment[name];
  // Distributions pin GOTOOLCHAIN to local; a Go that is too old may fetch the one that go.mod asks for.
  if (old) environment.GOTOOLCHAIN = "auto";
  return environment;
}
