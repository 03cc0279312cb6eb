import { readFile } from "node:fs/promises";
import path from "node:path";
import {
  deleteOwnedFiles,
  driftOfOwnedFiles,
  type OwnedFile,
  writeAtomically,
  writeOwnedFiles,
} from "../files/ownedFiles";
import { resolvePath } from "../files/paths";
import type { ResourceDefinition } from "../provider/definition";
import { isUnknown } from "../provider/wire";
import { httpsGet } from "./httpsGet";
import { freePorts, isFree, requireFree } from "./ports";
import { selfSignedServerCertificate } from "./serverCertificate";
import { driftOfService, isRunning, type Service, startService, stopService } from "./supervisor";
import { toolPath } from "./tool";

/** Ports of 127.0.0.1: the ACME directory, Pebble's management interface, and where it looks for http-01 challenges. */
export interface PebblePorts {
  readonly acme: number;
  readonly management: number;
  readonly http01: number;
}

export interface PebbleInputs {
  /** Relative to the project's folder; holds configuration, the server's own certificate and the log. */
  readonly directory: string;
  /** Seconds that an issued certificate is valid. */
  readonly validitySeconds: number;
  /** Chosen when absent, and kept as long as they can be had. */
  readonly ports?: PebblePorts;
}

type PebbleState = PebbleInputs & { readonly ports: PebblePorts };

/** Pebble, Let's Encrypt's ACME test server, as a supervised service. It forgets everything at each start. */
export const pebble: ResourceDefinition<PebbleInputs, Record<never, never>> = {
  compared: ["directory", "validitySeconds", "ports"],
  replaceOn: ["directory"],

  async check(news, olds) {
    if (news.ports !== undefined || isUnknown(news)) return news;
    return { ...news, ports: await choosePorts(news.directory, olds.ports) };
  },

  async create(inputs) {
    await start(withPorts(inputs));
    return { id: inputs.directory, outputs: {} };
  },

  async observe(state) {
    const files = await driftOfOwnedFiles(resolvePath(state.directory), [configuration(withPorts(state))]);
    return { drift: files || (await driftOfService(serviceOf(withPorts(state)))) };
  },

  async update(_state, inputs) {
    await start(withPorts(inputs));
    return {};
  },

  async delete(state) {
    await stopService({ name: NAME, directory: resolvePath(state.directory) });
    const certificate = await ownFiles(resolvePath(state.directory));
    await deleteOwnedFiles(resolvePath(state.directory), [configuration(withPorts(state)), ...certificate]);
  },
};

const NAME = "pebble";
const CERTIFICATE = "ca.pem";
const KEY = "ca-key.pem";

async function start(state: PebbleState): Promise<void> {
  const service = serviceOf(state);
  await stopService(service);
  await requireFree(NAME, Object.values(state.ports), "run the command again: it chooses other ports");
  if ((await ownFiles(service.directory)).length < 2) {
    const { certificate, privateKey } = await selfSignedServerCertificate();
    await writeAtomically(path.join(service.directory, KEY), { content: privateKey, secret: true });
    await writeAtomically(path.join(service.directory, CERTIFICATE), { content: certificate });
  }
  await writeOwnedFiles(service.directory, [configuration(state)]);
  await startService(service);
}

/** The server's certificate and key, as far as they exist: made once, at the first start. */
async function ownFiles(directory: string): Promise<OwnedFile[]> {
  const names = [CERTIFICATE, KEY];
  const contents = await Promise.all(names.map((name) => readFile(path.join(directory, name), "utf8").catch(() => "")));
  return names.flatMap((name, at) => (contents[at] ? [{ name, content: contents[at] }] : []));
}

function serviceOf(state: PebbleState): Service {
  const directory = resolvePath(state.directory);
  return {
    name: NAME,
    directory,
    executable: toolPath("pebble"),
    args: ["-config", "pebble.json"],
    // Pebble otherwise waits some seconds before it looks at a challenge.
    env: { PEBBLE_VA_NOSLEEP: "1" },
    async health() {
      const { status } = await httpsGet(`https://127.0.0.1:${state.ports.acme}/dir`, path.join(directory, CERTIFICATE));
      if (status !== 200) throw new Error(`GET /dir answers ${status}`);
    },
  };
}

function configuration(state: PebbleState): OwnedFile {
  const pebble = {
    listenAddress: `127.0.0.1:${state.ports.acme}`,
    managementListenAddress: `127.0.0.1:${state.ports.management}`,
    certificate: CERTIFICATE,
    privateKey: KEY,
    httpPort: state.ports.http01,
    tlsPort: state.ports.http01, // tls-alpn-01 is not used; the setting can't be left out
    keyAlgorithm: "ecdsa",
    profiles: { default: { description: "the only one", validityPeriod: state.validitySeconds } },
    retryAfter: { authz: 1, order: 1 },
  };
  return { name: "pebble.json", content: `${JSON.stringify({ pebble }, undefined, 2)}\n` };
}

async function choosePorts(directory: string, old: PebblePorts | undefined): Promise<PebblePorts> {
  if (old !== undefined) {
    const ours = await isRunning({ name: NAME, directory: resolvePath(directory) });
    if (ours || (await Promise.all(Object.values(old).map(isFree))).every(Boolean)) return old;
  }
  const [acme = 0, management = 0, http01 = 0] = await freePorts(3);
  return { acme, management, http01 };
}

function withPorts(inputs: PebbleInputs): PebbleState {
  if (inputs.ports === undefined) throw new Error("check chooses the ports before anything is started");
  return { ...inputs, ports: inputs.ports };
}
