import { lstatSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../errors";
import { NotationError } from "./error";

const FILE_BYTES_MAX = 1024 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The configuration folder that notation uses: NOTATION_CONFIG, else `notation` in the user's configuration folder.
 * Source: notation cmd/notation/main.go; notation-go dir/path.go; Go's os.UserConfigDir.
 */
export function notationFolder(env: Environment, platform: NodeJS.Platform = process.platform): string {
  if (env.NOTATION_CONFIG) return env.NOTATION_CONFIG;
  const home = env.HOME || homedir();
  if (platform === "darwin") return join(home, "Library", "Application Support", "notation");
  if (platform === "win32") return join(env.APPDATA || join(home, "AppData", "Roaming"), "notation");
  return join(env.XDG_CONFIG_HOME || join(home, ".config"), "notation");
}

/** @throws NotationError NOTATION_FOLDER_MISSING, said before any file of it is missed */
export function requireNotationFolder(folder: string): void {
  if (statOf(folder)?.isDirectory() || statOf(join(folder, "."))?.isDirectory()) return;
  throw new NotationError(
    "NOTATION_FOLDER_MISSING",
    `${folder} is no folder: name a notation configuration folder, the one that has trustpolicy.json in it`,
  );
}

/**
 * A file of the folder; undefined when there is none. Symbolic links are refused, as notation does (notation-go
 * config/base.go).
 * @throws NotationError NOTATION_FILE_*
 */
export function readNotationFile(path: string): Buffer | undefined {
  const stat = statOf(path);
  if (!stat) return undefined;
  if (!stat.isFile()) {
    throw new NotationError(
      "NOTATION_FILE_NOT_REGULAR",
      `${path} is no regular file (symbolic links and folders are not supported): put the file itself there`,
    );
  }
  if (stat.size > FILE_BYTES_MAX) {
    throw new NotationError("NOTATION_FILE_TOO_LARGE", `${path} has more than ${FILE_BYTES_MAX} bytes: remove it`);
  }
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function statOf(path: string) {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
    throw unreadable(path, error);
  }
}

export function unreadable(path: string, error: unknown): NotationError {
  return new NotationError("NOTATION_FILE_UNREADABLE", `${path} cannot be read: ${messageOf(error)}`, { cause: error });
}
