import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { placeProgram } from "./program";

const BINARY = "/usr/sbin/nginx";

/**
 * Puts Debian's nginx and the libraries that it loads into `folder`, which is to be an image's root. The package is unpacked and not
 * installed: its installation would start a server on port 80.
 *
 * @param scratch a folder for what is fetched
 */
export function placeNginx(folder: string, scratch: string): void {
  const binary = existsSync(BINARY) ? BINARY : fetchNginx(scratch);
  placeProgram(folder, binary, BINARY);
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
