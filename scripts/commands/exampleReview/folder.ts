import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { CommandError } from "../error";

/** Says that the folder is an example's, and may be made anew. */
const MARK = ".breakwater-example-review";

/** Makes the folder, and empties that of an earlier example. @throws CommandError USAGE when it holds anything else */
export async function requireEmpty(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const names = await readdir(folder);
  if (names.length > 0 && !names.includes(MARK)) {
    throw new CommandError("USAGE", `${folder} is not empty, and no earlier example: give another folder`);
  }
  for (const name of names) await rm(path.join(folder, name), { recursive: true, force: true });
  await writeFile(path.join(folder, MARK), "");
}
