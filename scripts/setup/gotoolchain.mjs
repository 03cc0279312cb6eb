import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { unpack } from "./archive.mjs";
import { downloadVerified } from "./download.mjs";
import { toolsDirectory } from "./paths.mjs";
import { newPartial } from "./store.mjs";

const MEBIBYTE = 1024 * 1024;

/**
 * @typedef {{version: string, download: import("./tools.mjs").Download & {member: string}}} GoRelease
 * @typedef {{platform: import("./node.mjs").Platform, unreachable: import("./download.mjs").Unreachable,
 *   task: import("./progress.mjs").Task, goRelease: GoRelease}} GoMeans
 */

/**
 * Go's own official release, for machines without Go: some tools publish no checksums, so they are built, and a network
 * alone must be enough. Not on PATH and not among the tools: only the set-up uses it.
 * @type {GoRelease}
 */
export const GO_RELEASE = {
  version: "1.26.8",
  download: {
    base: "https://dl.google.com/go/",
    asset: ({ os, arch }) => `go1.26.8.${os}-${arch === "x64" ? "amd64" : arch}.tar.gz`,
    checksums: (asset) => `${asset}.sha256`,
    member: "go",
    maxBytes: 200 * MEBIBYTE,
  },
};

/**
 * The `go` of the official release, downloaded and verified when it is not there yet.
 *
 * @param {string} root
 * @param {GoMeans} means
 * @returns {Promise<string>} the binary
 * @throws {SetupError} DOWNLOAD_FAILED, CHECKSUM_MISMATCH, ARCHIVE_INVALID
 */
export async function provideGo(root, { platform, unreachable, task, goRelease }) {
  const folder = join(toolsDirectory(root), `go-${goRelease.version}`);
  const go = join(folder, "bin", "go");
  if (existsSync(go)) return go;
  const partial = newPartial(root);
  task.update("no Go here: fetching its official release");
  const archive = await downloadVerified(goRelease.download, platform, partial, task, unreachable);
  await unpack(archive, goRelease.download.member, join("bin", "go"), join(partial, "go"));
  rmSync(folder, { recursive: true, force: true });
  renameSync(join(partial, "go"), folder); // whole, or not at all
  return go;
}
