import { chmodSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { messageOf, SetupError } from "./error.mjs";
import { run } from "./run.mjs";

/**
 * Unpacks a tool from a gzipped tar archive, running nothing of it.
 *
 * @param {string} archive
 * @param {string} member the binary, or the folder that has it and what belongs to it
 * @param {string} name of the binary
 * @param {string} folder made here; ends with the binary, and the rest of the member's folder, in it
 * @throws {SetupError} ARCHIVE_INVALID
 */
export async function unpack(archive, member, name, folder) {
  const scratch = `${folder}.unpacking`;
  mkdirSync(scratch, { recursive: true });
  // `-o`: files belong to whoever installs, even root.
  const args = ["-xzof", archive, "-C", scratch, member];
  const { code, output } = await run("tar", args).catch((error) => ({ code: null, output: messageOf(error) }));
  if (code !== 0) throw new SetupError("ARCHIVE_INVALID", `${archive} cannot be unpacked by tar: ${output.trim()}`);

  const unpacked = join(scratch, member);
  if (statSync(unpacked).isDirectory()) {
    renameSync(unpacked, folder);
  } else {
    mkdirSync(folder, { recursive: true });
    renameSync(unpacked, join(folder, name));
  }
  rmSync(scratch, { recursive: true, force: true });
  if (statSync(join(folder, name), { throwIfNoEntry: false })?.isFile()) return;
  throw new SetupError("ARCHIVE_INVALID", `${archive} has no binary ${name} in ${member}`);
}

/**
 * A release's asset that is the binary itself.
 *
 * @param {string} asset moved away
 * @param {string} name of the binary
 * @param {string} folder made here; ends with the binary in it
 */
export function placeBinary(asset, name, folder) {
  mkdirSync(folder, { recursive: true });
  renameSync(asset, join(folder, name));
  chmodSync(join(folder, name), 0o755);
}
