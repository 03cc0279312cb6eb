import { hostname } from "node:os";
import { runDocker } from "../../docker/cli";
import { DockerError } from "../../docker/error";
import { HarborInstallationError } from "./error";
import { compareVersions } from "./version";

/** The engine: as the release's common.sh asks. Compose: the first whose `up` takes all that is asked of it here. */
const ENGINE_OLDEST = "20.10.10";
const COMPOSE_OLDEST = "2.20.0";

/** Throws when Docker Engine or Compose is missing, too old, or on another machine. */
export async function requireLocalEngine(): Promise<void> {
  await requireLocalAddress();
  // Asked first: the client of Debian's docker.io answers `info` of an engine that is not there with a template's error.
  await runDocker(["version", "--format", "{{.Server.Version}}"], { timeoutMs: 60_000 });
  const facts = await runDocker(["info", "--format", "{{.ServerVersion}}\t{{.Name}}"], { timeoutMs: 60_000 });
  const [version = "", name = ""] = facts.trim().split("\t");
  if (name !== hostname()) throw remote(`the engine's machine calls itself ${JSON.stringify(name)}`);
  if (isOlder(version, ENGINE_OLDEST)) {
    throw new HarborInstallationError(
      "HARBOR_ENGINE_TOO_OLD",
      `Docker Engine is ${version}; Harbor needs ${ENGINE_OLDEST} or newer: https://docs.docker.com/engine/install/`,
    );
  }
  await requireCompose();
}

/** A socket of this machine; what answers there may still be elsewhere, which the name says. */
async function requireLocalAddress(): Promise<void> {
  const address =
    process.env.DOCKER_HOST ||
    (await runDocker(["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"], { timeoutMs: 60_000 })).trim();
  if (!address.startsWith("unix://")) throw remote(`the engine is reached by ${address.replace(/\/\/[^@/]*@/, "//")}`);
}

function remote(why: string): HarborInstallationError {
  return new HarborInstallationError(
    "HARBOR_ENGINE_REMOTE",
    `${why}, and this is ${JSON.stringify(hostname())}. Harbor's composition binds files of the engine's own machine, so it is ` +
      "installed there: run `up` on that machine, outside of any container",
  );
}

async function requireCompose(): Promise<void> {
  const version = await runDocker(["compose", "version", "--short"], { timeoutMs: 60_000 }).catch((error: unknown) => {
    if (error instanceof DockerError && error.code === "DOCKER_COMMAND_FAILED") return "";
    throw error;
  });
  if (version.trim() !== "" && !isOlder(version.trim(), COMPOSE_OLDEST)) return;
  const found = version.trim() === "" ? "`docker compose` is no command here" : `Docker Compose is ${version.trim()}`;
  throw new HarborInstallationError(
    "HARBOR_COMPOSE_MISSING",
    `${found}; Harbor needs ${COMPOSE_OLDEST} or newer: https://docs.docker.com/compose/install/linux/`,
  );
}

/** Distributions add to a version: `20.10.24+dfsg1`, `v2.27.0-desktop.2`. What can't be read is not held to be old. */
function isOlder(version: string, oldest: string): boolean {
  const plain = /^v?(\d+\.\d+\.\d+)/.exec(version)?.[1];
  return plain !== undefined && compareVersions(plain, oldest) < 0;
}
