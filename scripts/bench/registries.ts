import { mkdir, writeFile } from "node:fs/promises";
import { resolvePath } from "../../components/files/paths";
import { httpsGet } from "../../components/local/httpsGet";
import { freePorts } from "../../components/local/ports";
import { findProcess } from "../../components/local/process";
import { type Service, startService, stopService } from "../../components/local/supervisor";
import { toolPath } from "../../components/local/tool";
import type { RegistryConnection } from "../../components/oci/repository";
import { BENCH_HOME, type Place } from "./place";
import { processorMs } from "./processorTime";

/** A registry on loopback over TLS, which nobody else uses. */
export interface BenchRegistry {
  readonly connection: RegistryConnection;
  /** How it lists signatures, which decides how many requests signing needs. */
  readonly referrers: "tag schema" | "referrers API";
  /** Milliseconds of processor time that it has used; NaN where that can't be known. */
  processorMs(): Promise<number>;
  stop(): Promise<void>;
}

/** In memory, the clients are compared; on disk, how long the disk takes to make sure of a write weighs on all of them alike. */
export type Storage = "memory" | "disk";

export const REGISTRIES = {
  distribution: startDistribution,
  olareg: startOlareg,
} as const satisfies Record<string, (place: Place, storage: Storage) => Promise<BenchRegistry>>;

export type RegistryName = keyof typeof REGISTRIES;

/** Without a login: distribution hashes the password at every request, which would weigh more than the rest of it. */
async function startDistribution({ tls }: Place, storage: Storage): Promise<BenchRegistry> {
  const { home, directory, port } = await prepare("distribution");
  const config = {
    version: "0.1",
    log: { level: "error", accesslog: { disabled: true } },
    storage: storage === "memory" ? { inmemory: {} } : { filesystem: { rootdirectory: "data" } },
    http: {
      addr: `127.0.0.1:${port}`,
      tls: { certificate: resolvePath(tls.chainFile), key: resolvePath(tls.keyFile) },
    },
  };
  await writeFile(`${directory}/config.yml`, JSON.stringify(config)); // YAML is a superset of JSON
  const env = { OTEL_TRACES_EXPORTER: "none" };
  const service = { name: "distribution", directory, executable: toolPath("registry"), args: ["serve", "config.yml"] };
  await startService({ ...service, env, health: answers(port, tls) });
  return { connection: connectionTo(home, port, tls), referrers: "tag schema", ...controlOf(service) };
}

async function startOlareg({ tls }: Place, storage: Storage): Promise<BenchRegistry> {
  const { home, directory, port } = await prepare("olareg");
  const address = ["--addr", "127.0.0.1", "--port", String(port)];
  const certificate = ["--tls-cert", resolvePath(tls.chainFile), "--tls-key", resolvePath(tls.keyFile)];
  const store = storage === "memory" ? ["--store-type", "mem"] : ["--dir", `${directory}/data`];
  const args = ["serve", ...address, ...certificate, ...store, "--gc-frequency", "-1s"];
  const service = { name: "olareg", directory, executable: toolPath("olareg"), args };
  await startService({ ...service, health: answers(port, tls) });
  return { connection: connectionTo(home, port, tls), referrers: "referrers API", ...controlOf(service) };
}

async function prepare(name: string) {
  const home = `${BENCH_HOME}/${name}`;
  const directory = resolvePath(home);
  const [port = 0] = await freePorts(1);
  await mkdir(`${directory}/data`, { recursive: true });
  await mkdir(`${directory}/docker`);
  await writeFile(`${directory}/docker/config.json`, "{}"); // nobody logs in
  return { home, directory, port };
}

function connectionTo(home: string, port: number, { rootFile }: Place["tls"]): RegistryConnection {
  return { host: `127.0.0.1:${port}`, caFile: rootFile, dockerConfig: `${home}/docker` };
}

function controlOf(service: Pick<Service, "name" | "directory">): Pick<BenchRegistry, "processorMs" | "stop"> {
  return {
    processorMs: async () => processorMs(await findProcess(`breakwater-${service.name}@${service.directory}`)),
    stop: () => stopService(service),
  };
}

function answers(port: number, tls: Place["tls"]): () => Promise<void> {
  return async () => {
    const { status } = await httpsGet(`https://127.0.0.1:${port}/v2/`, resolvePath(tls.rootFile));
    if (status !== 200) throw new Error(`GET /v2/ answers ${status}`);
  };
}
