import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { SetupError } from "./error.mjs";
import { workDirectory } from "./paths.mjs";
import { run } from "./run.mjs";
import { filesBelow, fingerprint, readStamp, writeStamp } from "./stamp.mjs";

/** @param {string} root */
const stampFile = (root) => join(root, "bin", ".stamp");

/** @param {string} root */
function sourcesFingerprint(root) {
  const sources = ["stacks", "components", "scripts"].flatMap((folder) => filesBelow(root, folder, ".ts"));
  return fingerprint([], root, [...sources, "tsconfig.json", "package-lock.json"]);
}

/**
 * Whether `bin/` was compiled from the sources as they are.
 * @param {string} root
 */
export function buildIsCurrent(root) {
  return readStamp(stampFile(root)) === sourcesFingerprint(root);
}

/**
 * Compiles TypeScript into a fresh `bin/`. The old one stays usable until the new one is whole.
 * @param {string} root
 * @param {import("./progress.mjs").Progress} progress
 * @throws {SetupError} COMPILE_FAILED (the compiler's errors are in the message); the old `bin/` is untouched
 */
export async function build(root, progress) {
  const task = progress.task("build");
  removeLeftovers(root);
  // Taken first: a source that is edited meanwhile makes the next run compile again.
  const stamp = sourcesFingerprint(root);
  const fresh = join(workDirectory(root), `build-${process.pid}`);
  const bin = join(root, "bin");
  mkdirSync(fresh, { recursive: true });
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const args = [compiler, "--project", join(root, "tsconfig.json"), "--outDir", fresh, "--pretty", "false"];
  const { code, output } = await run(process.execPath, args, { cwd: root });
  if (code !== 0) {
    task.end("failed");
    rmSync(fresh, { recursive: true, force: true });
    throw new SetupError(
      "COMPILE_FAILED",
      `TypeScript does not compile: correct this, then try again\n${output.trim()}`,
    );
  }
  pointMapsFrom(fresh, bin);
  writeStamp(join(fresh, ".stamp"), stamp);
  const old = join(workDirectory(root), `build-old-${process.pid}`);
  renameIfThere(bin, old);
  renameSync(fresh, bin);
  rmSync(old, { recursive: true, force: true });
  task.end("done");
}

/**
 * Folders of builds that were killed. Only called under the set-up's lock, so no living build owns one.
 * @param {string} root
 */
function removeLeftovers(root) {
  mkdirSync(workDirectory(root), { recursive: true, mode: 0o700 });
  for (const name of readdirSync(workDirectory(root))) {
    if (name.startsWith("build-")) rmSync(join(workDirectory(root), name), { recursive: true, force: true });
  }
}

/**
 * Source maps name sources relative to where the compiler wrote them, which is not where they end up.
 * @param {string} from
 * @param {string} to
 */
function pointMapsFrom(from, to) {
  for (const file of filesBelow(from, ".", ".js.map")) {
    const map = JSON.parse(readFileSync(join(from, file), "utf8"));
    map.sources = map.sources.map((/** @type {string} */ source) =>
      relative(dirname(join(to, file)), resolve(dirname(join(from, file)), source)),
    );
    writeFileSync(join(from, file), JSON.stringify(map));
  }
}

/**
 * @param {string} from
 * @param {string} to
 */
function renameIfThere(from, to) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ENOENT") throw error;
  }
}
