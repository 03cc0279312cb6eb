import { runDocker } from "../../docker/cli";
import { DockerError } from "../../docker/error";
import { messageOf } from "../../errors";
import { HarborInstallationError } from "./error";
import type { HarborInstallationInputs } from "./inputs";
import { loadInstaller } from "./installer";
import { prepareImage } from "./version";

const PULL_MS = 15 * 60_000;

/**
 * Sees to it that the release's `prepare` image is on the engine, before anything is stopped for it: a version that
 * does not exist shows here. With an installer nothing is pulled, now or later.
 */
export async function provideImages(inputs: HarborInstallationInputs, progress: (line: string) => void): Promise<void> {
  const image = prepareImage(inputs.version);
  if (await isPresent(image)) return;
  if (inputs.installer) {
    await loadInstaller(inputs.installer, progress);
    if (await isPresent(image)) return;
    throw missing(`the offline installer ${inputs.installer.path} does not hold ${image}: it is of another version`);
  }
  progress(`pulling ${image}`);
  try {
    await runDocker(["pull", "--quiet", image], { timeoutMs: PULL_MS });
  } catch (error) {
    if (!(error instanceof DockerError) || error.code !== "DOCKER_COMMAND_FAILED") throw error;
    const wayOut =
      "Is there such a version, and a network? A machine without one takes `installer`, the offline installer";
    throw missing(`${image} can't be pulled: ${messageOf(error)}\n${wayOut}`, error);
  }
}

/** Loads the installer again when the engine lacks one of `images`: a load that was killed left only some. */
export async function requireLoaded(
  inputs: HarborInstallationInputs,
  images: readonly string[],
  progress: (line: string) => void,
): Promise<void> {
  const isMissing = async () => (await Promise.all(images.map(isPresent))).includes(false);
  if (inputs.installer && (await isMissing())) await loadInstaller(inputs.installer, progress);
}

/** What `docker run` and `docker compose up` are told about images that are not there. */
export function pullPolicy(inputs: HarborInstallationInputs): "never" | "missing" {
  return inputs.installer ? "never" : "missing";
}

async function isPresent(image: string): Promise<boolean> {
  return (await runDocker(["images", "--quiet", image], { timeoutMs: 60_000 })).trim() !== "";
}

function missing(message: string, cause?: unknown): HarborInstallationError {
  return new HarborInstallationError("HARBOR_IMAGE_MISSING", message, { cause });
}
