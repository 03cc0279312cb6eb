import { resolvePath } from "../../files/paths";
import { imageOfDaemon, withSavedImage } from "./dockerDaemon";
import { ImageSourceError } from "./error";
import type { ImageSource } from "./imageSource";
import { openImageSource } from "./open";

/**
 * Opens what a stack names as an image's source: a path, relative to the project's folder or absolute, or `docker-daemon:NAME[:TAG]`.
 * The image can be read while `work` runs. Throws ImageSourceError and DockerError.
 */
export async function withImageSource<Result>(
  source: string,
  work: (image: ImageSource) => Promise<Result>,
): Promise<Result> {
  const name = imageOfDaemon(source);
  if (name === undefined) return await work(await openImageSource(resolvePath(source)));
  return await withSavedImage(name, async (path) => await work(await openSaved(name, path)));
}

async function openSaved(name: string, path: string): Promise<ImageSource> {
  try {
    return await openImageSource(path);
  } catch (error) {
    if (!(error instanceof ImageSourceError)) throw error;
    const said = error.message.replaceAll(path, `docker-daemon:${name}`);
    // containerd's store keeps an index of all platforms also where it pulled one of them.
    const way =
      error.code === "SOURCE_TRUNCATED"
        ? " If only one platform of it was pulled, save that one: `docker save --platform … --output FILE`, and name FILE."
        : "";
    throw new ImageSourceError(error.code, `${said}${way}`, { cause: error });
  }
}
