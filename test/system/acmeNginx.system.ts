import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { Agent, get } from "node:https";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { acmeCertificate } from "../../components/certificate/acmeCertificate.handler";
import { CertificateError } from "../../components/certificate/error";
import { replacePair } from "../../components/harbor/installation/servedPair";
import { toHandler } from "../../components/provider/handler";
import { type DockerStandIn, makeDockerStandIn } from "../certificate/dockerStandIn";
import { opensslCertificate } from "../certificate/opensslCertificate";
import { type PebbleProcess, spawnPebble } from "../certificate/pebbleProcess";
import { type AcmeTestRequest, createKilledAfterWriting } from "../certificate/support";
import { expectCode } from "../notary/expectCode";
import { ManagedResource } from "../provider/managedResource";
import { freePort } from "../support/ports";

const FILE = "harbor.https.acme-challenge.conf";

/** Debian's nginx with the configuration that Harbor renders for it, as far as a challenge meets it. */
describe("a challenge through a real nginx that redirects as Harbor's does", () => {
  let pebble: PebbleProcess;
  let nginx: ChildProcess;
  let docker: DockerStandIn;
  let etc: string;
  let httpsPort: number;
  let request: AcmeTestRequest;

  beforeAll(async () => {
    if (!existsSync("/usr/sbin/nginx")) {
      execFileSync("apt-get", ["update", "-qq"], { stdio: "ignore" });
      execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "nginx-light"], { stdio: "ignore" });
    }
    pebble = await spawnPebble({ env: { PEBBLE_AUTHZREUSE: "0" } });
    etc = join(pebble.directory, "nginx");
    await chmod(pebble.directory, 0o755);
    await mkdir(join(etc, "conf.d"), { recursive: true });
    httpsPort = await freePort();
    const { chain, key } = await opensslCertificate({ names: ["IP:127.0.0.1"] });
    await writeFile(join(etc, "server.crt"), chain);
    await writeFile(join(etc, "server.key"), key);
    await writeFile(join(etc, "nginx.conf"), configuration(etc, pebble.http01Port, httpsPort));
    const binary = `/usr/sbin/nginx -c "${etc}/nginx.conf" -p "${etc}"`;
    execFileSync("sh", ["-c", `${binary} -t`], { stdio: "ignore" });
    nginx = spawn("/usr/sbin/nginx", ["-c", join(etc, "nginx.conf"), "-p", etc], { stdio: "ignore" });
    docker = await makeDockerStandIn(etc, `${binary} -t`, `kill -HUP ${nginx.pid}`);
    await docker.setRunning(true);
  });
  afterAll(async () => {
    nginx?.kill("SIGQUIT");
    await new Promise((resolve) => (nginx ? nginx.once("exit", resolve) : resolve(undefined)));
    await pebble?.stop();
  });
  beforeEach(({ task }) => {
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    vi.stubEnv("PATH", `${docker.bin}:${process.env.PATH}`);
    const plain = pebble.request(task.id);
    const place = { container: "nginx", confDirectory: join(etc, "conf.d") };
    request = { ...plain, challenge: { ...plain.challenge, nginx: place } };
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  /** What `HarborInstallation` does with a new certificate. */
  const install = async () => {
    const [chain, key] = await Promise.all(
      ["chain.pem", "key.pem"].map((name) => readFile(join(request.directory, name), "utf8")),
    );
    await replacePair(
      { chain: join(etc, "server.crt"), key: join(etc, "server.key") },
      { chain: `${chain}`, key: `${key}` },
    );
    nginx.kill("SIGHUP");
  };

  test("is answered, and a client that keeps asking meets no failure through challenge and renewal", async () => {
    const client = startPolling(httpsPort);
    const resource = new ManagedResource(toHandler(acmeCertificate));
    await resource.up(request);
    await install();
    await expect.poll(() => servedThumbprint(httpsPort), { timeout: 10_000 }).toBe(resource.id);
    const first = resource.id;
    const suggestedWindow = { start: "2020-01-01T00:00:00Z", end: "2020-01-02T00:00:00Z" };
    await pebble.setRenewalInfo(`${resource.state.chain}`, JSON.stringify({ suggestedWindow }));
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 7 * 3_600_000 });
    try {
      expect(await resource.up(request)).toBe("replace");
    } finally {
      vi.useRealTimers();
    }
    await install();
    await expect.poll(() => servedThumbprint(httpsPort), { timeout: 10_000 }).toBe(resource.id);
    expect(resource.id).not.toBe(first);
    const { answers, failures } = await client.stop();
    expect(failures).toEqual([]);
    expect(answers).toBeGreaterThan(50);
    expect(await readdir(join(etc, "conf.d"))).toEqual([]);
  });

  test("leaves nothing after a kill: the next run takes the location away and issues", async () => {
    await createKilledAfterWriting(request, FILE);
    expect(await readdir(join(etc, "conf.d"))).toEqual([FILE]);
    const [, path = ""] = /location = (\S+)/.exec(await readFile(join(etc, "conf.d", FILE), "utf8")) ?? [];
    nginx.kill("SIGHUP"); // and something else reloads nginx meanwhile
    await expect.poll(async () => (await fetchText(httpsPort, path)).status).toBe(200);
    expect((await acmeCertificate.create(request)).outputs.chain).toContain("BEGIN CERTIFICATE");
    expect(await readdir(join(etc, "conf.d"))).toEqual([]);
    await expect.poll(async () => (await fetchText(httpsPort, path)).body).toBe("portal\n");
  });

  test("is not tried with a configuration that nginx refuses, and nginx goes on", async () => {
    await writeFile(join(etc, "conf.d", "harbor.https.broken.conf"), "no_such_directive on;\n");
    try {
      await expectCode(() => acmeCertificate.create(request), CertificateError, "CHALLENGE_NGINX_REFUSED");
      expect(await readdir(join(etc, "conf.d"))).toEqual(["harbor.https.broken.conf"]);
      expect((await fetchText(httpsPort, "/")).body).toBe("portal\n");
    } finally {
      execFileSync("rm", [join(etc, "conf.d", "harbor.https.broken.conf")]);
    }
    expect((await acmeCertificate.create(request)).outputs.chain).toContain("BEGIN CERTIFICATE");
  });
});

