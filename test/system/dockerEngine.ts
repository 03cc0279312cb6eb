import { execFileSync, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { toolPath } from "../support/tools";
import { boundedRuntime } from "./boundedRuntime";

/** A Docker Engine of the test's own: nothing of it touches one that runs on the machine. */
export interface DockerEngine {
  /** Runs `docker ARGS` against this engine, with a client configuration of its own; returns standard output. */
  docker(args: readonly string[], input?: string): string;
  /** What a program needs in its environment so that its `docker` is this engine's, with Compose. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where its own data are: images, containers. */
  readonly home: string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;

/**
 * Starts `dockerd` on a socket and data of its own; installs Debian's docker.io when there is none. Needs root.
 *
 * Without a bridge and rules of a firewall the machine's network stays as it was: containers reach each other by the
 * networks that Compose makes, and the engine's own proxy publishes their ports.
 */
export async function startDockerEngine(): Promise<DockerEngine> {
  if (!existsSync("/usr/sbin/dockerd") && !existsSync("/usr/bin/dockerd")) installPackages("docker.io");
  const home = mkdtempSync(join(tmpdir(), "breakwater-dockerd-"));
  const socket = `unix://${join(home, "docker.sock")}`;
  const client = join(home, "client");
  mkdirSync(join(client, "cli-plugins"), { recursive: true });
  symlinkSync(toolPath("compose"), join(client, "cli-plugins", "docker-compose"));
  const log = join(home, "log");
  const daemon = spawn(
    "dockerd",
    [
      `--host=${socket}`,
      `--data-root=${join(home, "data")}`,
      `--exec-root=${join(home, "exec")}`,
      `--pidfile=${join(home, "pid")}`,
      "--bridge=none",
      "--iptables=false",
      "--ip6tables=false",
      "--ip-forward=false",
      "--shutdown-timeout=5",
      `--default-address-pool=base=${addressPool()},size=26`,
      ...boundedRuntime(home),
    ],
    { stdio: ["ignore", openSync(log, "a"), openSync(log, "a")] },
  );
  const ended = new Promise<void>((resolve) => daemon.once("exit", () => resolve()));
  // Debian's client has no BuildKit.
  const environment = { DOCKER_HOST: socket, DOCKER_CONFIG: client, DOCKER_BUILDKIT: "0" };
  const engine: DockerEngine = {
    docker: (args, input) =>
      execFileSync("docker", args, {
        encoding: "utf8",
        env: { ...process.env, ...environment },
        stdio: ["pipe", "pipe", "pipe"],
        ...(input !== undefined && { input }),
      }),
    environment,
    home,
    async stop() {
      daemon.kill("SIGTERM");
      await ended;
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
  for (const until = Date.now() + START_TIMEOUT_MS; Date.now() < until && daemon.exitCode === null; ) {
    try {
      engine.docker(["version"]);
      return engine;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  const end = readFileSync(log, "utf8").split("\n").slice(-15).join("\n");
  await engine.stop();
  throw new Error(`dockerd did not start:\n${end}`);
}

/** An engine knows nothing of the networks of another one that starts at the same time: each has a pool of its own. */
function addressPool(): string {
  const taken = Object.values(networkInterfaces()).flatMap(
    (addresses) => addresses?.map(({ address }) => address) ?? [],
  );
  for (;;) {
    const prefix = `10.${randomInt(64, 255)}.${randomInt(0, 255)}.`;
    if (!taken.some((address) => address.startsWith(prefix))) return `${prefix}0/24`;
  }
}

export function installPackages(...packages: string[]): void {
  execFileSync("apt-get", ["update", "-qq"], { stdio: "ignore" });
  execFileSync("apt-get", ["install", "-y", "-qq", ...packages], { stdio: "ignore" });
}
