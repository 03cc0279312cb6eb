import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import path from "node:path";
import { hash } from "bcryptjs";
import { deleteOwnedFiles, driftOfOwnedFiles, type OwnedFile, writeOwnedFiles } from "../files/ownedFiles";
import { resolvePath } from "../files/paths";
import { dockerConfigWith } from "../oci/dockerConfig";
import type { ResourceDefinition } from "../provider/definition";
import { isUnknown } from "../provider/wire";
import { httpsGet } from "./httpsGet";
import { freePorts, requireFree } from "./ports";
import { driftOfService, type Service, startService, stopService } from "./supervisor";
import { toolPath } from "./tool";

export interface RegistryInputs {
  /** Relative to the project's folder; holds configuration, log and `data`, the images. */
  readonly directory: string;
  /** Of 127.0.0.1; 0 or absent: a free one is chosen, and kept. */
  readonly port?: number;
  readonly username: string;
  /** Identity of the TLS certificate: another one restarts the registry, which reads it at its start alone. */
  readonly certificate: string;
  /** Files, relative to the project's folder: the server's chain, its key, and the root that clients trust. */
  readonly tls: { readonly chainFile: string; readonly keyFile: string; readonly rootFile: string };
}

export interface RegistryOutputs {
  /** Secret; random, made once. */
  readonly password: string;
  /** Secret: the line of the htpasswd file, kept because bcrypt salts it anew each time. */
  readonly htpasswd: string;
}

type State = RegistryInputs & RegistryOutputs;

/** The embedded registry: distribution over TLS and with a login, as a supervised service. */
export const registry: ResourceDefinition<RegistryInputs, RegistryOutputs> = {
  compared: ["directory", "port", "username", "certificate", "tls"],
  replaceOn: ["directory"],

  async check(news, olds) {
    if (isUnknown(news.port) || news.port) return news;
    const [free = 0] = olds.port ? [olds.port] : await freePorts(1);
    return { ...news, port: free };
  },

  async create(inputs) {
    const password = randomBytes(24).toString("base64url");
    // 192 random bits need no slow hash, and the registry hashes the password again at every request.
    const outputs = { password, htpasswd: `${inputs.username}:${await hash(password, 4)}\n` };
    await restart({ ...inputs, ...outputs });
    return { id: inputs.directory, outputs };
  },

  async observe(state) {
    const drifts = await Promise.all([
      driftOfOwnedFiles(resolvePath(state.directory), filesOf(state)),
      driftOfService(serviceOf(state)),
    ]);
    return { drift: drifts.filter((drift) => drift !== "").join("; ") };
  },

  async update(state, inputs) {
    const hashed = state.htpasswd.slice(state.htpasswd.indexOf(":"));
    const next = { ...inputs, password: state.password, htpasswd: `${inputs.username}${hashed}` };
    const sameStart =
      inputs.certificate === state.certificate && configuration(next).content === configuration(state).content;
    // htpasswd and the clients' login are read at each use; only what is read at the start needs another start.
    if (sameStart && (await driftOfService(serviceOf(next))) === "" && !(await configurationDrifted(next))) {
      await writeOwnedFiles(resolvePath(next.directory), filesOf(next));
    } else {
      await restart(next);
    }
    return { password: next.password, htpasswd: next.htpasswd };
  },

  async delete(state) {
    const directory = resolvePath(state.directory);
    await stopService({ name: NAME, directory });
    // The images are this registry's own: it was made with the stack and goes with it.
    await rm(path.join(directory, DATA), { recursive: true, force: true });
    await deleteOwnedFiles(directory, filesOf(state));
  },
};

const NAME = "registry";
const DATA = "data";

async function restart(state: State): Promise<void> {
  const service = serviceOf(state);
  await stopService(service);
  await requireFree(NAME, [portOf(state)], "choose another: `npm start -- --port PORT` (0: any free one)");
  await writeOwnedFiles(service.directory, filesOf(state));
  await startService(service);
}

function serviceOf(state: State): Service {
  const directory = resolvePath(state.directory);
  return {
    name: NAME,
    directory,
    executable: toolPath("registry"),
    args: ["serve", "config.yml"],
    env: { OTEL_TRACES_EXPORTER: "none" },
    async health() {
      const { status } = await httpsGet(`https://127.0.0.1:${portOf(state)}/v2/`, resolvePath(state.tls.rootFile));
      if (status !== 401) throw new Error(`GET /v2/ without a login answers ${status}, not 401`);
    },
  };
}

function filesOf(state: State): OwnedFile[] {
  const docker = dockerConfigWith(`127.0.0.1:${portOf(state)}`, state);
  return [
    configuration(state),
    { name: "htpasswd", content: state.htpasswd, secret: true },
    // What clients log in with, in the form that docker, notation, oras and this program read.
    { name: "docker/config.json", content: docker, secret: true },
  ];
}

/** YAML is a superset of JSON. */
function configuration(state: State): OwnedFile {
  const config = {
    version: "0.1",
    log: { level: "info", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: DATA }, delete: { enabled: true } },
    http: {
      addr: `127.0.0.1:${portOf(state)}`,
      tls: { certificate: resolvePath(state.tls.chainFile), key: resolvePath(state.tls.keyFile) },
    },
    auth: { htpasswd: { realm: "breakwater", path: "htpasswd" } },
  };
  return { name: "config.yml", content: `${JSON.stringify(config, undefined, 2)}\n` };
}

async function configurationDrifted(state: State): Promise<boolean> {
  return (await driftOfOwnedFiles(resolvePath(state.directory), [configuration(state)])) !== "";
}

function portOf(state: RegistryInputs): number {
  if (!state.port) throw new Error("check chooses the port before anything is started");
  return state.port;
}
