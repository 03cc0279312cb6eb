import { accessSync, constants, realpathSync, rmSync, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve, sep } from "node:path";
import { placeBinary, unpack } from "./archive.mjs";
import { downloadVerified } from "./download.mjs";
import { SetupError } from "./error.mjs";
import { buildWithGo, requiredGo } from "./golang.mjs";
import { GO_RELEASE, provideGo } from "./gotoolchain.mjs";
import { toolsDirectory, toolVariable } from "./paths.mjs";
import { activate, isWhole, keep, linkTool, newPartial, ownEntry, removePartials } from "./store.mjs";
import { accepts, versionOf } from "./version.mjs";

/**
 * @typedef {import("./tools.mjs").Tool} Tool
 * @typedef {import("./progress.mjs").Task} Task
 * @typedef {import("./download.mjs").Unreachable} Unreachable
 * @typedef {{platform: import("./node.mjs").Platform, unreachable: Unreachable}} Reach
 * @typedef {Reach & {progress: import("./progress.mjs").Progress, goRelease?: import("./gotoolchain.mjs").GoRelease}} Means
 * @typedef {import("./gotoolchain.mjs").GoMeans} Way
 */

/**
 * Provides a tool at `.breakwater/tools/bin/<name>`: by its variable, by what was installed before, from PATH, from the
 * official download, or built by Go.
 *
 * @param {string} root
 * @param {Tool} tool
 * @param {Means} means
 * @throws {SetupError} TOOL_VARIABLE_INVALID, CHECKSUM_MISMATCH, TOOL_UNAVAILABLE (with the reason of each way)
 */
export async function installTool(root, tool, { platform, progress, unreachable, goRelease = GO_RELEASE }) {
  const variable = toolVariable(tool.name);
  const named = process.env[variable];
  if (named) {
    const binary = resolve(named);
    if (!isExecutable(binary)) {
      throw new SetupError(
        "TOOL_VARIABLE_INVALID",
        `${variable} names ${binary}, which is no executable file: correct or unset it`,
      );
    }
    linkTool(root, tool, binary, "variable");
    return;
  }
  if (isWhole(join(toolsDirectory(root), "store", ownEntry(tool)), tool)) {
    activate(root, tool, ownEntry(tool));
    return;
  }

  const task = progress.task(`${tool.name} ${tool.version}`);
  const tried = [`${variable}: not set`];
  for (const way of [fromPath, fromDownload, fromGo, fromFetchedGo]) {
    try {
      const done = await way(root, tool, { task, platform, unreachable, goRelease });
      // A release that could not be had is worth a word: building takes minutes, downloading seconds.
      task.end((way === fromGo || way === fromFetchedGo) && tool.download ? `${done}; ${tried.at(-1)}` : done);
      return;
    } catch (error) {
      const known = error instanceof SetupError;
      // Changed downloads are never passed over, and nothing else may go on after an interruption.
      if (!known || error.code === "CHECKSUM_MISMATCH" || error.code === "INTERRUPTED") {
        task.end("failed");
        throw error;
      }
      tried.push(error.message);
      task.update(error.message);
    } finally {
      removePartials(root);
    }
  }
  task.end("not available");
  const host = tool.download && new URL(tool.download.base).host;
  throw new SetupError(
    "TOOL_UNAVAILABLE",
    [
      `${tool.name} ${tool.version} (${tool.description}) is needed and could not be provided. Tried:`,
      ...tried.map((reason) => `  - ${reason.replaceAll("\n", "\n    ")}`),
      "Any one of these helps:",
      `  - set ${variable} to the path of a ${tool.name} binary`,
      `  - connect to a network that reaches ${host ?? "dl.google.com and the Go module proxy"}, and run the command again`,
      `  - install Go ${requiredGo(root, tool)} or later (https://go.dev/dl) with access to a Go module proxy`,
    ].join("\n"),
  );
}

/**
 * @param {string} root
 * @param {Tool} tool
 * @returns {Promise<string>} what was done, for the progress
 */
