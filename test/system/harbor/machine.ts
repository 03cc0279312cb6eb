import { execFileSync, spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import type { HarborInstallationInputs, HarborInstallationState } from "../../../components/harbor/installation/inputs";
import type { TestCertificate } from "../../support/certificates";
import { type DockerEngine, startDockerEngine } from "../dockerEngine";
import { issueServerCertificate, type ServerFiles, serverRoot } from "./certificates";
import { type Call, callHandler, type Outcome } from "./handlerProcess";
import { buildImages } from "./images";

/** The two releases that the tests know. */
export const OLD = "2.14.1";
export const NEW = "2.15.2";
export const HOSTNAME = "harbor.breakwater.test";
/** Has no address; the certificates are for it as well. */
export const NOWHERE = "nowhere.breakwater.test";

const HOSTS = "/etc/hosts";
const LOGS = "/var/log/harbor";

/** A machine that a Harbor is installed on: this one, with an engine of the test's own. */
export class Machine {
  readonly engine: DockerEngine;
  readonly home: string;
  readonly root: TestCertificate;
  readonly ports: { readonly http: number; readonly https: number };
  readonly #hadLogs = existsSync(LOGS);
  readonly #turn: Server;

  private constructor(
    engine: DockerEngine,
    home: string,
    root: TestCertificate,
    ports: { readonly http: number; readonly https: number },
    turn: Server,
  ) {
    this.engine = engine;
    this.home = home;
    this.root = root;
    this.ports = ports;
    this.#turn = turn;
  }

  /** Waits for its turn where another run's Harbor is on this machine. */
  static async start(): Promise<Machine> {
    const turn = await takeTurn();
    const engine = await startDockerEngine();
    buildImages(engine, [OLD, NEW]);
    // Not in /tmp: a person's Harbor is not there either, and `prepare` sees the whole machine below /hostfs.
    const home = mkdtempSync("/var/tmp/breakwater-harbor-");
    const ports = { http: await freePort(), https: await freePort() };
    writeFileSync(HOSTS, `${readFileSync(HOSTS, "utf8")}127.0.0.1 ${HOSTNAME}\n`);
    return new Machine(engine, home, await serverRoot(), ports, turn);
  }

  async stop(): Promise<void> {
    const line = `127.0.0.1 ${HOSTNAME}\n`;
    writeFileSync(HOSTS, readFileSync(HOSTS, "utf8").replace(line, ""));
    this.clear();
    await this.engine.stop();
    rmSync(this.home, { recursive: true, force: true });
    if (!this.#hadLogs) rmSync(LOGS, { recursive: true, force: true });
    await new Promise((resolve) => this.#turn.close(resolve));
  }

  /** Removes every container and network, and all files of an installation. */
  clear(): void {
    const containers = this.engine.docker(["ps", "--all", "--quiet"]).split("\n").filter(Boolean);
    if (containers.length > 0) this.engine.docker(["rm", "--force", ...containers]);
    this.engine.docker(["network", "prune", "--force"]);
    spawnSync("umount", [this.path("data")]); // where it was mounted
    for (const folder of ["data", "harbor", "tls"]) rmSync(join(this.home, folder), { recursive: true, force: true });
  }

  /** What every container is at and said last, for whoever looks for the cause of a failure. */
  describe(): string {
    const names = this.engine.docker(["ps", "--all", "--format", "{{.Names}}"]).split("\n").filter(Boolean);
    const logs = names.map((name) => {
      const { stdout, stderr } = spawnSync("docker", ["logs", "--tail", "5", name], {
        encoding: "utf8",
        env: { ...process.env, ...this.engine.environment },
      });
      return `${name}:\n${stdout}${stderr}`;
    });
    return [this.engine.docker(["ps", "--all"]), ...logs].join("\n");
  }

  /** Makes the data folder a file system of its own, so that it can be full. */
  mountData(): void {
    mkdirSync(this.path("data"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4g,mode=755", "breakwater", this.path("data")]);
  }

  /** Leaves this many bytes free in a data folder that was mounted. */
  leaveFree(bytes: number): void {
    const { blocks, bfree, bsize } = statfsSync(this.path("data"));
    const size = (blocks - bfree) * bsize + bytes;
    execFileSync("mount", ["-o", `remount,size=${size}`, this.path("data")]);
  }

  path(...parts: string[]): string {
    return join(this.home, ...parts);
  }

  get tls(): ServerFiles {
    return {
      chainFile: this.path("tls", "chain.pem"),
      keyFile: this.path("tls", "key.pem"),
      rootFile: this.path("tls", "root.pem"),
    };
  }

  /** Issues a new certificate into the place of the one before; returns its id. */
  issue(): Promise<string> {
    return issueServerCertificate(this.root, [HOSTNAME, NOWHERE], this.tls);
  }

  /** What is declared when nothing else is said; `certificate` is of the last `issue`. */
  inputs(certificate: string, changes: Partial<HarborInstallationInputs> = {}): HarborInstallationInputs {
    return {
      version: OLD,
      hostname: HOSTNAME,
      directory: this.path("harbor"),
      dataDirectory: this.path("data"),
      adminPassword: "Correct-Horse-1",
      certificate,
      tls: this.tls,
      httpPort: this.ports.http,
      httpsPort: this.ports.https,
      healthTimeoutSeconds: 60,
      ...changes,
    };
  }

  /** Switches faults on in `faults.json` of the data folder (see standin/faults.go). */
  setFaults(faults: Faults): void {
    writeFileSync(this.path("data", "faults.json"), JSON.stringify(faults), { mode: 0o644 });
  }

  call(method: string, args: readonly unknown[], environment: Record<string, string> = {}): Call {
    return callHandler(method, args, { ...this.engine.environment, ...environment });
  }

  async create(inputs: HarborInstallationInputs): Promise<HarborInstallationState> {
    const { outs } = unwrap(await this.call("create", [inputs]).outcome) as { outs: HarborInstallationState };
    return outs;
  }

  async update(state: HarborInstallationState, inputs: HarborInstallationInputs): Promise<HarborInstallationState> {
    const { outs } = unwrap(await this.call("update", ["id", state, inputs]).outcome) as {
      outs: HarborInstallationState;
    };
    return outs;
  }

  /** The drift that a refresh finds. */
  async drift(state: HarborInstallationState): Promise<unknown> {
    const { props } = unwrap(await this.call("read", ["id", state]).outcome) as { props: { drift: unknown } };
    return props.drift;
  }

  async delete(state: HarborInstallationState): Promise<void> {
    unwrap(await this.call("delete", ["id", state]).outcome);
  }

  /** Id by name of every container that runs. */
  containers(): Record<string, string> {
    const output = this.engine.docker(["ps", "--no-trunc", "--format", "{{.Names}} {{.ID}}"]);
    return Object.fromEntries(
      output
        .split("\n")
        .filter(Boolean)
        .map((line) => line.split(" ")),
    );
  }
}

/** Harbor's log container takes port 1514 of the machine. Who listens on this port has the machine; its end frees it. */
const TURN_PORT = 11_514;

async function takeTurn(): Promise<Server> {
  for (;;) {
    const server = createServer();
    const taken = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen({ port: TURN_PORT, host: "127.0.0.1", exclusive: true }, () => resolve(true));
    });
    if (taken) return server;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

/** Not one of those that the kernel gives to connections: it must stay free while Harbor is down. */
async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer();
    const port = randomInt(20_000, 32_000);
    const free = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen({ port, exclusive: true }, () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

export interface Faults {
  readonly unhealthy?: Record<string, string>;
  readonly exits?: Record<string, string>;
  readonly fails?: Record<string, string>;
  readonly seconds?: Record<string, number>;
}

export function unwrap(outcome: Outcome): Record<string, unknown> {
  if ("error" in outcome) throw new Error(outcome.error);
  return outcome.value;
}
