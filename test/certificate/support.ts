import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AcmeCertificateInputs } from "../../components/certificate/acmeCertificateInputs";
import type { AcmeServer } from "../../components/certificate/acmeServer";
import type { Http01 } from "../../components/certificate/http01";
import { type PebblePorts, pebble } from "../../components/local/pebble.handler";
import { toHandler } from "../../components/provider/handler";
import { kill, makePlace, type Place } from "../local/support";
import { ManagedResource } from "../provider/managedResource";
import { projectRoot } from "../support/tools";

/** Inputs of a certificate that a test server issues by http-01. */
export interface AcmeTestRequest extends AcmeCertificateInputs {
  readonly server: AcmeServer;
  readonly challenge: Http01;
}

/** The real Pebble in a folder of its own. */
export interface AcmeTestServer {
  place: Place;
  /** Inputs of a certificate for 127.0.0.1 whose files go to a folder of that name. */
  request(name: string): AcmeTestRequest;
  /** How many orders it has been asked for since its log began. */
  orders(): Promise<number>;
  /** How many certificates it has issued since its log began. */
  issued(): Promise<number>;
  /** A restart: it forgets its accounts and orders, and has another root. */
  restart(): Promise<void>;
  /** A crash; `restart` brings it back. */
  kill(): Promise<void>;
}

export async function startPebble(validitySeconds = 90 * 86_400): Promise<AcmeTestServer> {
  const place = await makePlace();
  const directory = join(place.directory, "pebble");
  const declared = { directory, validitySeconds };
  const resource = new ManagedResource(toHandler(pebble));
  await resource.up(declared);
  const ports = resource.state.ports as PebblePorts;
  const crash = async () => {
    for (const pid of await place.running("pebble")) await kill(pid);
  };
  const logged = async (line: RegExp) =>
    (await readFile(join(directory, "service.log"), "utf8")).match(line)?.length ?? 0;
  return {
    place,
    request: (name) => ({
      server: {
        url: `https://127.0.0.1:${ports.acme}/dir`,
        rootUrl: `https://127.0.0.1:${ports.management}/roots/0`,
        caFile: join(directory, "ca.pem"),
      },
      challenge: { type: "http-01", address: "127.0.0.1", port: ports.http01 },
      identifiers: ["127.0.0.1"],
      directory: join(place.directory, name),
    }),
    orders: () => logged(/Added order "/g),
    issued: () => logged(/Issued certificate serial/g),
    async restart() {
      await crash();
      await resource.up(declared);
    },
    kill: crash,
  };
}

/** Creates the certificate in another process, which is killed the moment it has put a file of this name in its place. */
export async function createKilledAfterWriting(inputs: AcmeCertificateInputs, name: string): Promise<void> {
  const wasKilled = await createInChild(
    inputs,
    `const files = require("node:fs/promises");
     const { rename } = files;
     files.rename = async (from, to) => {
       await rename(from, to);
       if (to.endsWith("/${name}")) process.kill(process.pid, "SIGKILL");
     };`,
  );
  if (!wasKilled) throw new Error(`the certificate was created without writing ${name}`);
}

/** Creates the certificate in another process, which is killed after so long. False when it ended by itself before. */
export function createKilledAfter(inputs: AcmeCertificateInputs, delayMs: number): Promise<boolean> {
  return createInChild(inputs, `setTimeout(() => process.kill(process.pid, "SIGKILL"), ${delayMs}).unref();`);
}

/** With the compiled handler, as the provider's process does it. True when the process was killed. */
export async function createInChild(inputs: AcmeCertificateInputs, fault: string): Promise<boolean> {
  const script = `
    const { handlers } = require("node:module").createRequire(process.cwd() + "/")("breakwater/handlers");
    ${fault}
    handlers.acmeCertificate.create(${JSON.stringify(inputs)});`;
  const cwd = join(projectRoot, "bin", "stacks");
  const child = spawn(process.execPath, ["--eval", script], { cwd, stdio: ["ignore", "ignore", "inherit"] });
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  if (code !== null && code !== 0) throw new Error(`the create ended with exit code ${code}`);
  return signal === "SIGKILL";
}
