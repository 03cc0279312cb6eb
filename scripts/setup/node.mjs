import { SetupError } from "./error.mjs";

/**
 * Refuses a Node that cannot load ES modules by `require` (unflagged since 20.19 and 22.12), which compiled code needs.
 * @param {string} [version] such as "20.19.0"
 * @throws {SetupError} NODE_UNSUPPORTED
 */
export function requireNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const supported = major >= 23 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
  if (supported) return;
  throw new SetupError(
    "NODE_UNSUPPORTED",
    `Node ${version} is not supported: install Node 20.19 or later, 22.12 or later, or 24 (https://nodejs.org)`,
  );
}

/** @typedef {{os: "linux" | "darwin", arch: "x64" | "arm64"}} Platform */

/**
 * @param {string} [os]
 * @param {string} [arch]
 * @returns {Platform}
 * @throws {SetupError} PLATFORM_UNSUPPORTED
 */
export function requirePlatform(os = process.platform, arch = process.arch) {
  if ((os === "linux" || os === "darwin") && (arch === "x64" || arch === "arm64")) return { os, arch };
  throw new SetupError(
    "PLATFORM_UNSUPPORTED",
    `${os} on ${arch} is not supported: use Linux or macOS on x64 or arm64 (on Windows: WSL 2)`,
  );
}
