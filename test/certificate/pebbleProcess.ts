import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, request } from "undici";
import type { AcmeServer } from "../../components/certificate/acmeServer";
import { httpsGet } from "../../components/local/httpsGet";
import { selfSignedServerCertificate } from "../../components/local/serverCertificate";
import { freePort } from "../support/ports";
import { toolPath } from "../support/tools";
import type { AcmeTestRequest } from "./support";

export interface PebbleOptions {
  /** Its failure modes: `PEBBLE_WFE_NONCEREJECT`, `PEBBLE_AUTHZREUSE`, `PEBBLE_VA_SLEEPTIME`, … */
  env?: Record<string, string>;
  /** Seconds of validity by profile; one of 90 days when left out. */
  profiles?: Record<string, number>;
  /** `ADDRESS:PORT` of who is asked for names. */
  dnsServer?: string;
}

/** The real Pebble with its failure modes, without the component that serves the local stack. */
export interface PebbleProcess {
  /** For the ACME server's files and the test's own; gone afterwards. */
  directory: string;
  server: AcmeServer & { caFile: string };
  /** Where it looks for http-01 answers. */
  http01Port: number;
  /** All that it has said so far. */
  log(): string;
  /** Overrides what is suggested for the renewal of a certificate (PEM); any text, also such as makes no sense. */
  setRenewalInfo(certificate: string, response: string): Promise<void>;
  /** Inputs of a certificate for 127.0.0.1 whose files go to a folder of that name. */
  request(name: string): AcmeTestRequest;
  stop(): Promise<void>;
}

const STARTS = 3;

/** A port that is free may be somebody else's a moment later: then with others. */
export async function spawnPebble(options: PebbleOptions = {}): Promise<PebbleProcess> {
  for (let starts = 1; ; starts++) {
    try {
      return await spawnOnce(options);
    } catch (error) {
      if (starts === STARTS || !String(error).includes("address already in use")) throw error;
    }
  }
}

async function spawnOnce(options: PebbleOptions): Promise<PebbleProcess> {
  const directory = await mkdtemp(join(tmpdir(), "breakwater-pebble-"));
  const [acme, management, http01Port] = [await freePort(), await freePort(), await freePort()];
  const { certificate, privateKey } = await selfSignedServerCertificate();
  const caFile = join(directory, "ca.pem");
  await writeFile(caFile, certificate);
  await writeFile(join(directory, "ca-key.pem"), privateKey, { mode: 0o600 });
  const profiles = Object.entries(options.profiles ?? { default: 90 * 86_400 }).map(([name, validityPeriod]) => [
    name,
    { description: name, validityPeriod },
  ]);
  const pebble = {
    listenAddress: `127.0.0.1:${acme}`,
    managementListenAddress: `127.0.0.1:${management}`,
    certificate: "ca.pem",
    privateKey: "ca-key.pem",
    httpPort: http01Port,
    tlsPort: http01Port,
    keyAlgorithm: "ecdsa",
    profiles: Object.fromEntries(profiles),
    retryAfter: { authz: 1, order: 1 },
  };
  await writeFile(join(directory, "pebble.json"), JSON.stringify({ pebble }));
  const args = ["-config", "pebble.json", ...(options.dnsServer ? ["-dnsserver", options.dnsServer] : [])];
  const child: ChildProcess = spawn(toolPath("pebble"), args, {
    cwd: directory,
    // By default it sleeps, and rejects some nonces: what a test does not ask for would only make it uncertain.
    env: { PATH: process.env.PATH, PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "0", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  const url = `https://127.0.0.1:${acme}/dir`;
  for (let tries = 0; ; tries++) {
    const up = await httpsGet(url, caFile).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (up) break;
    if (tries > 100 || child.exitCode !== null) throw new Error(`Pebble does not start:\n${said}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const server = { url, rootUrl: `https://127.0.0.1:${management}/roots/0`, caFile };
  return {
    directory,
    server,
    http01Port,
    log: () => said,
    async setRenewalInfo(pem, response) {
      const dispatcher = new Agent({ connect: { ca: certificate } });
      const { statusCode, body } = await request(`https://127.0.0.1:${management}/set-renewal-info/`, {
        method: "POST",
        headers: { "user-agent": "breakwater-test" },
        body: JSON.stringify({ Certificate: pem, ARIResponse: response }),
        dispatcher,
      });
      const text = await body.text();
      await dispatcher.close();
      if (statusCode !== 200) throw new Error(`set-renewal-info answers ${statusCode}: ${text}`);
    },
    request: (name) => ({
      server,
      challenge: { type: "http-01", address: "127.0.0.1", port: http01Port },
      identifiers: ["127.0.0.1"],
      directory: join(directory, name),
    }),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}
