import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** Puts a program and the libraries that it loads into `folder`, which is to be an image's root; there it is at `to`. */
export function placeProgram(folder: string, binary: string, to: string): void {
  place(folder, realpathSync(binary), to);
  for (const library of librariesOf(binary)) place(folder, realpathSync(library), library);
}

/** Absolute paths, the dynamic linker's among them; none of a program that is linked statically. */
function librariesOf(binary: string): string[] {
  const { stdout, stderr } = spawnSync("ldd", [binary], { encoding: "utf8" });
  if (stdout.includes("not found")) throw new Error(`a library of ${binary} is missing:\n${stdout}`);
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path ?? "");
  if (libraries.length > 0 || /not a dynamic executable|statically linked/.test(stdout + stderr)) return libraries;
  throw new Error(`ldd does not know ${binary}:\n${stdout}${stderr}`);
}

function place(folder: string, from: string, to: string): void {
  mkdirSync(join(folder, dirname(to)), { recursive: true });
  copyFileSync(from, join(folder, to));
}
