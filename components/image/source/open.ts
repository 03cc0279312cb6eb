import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { scanArchive } from "./archive";
import { openDockerArchive } from "./dockerArchive";
import { ImageSourceError } from "./error";
import type { ImageSource } from "./imageSource";
import { openLayout } from "./layout";
import { openOciArchive } from "./ociArchive";
import { unrecognised } from "./tar";

/**
 * Opens an image on disk: an OCI image layout folder, an OCI archive or a `docker save` archive (tar, gzipped or not). A folder is
 * opened cheaply; an archive is read once from begin to end.
 * Throws ImageSourceError.
 */
export async function openImageSource(path: string): Promise<ImageSource> {
  const found = await look(path);
  if (found.isDirectory()) {
    if (!(await exists(join(path, "oci-layout"))) && !(await exists(join(path, "index.json")))) {
      throw unrecognised(path);
    }
    return openLayout(path);
  }
  if (!found.isFile()) throw unrecognised(path); // a pipe or a device would be waited for
  const scan = await scanArchive(path);
  if (scan.files.has("index.json") || scan.files.has("oci-layout")) {
    return openOciArchive(scan);
  }
  if (scan.files.has("manifest.json")) {
    return openDockerArchive(scan);
  }
  throw unrecognised(path);
}

async function look(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw new ImageSourceError(
      "SOURCE_MISSING",
      `${path} does not exist or cannot be read: build the image, or correct the path.`,
      {
        cause: error,
      },
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
