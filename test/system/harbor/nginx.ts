import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

const BINARY = "/usr/sbin/nginx";

/**
 * Puts Debian's nginx and the libraries that it loads into `folder`, which is to be an image's root. The package is unpacked and not
 * installed: its installation would start a server on port 80.
 *
 * @param scratch a folder for what is fetched
 */
export function placeNginx(folder: string, scratch: string): void {
  const binary = existsSync(BINARY) ? BINARY : fetchNginx(scratch);
  place(folder, binary, BINARY);
  for (const library of librariesOf(binary)) place(folder, realpathSync(library), library);
  mkdirSync(join(folder, "tmp"), { recursive: true });
  chmodSync(join(folder, "tmp"), 0o777); // nginx runs as an ordinary user and keeps its files there
}

function fetchNginx(scratch: string): string {
  mkdirSync(scratch, { recursive: true });
  execFileSync("apt-get", ["update", "-qq"], { stdio: "ignore" });
  execFileSync("sh", ["-c", "apt-get download -qq nginx && dpkg-deb -x nginx_*.deb unpacked"], {
    cwd: scratch,
    stdio: ["ignore", "ignore", "pipe"],
  });
  return join(scratch, "unpacked", BINARY);
}

/** Absolute paths, the dynamic linker's among them. */
function librariesOf(binary: string): string[] {
  const output = execFileSync("ldd", [binary], { encoding: "utf8" });
  if (output.includes("not found")) throw new Error(`a library of nginx is missing:\n${output}`);
  return [...output.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path ?? "");
}

function place(folder: string, from: string, to: string): void {
  mkdirSync(join(folder, dirname(to)), { recursive: true });
  copyFileSync(from, join(folder, to));
}
