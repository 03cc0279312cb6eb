import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { GO_RELEASE } from "../../scripts/setup/gotoolchain.mjs";
import { toolsDirectory } from "../../scripts/setup/paths.mjs";
import { projectRoot } from "./tools";

// The module of the notation CLI fixes the versions of all that it is made of.
const MODULE_OF_NOTATION = join(projectRoot, "scripts", "setup", "tools", "notation");

/**
 * The folder of a Go module of the notation CLI, with its test data, downloaded and checked against go.sum when it is not there
 * yet; e.g. `goModule("github.com/notaryproject/notation-go")`.
 */
export function goModule(path: string): string {
  const own = join(toolsDirectory(projectRoot), `go-${GO_RELEASE.version}`, "bin", "go");
  const go = existsSync(own) ? own : "go";
  const options = { cwd: MODULE_OF_NOTATION, encoding: "utf8" as const, env: { ...process.env, GOWORK: "off" } };
  const { Dir } = JSON.parse(execFileSync(go, ["mod", "download", "-json", path], options)) as { Dir: string };
  return Dir;
}
