import { createHash } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { SetupError } from "./error.mjs";
import { receive } from "./transport.mjs";

const MAX_CHECKSUMS_BYTES = 1024 * 1024;

/** @typedef {import("./transport.mjs").Unreachable} Unreachable */

/**
 * Downloads a release's asset and verifies it against the SHA-256 that the release publishes.
 *
 * @param {import("./tools.mjs").Download} download
 * @param {import("./node.mjs").Platform} platform
 * @param {string} folder where the asset is written
 * @param {import("./progress.mjs").Task} task
 * @param {Unreachable} unreachable
 * @returns {Promise<string>} the verified file
 * @throws {SetupError} DOWNLOAD_FAILED, CHECKSUM_MISMATCH (the file is removed)
 */
export async function downloadVerified(download, platform, folder, task, unreachable) {
  const asset = download.asset(platform);
  if (asset === undefined) {
    throw new SetupError("DOWNLOAD_FAILED", `the release has no binary for ${platform.os} on ${platform.arch}`);
  }
  const checksumsUrl = new URL(download.checksums(asset), download.base);
  const expected = findChecksum(await fetchText(checksumsUrl, unreachable), asset);
  if (expected === undefined) throw new SetupError("DOWNLOAD_FAILED", `${checksumsUrl} does not list ${asset}`);

  const url = new URL(asset, download.base);
  const file = join(folder, asset);
  const actual = await fetchFile(url, file, download.maxBytes, task, unreachable);
  if (actual === expected) return file;
  await rm(file, { force: true });
  throw new SetupError(
    "CHECKSUM_MISMATCH",
    `${url} has SHA-256 ${actual}, but its release publishes ${expected}. Nothing was installed: something between here and the release changes downloads, or the release was replaced. Find out which before you try again`,
  );
}

/**
 * @param {string} text lines `<hash>  <name>`, or the hash alone
 * @param {string} asset
 * @returns {string | undefined}
 */
export function findChecksum(text, asset) {
  for (const line of text.split("\n")) {
    const [, hash, name = asset] = /^([0-9a-f]{64})(?:\s+\*?(\S+))?\s*$/i.exec(line) ?? [];
    if (name === asset && hash !== undefined) return hash.toLowerCase();
  }
  return undefined;
}

/**
 * @param {URL} url
 * @param {Unreachable} unreachable
 */
async function fetchText(url, unreachable) {
  /** @type {Buffer[]} */
  const chunks = [];
  await receive(url, MAX_CHECKSUMS_BYTES, unreachable, async (chunk) => void chunks.push(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * @param {URL} url
 * @param {string} file
 * @param {number} maxBytes
 * @param {import("./progress.mjs").Task} task
 * @param {Unreachable} unreachable
 * @returns {Promise<string>} SHA-256 of what was written
 */
async function fetchFile(url, file, maxBytes, task, unreachable) {
  const hash = createHash("sha256");
  const handle = await open(file, "w");
  try {
    await receive(url, maxBytes, unreachable, async (chunk, received, total) => {
      hash.update(chunk);
      await handle.writeFile(chunk);
      const mebibytes = (received / 1024 / 1024).toFixed(1);
      task.update(total ? `downloading ${Math.floor((100 * received) / total)} %` : `downloading ${mebibytes} MiB`);
    });
  } finally {
    await handle.close();
  }
  return hash.digest("hex");
}
