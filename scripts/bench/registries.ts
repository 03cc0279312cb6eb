import { mkdir, writeFile } from "node:fs/promises";
import { resolvePath } from "../../components/files/paths";
import { httpsGet } from "../../components/local/httpsGet";
import { freePorts } from "../../components/local/ports";
import { registry } from "../../components/local/registry.handler";
import { type Service, startService, stopService } from "../../components/local/supervisor";
import { toolPath } from "../../components/local/tool";
import type { RegistryConnection } from "../../components/oci/repository";
import { BENCH_HOME, type Place } from "./place";

/** A registry on loopback over TLS, which nobody else uses. */
export interface BenchRegistry {
  readonly connection: RegistryConnection;
  /** How it lists signatures, which decides how many requests signing needs. */
  readonly referrers: "tag schema" | "referrers API";
  stop(): Promise<void>;
}

export const REGISTRIES = {
  distribution: startDistribution,
  olareg: startOlareg,
} as const satisfies Record<string, (place: Place) => Promise<BenchRegistry>>;

export type RegistryName = keyof typeof REGISTRIES;

async function startDistribution({ tls }: Place): Promise<BenchRegistry> {
  const [port = 0] = await freePorts(1);
  const directory = `${BENCH_HOME}/distribution`;
  const inputs = { directory, port, username: "bench", certificate: "", tls };
  const { outputs } = await registry.create(inputs);
  return {
    connection: { host: `127.0.0.1:${port}`, caFile: tls.rootFile, dockerConfig: `${directory}/docker` },
    referrers: "tag schema",
    stop: () => registry.delete({ ...inputs, ...outputs }),
  };
}

async function startOlareg({ tls }: Place): Promise<BenchRegistry> {
  const [port = 0] = await freePorts(1);
  const home = `${BENCH_HOME}/olareg`;
  const directory = resolvePath(home);
  await mkdir(`${directory}/data`, { recursive: true });
  await mkdir(`${directory}/docker`);
  await writeFile(`${directory}/docker/config.json`, "{}"); // nobody logs in
  const address = ["--addr", "127.0.0.1", "--port", String(port)];
  const certificate = ["--tls-cert", resolvePath(tls.chainFile), "--tls-key", resolvePath(tls.keyFile)];
  const service: Service = {
    name: "olareg",
    directory,
    executable: toolPath("olareg"),
    args: ["serve", ...address, ...certificate, "--dir", `${directory}/data`, "--gc-frequency", "-1s"],
    async health() {
      const { status } = await httpsGet(`https://127.0.0.1:${port}/v2/`, resolvePath(tls.rootFile));
      if (status !== 200) throw new Error(`GET /v2/ answers ${status}`);
    },
  };
  await startService(service);
  return {
    connection: { host: `127.0.0.1:${port}`, caFile: tls.rootFile, dockerConfig: `${home}/docker` },
    referrers: "referrers API",
    stop: () => stopService(service),
  };
}