function configuration(etc: string, httpPort: number, httpsPort: number): string {
  return `
daemon off;
worker_processes 2;
pid ${etc}/nginx.pid;
error_log ${etc}/error.log;
events {
  worker_connections 1024;
  use epoll;
  multi_accept on;
}
http {
  client_body_temp_path ${etc}/client_body_temp;
  proxy_temp_path ${etc}/proxy_temp;
  fastcgi_temp_path ${etc}/fastcgi_temp;
  uwsgi_temp_path ${etc}/uwsgi_temp;
  scgi_temp_path ${etc}/scgi_temp;
  include ${etc}/conf.d/*.upstream.conf;
  access_log off;
  include ${etc}/conf.d/*.server.conf;
  server {
    listen 127.0.0.1:${httpsPort} ssl;
    server_tokens off;
    ssl_certificate ${etc}/server.crt;
    ssl_certificate_key ${etc}/server.key;
    ssl_protocols TLSv1.2;
    add_header Strict-Transport-Security "max-age=31536000; includeSubdomains; preload";
    include ${etc}/conf.d/harbor.https.*.conf;
    location / {
      return 200 "portal\\n";
    }
  }
  server {
    listen 127.0.0.1:${httpPort};
    return 308 https://127.0.0.1:${httpsPort}$request_uri;
  }
}
`;
}

async function fetchText(port: number, path: string, agent?: Agent): Promise<{ status: number; body: string }> {
  return await new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path, rejectUnauthorized: false, ...(agent && { agent }) };
    const asked = get(options, (answer) => {
      let body = "";
      answer.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      answer.once("end", () => resolve({ status: answer.statusCode ?? 0, body }));
      answer.once("error", reject);
    });
    asked.once("error", reject);
    asked.setTimeout(5_000, () => asked.destroy(new Error("no answer within 5 s")));
  });
}

/** Asks all the time, on a connection for each request. */
function startPolling(port: number): { stop(): Promise<{ answers: number; failures: string[] }> } {
  let going = true;
  let answers = 0;
  const failures: string[] = [];
  const poll = async () => {
    while (going) {
      const agent = new Agent({ keepAlive: false });
      await fetchText(port, "/v2/", agent).then(
        ({ status }) => {
          answers++;
          if (status !== 200) failures.push(`status ${status}`);
        },
        (error: Error) => failures.push(error.message),
      );
    }
  };
  const pollers = [poll(), poll()];
  return {
    async stop() {
      going = false;
      await Promise.all(pollers);
      return { answers, failures };
    },
  };
}

async function servedThumbprint(port: number): Promise<string> {
  return await new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
      const { raw } = socket.getPeerCertificate();
      socket.end();
      resolve(new X509Certificate(raw).fingerprint256.replaceAll(":", "").toLowerCase());
    });
    socket.once("error", reject);
  });
}
