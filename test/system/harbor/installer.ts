import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { pack } from "tar-stream";
import type { DockerEngine } from "../dockerEngine";
import { imagesOf } from "./images";

export interface OfflineInstaller {
  readonly path: string;
  readonly sha256: string;
}

/** An archive like Harbor's harbor-offline-installer-vX.tgz, of a release whose images are then removed from the engine. */
export async function makeInstaller(engine: DockerEngine, folder: string, release: string): Promise<OfflineInstaller> {
  const images = imagesOf(release);
  const saved = join(folder, "saved.tar");
  const inner = join(folder, "images.tar.gz");
  const file = join(folder, `harbor-offline-installer-v${release}.tgz`);
  engine.docker(["save", "--output", saved, ...images]);
  engine.docker(["rmi", ...images]);
  await pipeline(createReadStream(saved), createGzip({ level: 1 }), createWriteStream(inner));
  const archive = pack();
  const written = pipeline(archive, createGzip({ level: 1 }), createWriteStream(file));
  archive.entry({ name: "harbor/install.sh" }, "#!/bin/bash\n");
  const entry = archive.entry({ name: `harbor/harbor.v${release}.tar.gz`, size: (await stat(inner)).size });
  await pipeline(createReadStream(inner), entry);
  archive.finalize();
  await written;
  await Promise.all([saved, inner].map((path) => rm(path)));
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return { path: file, sha256: hash.digest("hex") };
}
