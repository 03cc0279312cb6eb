import { existsSync, lstatSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { SetupError } from "./error.mjs";
import { run } from "./run.mjs";
import { fingerprint, readStamp, writeStamp } from "./stamp.mjs";

/** How much of npm's output an error shows. */
const NPM_LINES = 20;

/** @param {string} root */
const stampFile = (root) => join(root, "node_modules", ".breakwater-stamp");

/**
 * What `node_modules` depends on: the lockfile, the dependencies of package.json (its scripts may change freely), and the
 * kind of Node and machine.
 * @param {string} root
 */
function wanted(root) {
  const { dependencies, devDependencies, optionalDependencies, overrides } = readJson(join(root, "package.json"));
  const declared = JSON.stringify([dependencies, devDependencies, optionalDependencies, overrides]);
  return fingerprint([declared, process.versions.modules, process.platform, process.arch], root, ["package-lock.json"]);
}

/**
 * Whether `node_modules` fits the lockfile.
 * @param {string} root
 */
export function packagesAreCurrent(root) {
  return readStamp(stampFile(root)) === wanted(root);
}

/**
 * Installs the npm packages of the lockfile, without running any of their scripts.
 * @param {string} root
 * @param {import("./progress.mjs").Progress} progress
 * @throws {SetupError} PACKAGES_FAILED, PACKAGES_ELSEWHERE
 */
export async function installPackages(root, progress) {
  const stamp = wanted(root);
  if (readStamp(stampFile(root)) === undefined && holdsTheLockfile(root)) {
    writeStamp(stampFile(root), stamp); // a person's own `npm ci` is as good as ours
    return;
  }
  requireOwnFolder(join(root, "node_modules"));
  const task = progress.task("npm packages");
  const [command, ...first] = npmCommand();
  const args = ["ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  // `--prefix`: a surrounding `npm start` exports settings of its own.
  const { code, output } = await run(command, [...first, ...args, "--prefix", root], {
    cwd: root,
    onLine: (line) => task.update(line),
  }).catch((error) => ({ code: null, output: String(error) }));
  if (code !== 0) {
    task.end("failed");
    // npm explains itself first and prints its whole usage after that.
    const reason = output.trim().split("\n").slice(0, NPM_LINES).join("\n");
    throw new SetupError(
      "PACKAGES_FAILED",
      `\`npm ci\` failed: correct what it says (often the network, or the registry in .npmrc), then run the command again\n${reason}`,
    );
  }
  writeStamp(stampFile(root), stamp);
  task.end("installed");
}

/**
 * `npm ci` empties node_modules first, and of a link its target: that may be another project's.
 * @param {string} folder
 */
function requireOwnFolder(folder) {
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  throw new SetupError(
    "PACKAGES_ELSEWHERE",
    `${folder} is a link, and installing would empty the folder that it names: remove the link, then run the command again`,
  );
}

/**
 * Whether npm's own record in `node_modules`, written at the end of an installation, has every package of the lockfile
 * that this machine needs.
 * @param {string} root
 */
function holdsTheLockfile(root) {
  const record = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  const installed = readJson(record).packages ?? {};
  return Object.entries(readJson(join(root, "package-lock.json")).packages).every(([path, entry]) => {
    const found = installed[path];
    if (path === "" || (found === undefined && mayBeAbsent(entry))) return true;
    return found?.version === entry.version && found.integrity === entry.integrity;
  });
}

/**
 * Optional packages are for other machines, or belong to such, unless they name this one.
 * @param {{optional?: boolean, os?: string[], cpu?: string[], libc?: string[]}} entry
 */
function mayBeAbsent({ optional = false, os = [], cpu = [process.arch], libc }) {
  return optional && (libc !== undefined || !os.includes(process.platform) || !cpu.includes(process.arch));
}

/**
 * The npm that belongs to this Node.
 * @returns {[string, ...string[]]}
 */
function npmCommand() {
  const beside = join(dirname(process.execPath), "npm");
  const candidates = [process.env.npm_execpath, existsSync(beside) ? realpathSync(beside) : undefined];
  // Another package manager sets npm_execpath too, and cannot run `ci`.
  const script = candidates.find((path) => path?.endsWith("npm-cli.js"));
  return script === undefined ? ["npm"] : [process.execPath, script];
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}
