import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The hash of values and of files' contents. A name and a length stand before each content, so that bytes cannot move
 * from one file to the next unnoticed.
 * @param {readonly string[]} values
 * @param {string} [root]
 * @param {readonly string[]} [files] relative to `root`, in any order
 * @returns {string} SHA-256, hexadecimal
 */
export function fingerprint(values, root = "", files = []) {
  const hash = createHash("sha256").update(JSON.stringify(values));
  for (const file of [...files].sort()) {
    const content = readFileSync(join(root, file));
    hash.update(`\0${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/**
 * The files below a folder whose name ends in `extension`; none when the folder is missing.
 * @param {string} root
 * @param {string} folder relative to `root`
 * @param {string} extension
 * @returns {string[]} relative to `root`
 */
export function filesBelow(root, folder, extension) {
  if (!statSync(join(root, folder), { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(extension))
    .map((file) => join(folder, file));
}

/**
 * A stamp's text; undefined when there is none.
 * @param {string} file
 * @returns {string | undefined}
 */
export function readStamp(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined; // no stamp, or none that can be read: the work is done again
  }
}

/**
 * Writes by rename: a stamp is either whole or absent.
 * @param {string} file
 * @param {string} text
 */
export function writeStamp(file, text) {
  const partial = `${file}.${randomUUID()}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(partial, text);
  renameSync(partial, file);
}