async function fromPath(root, tool) {
  const unfit = [];
  for (const binary of onPath(tool.commands, root)) {
    const scratch = newPartial(root);
    try {
      const version = await versionOf(tool, binary, scratch);
      if (accepts(tool, version)) {
        linkTool(root, tool, binary, "PATH");
        return `found ${binary} (${version})`;
      }
      unfit.push(`${binary} is ${version}, not ${tool.accepts.from} or later and before ${tool.accepts.before}`);
    } catch (error) {
      if (!(error instanceof SetupError) || error.code !== "TOOL_UNUSABLE") throw error;
      unfit.push(error.message);
    }
  }
  throw new SetupError("TOOL_UNUSABLE", `PATH: ${unfit.join("; ") || `no ${tool.commands.join(", no ")}`}`);
}

/**
 * @param {string} root
 * @param {Tool} tool
 * @param {Way} means
 */
async function fromDownload(root, tool, { task, platform, unreachable }) {
  if (tool.download === undefined) {
    throw new SetupError("DOWNLOAD_FAILED", "download: its release publishes no checksums to verify one against");
  }
  const partial = newPartial(root);
  try {
    const asset = await downloadVerified(tool.download, platform, partial, task, unreachable);
    const { member } = tool.download;
    if (member === undefined) placeBinary(asset, tool.name, join(partial, "bin"));
    else await unpack(asset, member, tool.name, join(partial, "bin"));
    rmSync(asset, { force: true });
    await mustBe(tool, partial);
  } catch (error) {
    if (!(error instanceof SetupError) || error.code === "CHECKSUM_MISMATCH" || error.code === "INTERRUPTED")
      throw error;
    throw new SetupError(error.code, `download: ${error.message}`, { cause: error });
  }
  keep(root, tool, partial, ownEntry(tool), "download");
  return "downloaded and verified";
}

/**
 * @param {string} root
 * @param {Tool} tool
 * @param {Way} means
 * @param {string} [go] the compiler
 */
async function fromGo(root, tool, { task }, go) {
  const started = Date.now();
  const partial = newPartial(root);
  try {
    await buildWithGo(root, tool, join(partial, "bin", tool.name), task, go);
    await mustBe(tool, partial);
  } catch (error) {
    if (!(error instanceof SetupError) || error.code === "INTERRUPTED") throw error;
    throw new SetupError(error.code, `Go: ${error.message}`, { cause: error });
  }
  keep(root, tool, partial, ownEntry(tool), "go");
  return `built with Go in ${Math.round((Date.now() - started) / 1000)} s`;
}

/**
 * With the official release of Go, which is fetched for it: a network alone must be enough.
 * @param {string} root
 * @param {Tool} tool
 * @param {Way} means
 */
async function fromFetchedGo(root, tool, means) {
  try {
    return await fromGo(root, tool, means, await provideGo(root, means));
  } catch (error) {
    if (!(error instanceof SetupError) || error.code === "CHECKSUM_MISMATCH" || error.code === "INTERRUPTED")
      throw error;
    throw new SetupError(error.code, `Go's own release: ${error.message}`, { cause: error });
  }
}

/**
 * A binary that does not run here (another architecture, a file system without execution) must not be kept.
 * @param {Tool} tool
 * @param {string} partial
 */
async function mustBe(tool, partial) {
  const scratch = join(partial, "scratch");
  const version = await versionOf(tool, join(partial, "bin", tool.name), scratch);
  rmSync(scratch, { recursive: true, force: true });
  if (version !== tool.version) {
    throw new SetupError("TOOL_UNUSABLE", `the binary says that it is ${version}, not ${tool.version}`);
  }
}

/**
 * @param {readonly string[]} commands
 * @param {string} root
 */
function onPath(commands, root) {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(isAbsolute);
  const own = toolsDirectory(root) + sep;
  const found = commands.flatMap((command) => folders.map((folder) => join(folder, command))).filter(isExecutable);
  // What the set-up made itself, put on PATH by a person, would become a link to itself.
  return [...new Set(found)].filter((binary) => !binary.startsWith(own) && !realpathSync(binary).startsWith(own));
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
