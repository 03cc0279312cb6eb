import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, Server as NetServer } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { acmeCertificate } from "../../components/certificate/acmeCertificate.handler";
import { CertificateError } from "../../components/certificate/error";
import { toHandler } from "../../components/provider/handler";
import { occupy } from "../local/support";
import { expectCode } from "../notary/expectCode";
import { ManagedResource } from "../provider/managedResource";
import { type DockerStandIn, makeDockerStandIn } from "./dockerStandIn";
import { opensslCertificate } from "./opensslCertificate";
import { type PebbleProcess, spawnPebble } from "./pebbleProcess";
import type { AcmeTestRequest } from "./support";

const FILE = "harbor.https.acme-challenge.conf";
let pebble: PebbleProcess;
let docker: DockerStandIn;
let conf: string;
let folder: string;
let request: AcmeTestRequest;
let servers: { close(): Promise<void> } | undefined;
let number = 0;

beforeAll(async () => {
  pebble = await spawnPebble({ env: { PEBBLE_AUTHZREUSE: "0" } });
});
afterAll(() => pebble?.stop());
beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  folder = join(pebble.directory, `http-${number}`);
  conf = join(folder, "conf.d");
  await mkdir(conf, { recursive: true });
  const test = `test ! -e "${folder}/refuses" || { echo "nginx: [emerg] unknown directive" >&2; exit 1; }`;
  docker = await makeDockerStandIn(
    folder,
    test,
    `cp "${conf}/${FILE}" "${folder}/loaded" 2>/dev/null || rm -f "${folder}/loaded"`,
  );
  vi.stubEnv("PATH", `${docker.bin}:${process.env.PATH}`);
  const plain = pebble.request(`http-${number++}/certificate`);
  request = { ...plain, challenge: { ...plain.challenge, nginx: { container: "nginx", confDirectory: conf } } };
});
afterEach(async () => {
  await servers?.close();
  servers = undefined;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const create = async () => (await acmeCertificate.create(request)).outputs;
const actions = async () => (await docker.told()).filter((told) => !told.startsWith("container inspect"));

/** What a Harbor's nginx does, as far as a challenge sees it: port 80 redirects, TLS serves what was loaded. */
async function startFront(): Promise<void> {
  const { chain, key } = await opensslCertificate({ names: ["DNS:harbor.test"] });
  const tls = createHttpsServer({ cert: chain, key }, (asked, answer) => {
    const loaded = existsSync(join(folder, "loaded")) ? readFileSync(join(folder, "loaded"), "utf8") : "";
    const locations = [...loaded.matchAll(/location = (\S+) \{[^}]*return 200 "([^"]*)";/g)];
    const found = locations.find(([, path]) => path === asked.url)?.[2];
    answer.writeHead(found === undefined ? 404 : 200).end(found ?? "portal");
  });
  const tlsPort = await listen(tls, 0);
  const plain = createHttpServer((asked, answer) => {
    answer.writeHead(308, { location: `https://127.0.0.1:${tlsPort}${asked.url}` }).end();
  });
  await listen(plain, request.challenge.port);
  await docker.setRunning(true);
  servers = {
    async close() {
      for (const server of [tls, plain]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

async function listen(server: Server | ReturnType<typeof createHttpsServer>, port: number): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

describe("http-01 while nginx runs", () => {
  it("is answered by it, behind its redirect: tested, reloaded, and taken away again", async () => {
    await startFront();
    const modes: number[] = [];
    const watch = setInterval(() => {
      void stat(join(conf, FILE)).then(
        ({ mode }) => modes.push(mode & 0o777),
        () => undefined,
      );
    }, 2);
    expect((await create()).chain).toContain("BEGIN CERTIFICATE");
    clearInterval(watch);
    expect(new Set(modes)).toEqual(new Set([0o644])); // nginx is another user
    expect(await actions()).toEqual(["exec nginx nginx -t", "kill --signal HUP nginx", "kill --signal HUP nginx"]);
    expect(await readdir(conf)).toEqual([]);
    expect(existsSync(join(folder, "loaded"))).toBe(false);
  });

  it.each([
    ["another composition's", "running other", ""],
    ["starting again and again", "restarting harbor", ""],
    ["a Harbor's elsewhere, which does not see the folder", "running harbor", "-of-others"],
  ])("is answered by the listener where it is %s", async (_, state, suffix) => {
    await docker.setRunning(true, `${state} ${folder}${suffix}`);
    await rm(conf, { recursive: true });
    expect((await create()).chain).toContain("BEGIN CERTIFICATE");
    expect(await actions()).toEqual([]);
    expect(existsSync(conf)).toBe(false);
  });

  it("is given up when nginx refuses the location; nginx is not reloaded, and the order goes on the next time", async () => {
    await startFront();
    await writeFile(join(folder, "refuses"), "");
    const error = await create().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "CHALLENGE_NGINX_REFUSED" });
    expect(String(error)).toContain("unknown directive");
    expect(await readdir(conf)).toEqual([]);
    expect((await actions())[0]).toBe("exec nginx nginx -t");
    const { orderUrl } = JSON.parse(await readFile(join(request.directory, "order.json"), "utf8"));
    await rm(join(folder, "refuses"));
    await create();
    expect(JSON.parse(await readFile(join(request.directory, "order.json"), "utf8")).orderUrl).toBe(orderUrl);
  });
});

describe("http-01 while something else stands before nginx", () => {
  it("is left to the ACME server to judge, and taken away again", async () => {
    await startFront();
    const script = await readFile(join(docker.bin, "docker"), "utf8");
    await writeFile(
      join(docker.bin, "docker"),
      script.replace(/"kill --signal HUP nginx"\) .* ;;/, '"kill --signal HUP nginx") ;;'),
    );
    await expectCode(create, CertificateError, "ACME_CHALLENGE_REJECTED");
    expect(await actions()).toEqual(["exec nginx nginx -t", "kill --signal HUP nginx", "kill --signal HUP nginx"]);
    expect(await readdir(conf)).toEqual([]);
  });
});

describe("http-01 while nginx does not run", () => {
  it("is answered by a listener; nginx's folder is left alone", async () => {
    await create();
    expect(await actions()).toEqual([]);
    expect(await readdir(conf)).toEqual([]);
  });

  it("is answered by a listener on a machine without Docker", async () => {
    vi.stubEnv("PATH", join(folder, "nothing"));
    expect((await create()).chain).toContain("BEGIN CERTIFICATE");
  });

  it("says who might hold the port, and the way to let nginx answer", async () => {
    const other = await occupy(request.challenge.port);
    try {
      const error = await create().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "CHALLENGE_PORT_IN_USE" });
      expect(String(error)).toContain("nginx");
    } finally {
      await other.release();
    }
  });

  it("says that a port below 1024 needs rights", async () => {
    vi.spyOn(NetServer.prototype, "listen").mockImplementation(function (this: NetServer) {
      queueMicrotask(() => this.emit("error", Object.assign(new Error("listen EACCES"), { code: "EACCES" })));
      return this;
    });
    await expectCode(create, CertificateError, "CHALLENGE_PORT_FORBIDDEN");
  });
});

describe("what a kill left in nginx", () => {
  const leave = async () => {
    await writeFile(join(conf, FILE), "location = /.well-known/acme-challenge/old { return 200 old; }");
    await writeFile(join(conf, `${FILE}.0a1b2c3d.tmp`), "half of it");
    await writeFile(join(conf, "harbor.https.mine.conf"), "# mine");
  };

  it("is removed by the next order, also where it does not need nginx, and nothing of others", async () => {
    await leave();
    await create();
    expect(await readdir(conf)).toEqual(["harbor.https.mine.conf"]);
  });

  it("is drift that an `up` mends, with a reload", async () => {
    const resource = new ManagedResource(toHandler(acmeCertificate));
    await resource.up(request);
    await leave();
    await docker.setRunning(true);
    expect(await resource.preview(request)).toBe("update");
    expect(await resource.up(request)).toBe("update");
    expect(await actions()).toEqual(["kill --signal HUP nginx"]);
    expect(await readdir(conf)).toEqual(["harbor.https.mine.conf"]);
    expect(await resource.up(request)).toBe("same");
  });
});
