import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A Docker Engine of the test's own: nothing of it touches one that runs on the machine. */
export interface DockerEngine {
  /** Runs `docker ARGS` against this engine, with a client configuration of its own; returns standard output. */
  docker(args: string[], input?: string): string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;

/** Starts `dockerd` on a socket and data of its own; installs Debian's docker.io when there is none. Needs root. */
export async function startDockerEngine(): Promise<DockerEngine> {
  const install = (...packages: string[]) => {
    execFileSync("apt-get", ["update", "-qq"], { stdio: "ignore" });
    execFileSync("apt-get", ["install", "-y", "-qq", ...packages], { stdio: "ignore" });
  };
  if (!existsSync("/usr/sbin/dockerd") && !existsSync("/usr/bin/dockerd")) install("docker.io");
  const home = mkdtempSync(join(tmpdir(), "breakwater-dockerd-"));
  const socket = `unix://${join(home, "docker.sock")}`;
  const log = join(home, "log");
  const daemon = spawn(
    "dockerd",
    [
      `--host=${socket}`,
      `--data-root=${join(home, "data")}`,
      `--exec-root=${join(home, "exec")}`,
      `--pidfile=${join(home, "pid")}`,
      // Nothing runs in it, so it needs neither a network nor the kernel's overlay.
      "--bridge=none",
      "--iptables=false",
      "--ip6tables=false",
      "--storage-driver=vfs",
    ],
    { stdio: ["ignore", openSync(log, "a"), openSync(log, "a")] },
  );
  const ended = new Promise<void>((resolve) => daemon.once("exit", () => resolve()));
  const engine: DockerEngine = {
    docker: (args, input) =>
      execFileSync("docker", ["--config", join(home, "client"), "--host", socket, ...args], {
        encoding: "utf8",
        env: { ...process.env, DOCKER_BUILDKIT: "0" },
        stdio: ["pipe", "pipe", "pipe"],
        ...(input !== undefined && { input }),
      }),
    async stop() {
      daemon.kill("SIGTERM");
      await ended;
      rmSync(home, { recursive: true, force: true });
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
