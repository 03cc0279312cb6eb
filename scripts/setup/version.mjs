import { messageOf, SetupError } from "./error.mjs";
import { run } from "./run.mjs";

/** A program that does not print its version within this time, in milliseconds, is not what it is taken for. */
const VERSION_TIMEOUT = 15_000;

/**
 * Compares `major.minor.patch`; a missing part counts as 0.
 * @param {string} left
 * @param {string} right
 * @returns {number} negative, 0 or positive
 */
export function compareVersions(left, right) {
  const [a, b] = [left, right].map((text) => text.split(".").map((part) => Number.parseInt(part, 10)));
  for (let index = 0; index < 3; index++) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Asks a binary for its version.
 * @param {import("./tools.mjs").Tool} tool
 * @param {string} binary
 * @param {string} scratch a folder for what the binary may write
 * @returns {Promise<string>}
 * @throws {SetupError} TOOL_UNUSABLE when it does not run, or is another program of the same name
 */
export async function versionOf(tool, binary, scratch) {
  // The Pulumi CLI makes a home folder and looks for updates even to print its version.
  const env = { ...process.env, PULUMI_HOME: scratch, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { output } = await run(binary, tool.versionArgs, { env, timeout: VERSION_TIMEOUT }).catch((error) => {
    throw new SetupError("TOOL_UNUSABLE", `${binary} does not run: ${messageOf(error)}`, { cause: error });
  });
  const version = tool.versionPattern.exec(output)?.[1];
  if (version === undefined) {
    throw new SetupError("TOOL_UNUSABLE", `${binary} does not say that it is ${tool.description}`);
  }
  return version;
}

/**
 * @param {import("./tools.mjs").Tool} tool
 * @param {string} version
 */
export function accepts({ accepts: { from, before } }, version) {
  return compareVersions(version, from) >= 0 && compareVersions(version, before) < 0;
}
