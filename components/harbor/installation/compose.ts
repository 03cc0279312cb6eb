import { existsSync } from "node:fs";
import { runDocker } from "../../docker/cli";
import { DockerError } from "../../docker/error";
import { messageOf } from "../../errors";
import { containersOf, foreignContainers, PROJECT } from "./containers";
import { HarborInstallationError } from "./error";
import { pullPolicy, requireLoaded } from "./images";
import type { HarborInstallationInputs } from "./inputs";
import { type Layout, layoutOf } from "./layout";

const UP_MS = 30 * 60_000;
const DOWN_MS = 5 * 60_000;

/** Starts what does not run; containers that run as they are declared stay. */
export async function composeUp(inputs: HarborInstallationInputs, progress: (line: string) => void): Promise<void> {
  const layout = layoutOf(inputs);
  const args = ["up", "--detach", "--remove-orphans", "--pull", pullPolicy(inputs)];
  try {
    if (inputs.installer)
      await requireLoaded(inputs, lines(await compose(layout, ["config", "--images"], 60_000)), progress);
    await compose(layout, args, UP_MS, progress);
  } catch (error) {
    if (!(error instanceof DockerError) || error.code !== "DOCKER_COMMAND_FAILED") throw error;
    throw new HarborInstallationError(
      "HARBOR_NOT_STARTED",
      `Harbor's composition does not start: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** Stops and removes the containers and the network of this folder's Harbor; its files stay. */
export async function composeDown(layout: Layout): Promise<void> {
  // Compose knows a composition by its name alone: another one of that name would be taken down with it.
  if (existsSync(layout.composeFile) && (await foreignContainers(layout.directory)).length === 0) {
    try {
      await compose(layout, ["down", "--remove-orphans"], DOWN_MS);
      return;
    } catch (error) {
      // A full disk or a kill leaves a file that is empty or cut: it must not keep the next run from rendering it anew.
      if (await isReadable(layout)) throw error;
    }
  }
  const names = (await containersOf(layout.directory)).map(({ name }) => name);
  if (names.length === 0) return;
  await runDocker(["stop", ...names], { timeoutMs: DOWN_MS });
  await runDocker(["rm", "--force", ...names], { timeoutMs: DOWN_MS });
}

async function isReadable(layout: Layout): Promise<boolean> {
  try {
    await compose(layout, ["config", "--no-interpolate", "--quiet"], 60_000);
    return true;
  } catch (error) {
    return !(error instanceof DockerError) || error.code !== "DOCKER_COMMAND_FAILED";
  }
}

/** The services that the rendered composition has. */
export async function composeServices(layout: Layout): Promise<string[]> {
  return lines(await compose(layout, ["config", "--services"], 60_000));
}

async function compose(layout: Layout, args: string[], timeoutMs: number, onLine?: (line: string) => void) {
  const options = ["--project-name", PROJECT, "--project-directory", layout.directory, "--file", layout.composeFile];
  return await runDocker(["compose", "--ansi", "never", ...options, ...args], {
    timeoutMs,
    cwd: layout.directory,
    ...(onLine && { onLine: (line: string) => showLine(line, onLine) }),
  });
}

function lines(output: string): string[] {
  return output.split("\n").filter((line) => line !== "");
}

/** Of the plain progress the ends of steps, not each byte that was pulled. */
function showLine(line: string, onLine: (line: string) => void): void {
  if (/\b(Started|Created|Recreated|Removed|Stopped|Pulled|Error)\b/.test(line)) onLine(line.trim());
}
