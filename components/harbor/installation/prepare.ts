import { chmod, mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { runDocker } from "../../docker/cli";
import { DockerError } from "../../docker/error";
import { messageOf } from "../../errors";
import { writeAtomically, writeOwnedFiles } from "../../files/ownedFiles";
import { HarborInstallationError } from "./error";
import { pullPolicy } from "./images";
import type { HarborInstallationInputs } from "./inputs";
import { layoutOf } from "./layout";
import { PREPARE_CONTAINER, removePrepareContainer } from "./leftOvers";
import { beginRendering, harborYmlFile, harborYmlToMigrate, keepRendered } from "./rendered";
import { prepareImage } from "./version";

const PREPARE_MS = 10 * 60_000;

/**
 * Writes harbor.yml and renders docker-compose.yml and common/config from it, as the release's `prepare` script and its
 * upgrade guide do (goharbor/harbor make/prepare; goharbor.io "Upgrade Harbor and Migrate Data"): `prepare migrate` carries
 * harbor.yml over to the release's format, then `prepare` renders.
 *
 * @param from the release whose format harbor.yml has had so far
 */
export async function prepare(inputs: HarborInstallationInputs, databasePassword: string, from: string): Promise<void> {
  const layout = layoutOf(inputs);
  const input = path.join(layout.input, "harbor.yml");
  await mkdir(layout.directory, { recursive: true });
  await beginRendering(layout);
  await mkdir(layout.common, { recursive: true });
  await chmod(layout.common, 0o700); // it holds passwords that `prepare` lets root's group read
  try {
    await rm(layout.input, { recursive: true, force: true });
    await mkdir(layout.input, { mode: 0o700 });
    await writeAtomically(input, { content: harborYmlToMigrate(inputs, from), secret: true });
    await runPrepare(inputs, ["--volume", "/:/hostfs"], ["migrate", "--input", input]);
    const migrated = await readFile(input, "utf8");
    const file = harborYmlFile(inputs, databasePassword, migrated);
    await writeOwnedFiles(layout.directory, [file]);
    await rm(input);
    await writeOwnedFiles(layout.input, [file]);
    const volumes = [
      `${layout.input}:/input`,
      `${layout.data}:/data`,
      `${layout.directory}:/compose_location`,
      `${layout.common}/config:/config`,
      "/:/hostfs/",
    ].flatMap((volume) => ["--volume", volume]);
    await runPrepare(inputs, [...volumes, "--privileged"], ["prepare", ...(inputs.withTrivy ? ["--with-trivy"] : [])]);
    await keepRendered(inputs, migrated);
  } finally {
    await rm(layout.input, { recursive: true, force: true });
  }
}

async function runPrepare(inputs: HarborInstallationInputs, options: string[], command: string[]): Promise<void> {
  const run = ["run", "--rm", "--name", PREPARE_CONTAINER, "--pull", pullPolicy(inputs), ...options];
  try {
    await removePrepareContainer();
    await runDocker([...run, prepareImage(inputs.version), ...command], { timeoutMs: PREPARE_MS });
  } catch (error) {
    if (error instanceof DockerError && error.code === "DOCKER_TIMEOUT") await removePrepareContainer();
    if (!(error instanceof DockerError) || error.code !== "DOCKER_COMMAND_FAILED") throw error;
    throw new HarborInstallationError(
      "HARBOR_PREPARE_FAILED",
      `Harbor's ${command[0]} did not render its configuration: ${messageOf(error)}`,
      { cause: error },
    );
  }
}
