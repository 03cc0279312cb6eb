import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { unknownData } from "./dataRecord";
import { HarborInstallationError } from "./error";
import { DATA, type Layout } from "./layout";

/**
 * Throws `HARBOR_DIRECTORY_UNKNOWN` or `HARBOR_DATA_UNKNOWN` when the folders hold what a Harbor of somebody else is made of: an
 * installation would write over it, and its end would remove it. What an earlier run left carries that run's mark.
 */
export async function requireOwnFolders(layout: Layout): Promise<void> {
  if (existsSync(layout.journal)) return; // an upgrade from here is under way: its way back moves the other marks
  const { directory, harborYml, composeFile, common, input, before } = layout;
  // Written before anything else in there.
  if (!existsSync(layout.rendered)) {
    const found = [harborYml, composeFile, common, input, before].filter(existsSync).map((file) => path.basename(file));
    if (found.length > 0) {
      throw new HarborInstallationError(
        "HARBOR_DIRECTORY_UNKNOWN",
        `${directory} holds ${found.join(", ")} that no installation from here has made, and this one would write over them. ` +
          "Name an empty folder as `directory`; or if they are a Harbor's that this one takes over, stop it (`docker compose down` in " +
          "that folder; its data stay) and move them away",
      );
    }
  }
  if (existsSync(layout.record)) return;
  const filled = await Promise.all(DATA.map((name) => isFilled(path.join(layout.data, name))));
  const found = DATA.filter((_name, at) => filled[at]);
  if (found.length > 0) throw unknownData(layout, found);
}

async function isFilled(file: string): Promise<boolean> {
  const entries = await readdir(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    if (error.code === "ENOTDIR") return [file];
    throw error;
  });
  return entries.length > 0;
}
