import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { waitForHealth } from "../../../components/harbor/installation/health";
import type { HarborInstallationInputs } from "../../../components/harbor/installation/inputs";
import { layoutOf } from "../../../components/harbor/installation/layout";
import { ensureAdminPassword } from "../../../components/harbor/installation/rotation";
import { driftOfServed, serveCertificate } from "../../../components/harbor/installation/servedCertificate";
import { holdsPair } from "../../../components/harbor/installation/servedPair";
import { opensslCertificate } from "../../certificate/opensslCertificate";
import { makeLoopbackTls } from "../../support/registries";
import { expectCode, makePlace, put, scriptDocker } from "./support";

// A Harbor that runs, as far as its address, its health and its administrator go: a server of the test's own, over TLS.

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let server: Server;
let inputs: HarborInstallationInputs;
let answer: Answer;
let lines: string[];
const progress = (line: string) => void lines.push(line);
const json = (response: ServerResponse, body: object, status = 200) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

beforeEach(async () => {
  lines = [];
  const place = await makePlace();
  const tls = await makeLoopbackTls();
  server = createServer({ key: tls.key, cert: tls.certificate }, (request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += String(chunk);
    });
    request.on("end", () => answer(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const httpsPort = typeof address === "object" && address !== null ? address.port : 0;
  const rootFile = `${place.folder}/root.pem`;
  inputs = { ...place.inputs, hostname: "127.0.0.1", httpsPort, tls: { ...place.inputs.tls, rootFile } };
  for (const [file, content] of [
    [inputs.tls.chainFile, tls.certificate],
    [inputs.tls.keyFile, tls.key],
    [rootFile, tls.ca],
    [place.layout.served.chain, tls.certificate],
    [place.layout.served.key, tls.key],
  ] as const) {
    await put(file, content);
  }
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const component = (name: string, status = "healthy") => ({ name, status });

describe("the wait for health", () => {
  it("takes no answer for health but one in which every component is healthy, more than once", async () => {
    const said = [
      (response: ServerResponse) => response.writeHead(502).end("<html>Bad Gateway</html>"),
      (response: ServerResponse) =>
        json(response, { status: "unhealthy", components: [component("core"), component("database", "unhealthy")] }),
      (response: ServerResponse) => json(response, { status: "healthy", components: [component("core")] }),
      (response: ServerResponse) => json(response, { status: "healthy", components: [] }),
      (response: ServerResponse) =>
        json(response, { status: "healthy", components: [component("core"), component("registry", "sick")] }),
    ];
    let asked = 0;
    answer = (_request, response) => {
      const speak = said[asked++] ?? (() => json(response, { status: "healthy", components: [component("core")] }));
      speak(response);
    };
    await waitForHealth(inputs, progress);
    expect(asked).toBe(said.length + 3);
    expect(lines.join("\n")).toMatch(/waiting for database \(/);
    expect(lines.join("\n")).toMatch(/waiting for registry \(/);
  });

  it("ends when the time is over, naming what never got healthy", async () => {
    const components = [component("core"), component("jobservice", "unhealthy")];
    answer = (_request, response) => json(response, { status: "unhealthy", components });
    const work = () => waitForHealth({ ...inputs, healthTimeoutSeconds: 1 }, progress);
    expect((await expectCode(work, "HARBOR_NOT_HEALTHY")).message).toContain("jobservice");
  });

  it("ends at once when what answers is not trusted", async () => {
    const other = await opensslCertificate({ names: ["DNS:localhost"] });
    await put(String(inputs.tls.rootFile), other.root);
    await expectCode(() => waitForHealth(inputs, progress), "HARBOR_TLS_UNTRUSTED");
  });
});

describe("whatever the DNS says of the hostname, this machine is asked", () => {
  const asked: string[] = [];
  const healthy: Answer = (request, response) => {
    asked.push(String(request.headers.host));
    json(response, { status: "healthy", components: [component("core")] });
  };

  beforeEach(() => {
    asked.length = 0;
    answer = healthy;
  });

  async function serve(name: string): Promise<void> {
    const { chain, key, root } = await opensslCertificate({ names: [name] });
    server.setSecureContext({ key, cert: chain });
    await put(String(inputs.tls.rootFile), root);
  }

  it.each([
    ["a name that has no address", "harbor.invalid", "DNS:harbor.invalid"],
    ["an address of another machine", "192.0.2.7", "IP:192.0.2.7"],
  ])("%s: its certificate is trusted, and its administrator logs in", async (_, hostname, name) => {
    await serve(name);
    const elsewhere = { ...inputs, hostname };
    await waitForHealth({ ...elsewhere, healthTimeoutSeconds: 1 }, progress);
    expect(new Set(asked)).toEqual(new Set([`${hostname}:${inputs.httpsPort}`]));
    answer = (_request, response) => json(response, { user_id: 1, username: "admin", sysadmin_flag: true });
    await ensureAdminPassword(elsewhere, "Harbor-New-2", undefined, progress);
  });

  it.each([
    ["harbor.invalid", "DNS:other.invalid"],
    ["harbor.invalid", "IP:127.0.0.1"],
    ["192.0.2.7", "IP:127.0.0.1"],
  ])("and sends nothing when its certificate is not for %s, but for %s", async (hostname, name) => {
    await serve(name);
    const elsewhere = { ...inputs, hostname };
    await expectCode(() => waitForHealth(elsewhere, progress), "HARBOR_TLS_UNTRUSTED");
    const work = () => ensureAdminPassword(elsewhere, "Harbor-New-2", undefined, progress);
    await expectCode(work, "HARBOR_TLS_UNTRUSTED");
    expect(asked).toEqual([]);
  });
});

describe("the administrator's password", () => {
  let current: string;
  let changes: number;

  beforeEach(() => {
    changes = 0;
    answer = (request, response, body) => {
      const login = Buffer.from(String(request.headers.authorization).slice("Basic ".length), "base64").toString();
      const refused = { errors: [{ code: "UNAUTHORIZED", message: "unauthorized" }] };
      // Harbor answers a wrong password when the lock that it caused is over.
      if (login !== `admin:${current}`) {
        setTimeout(() => json(response, refused, 401), 1_500);
      } else if (request.method === "PUT") {
        changes++;
        current = (JSON.parse(body) as { new_password: string }).new_password;
        response.writeHead(200).end();
      } else {
        json(response, { user_id: 1, username: "admin", sysadmin_flag: true });
      }
    };
  });

  it("that is already the declared one is left alone", async () => {
    current = "Harbor-New-2";
    await ensureAdminPassword(inputs, current, undefined, progress);
    expect(changes).toBe(0);
  });

  it("is changed from the one in state", async () => {
    current = "Harbor-Old-1";
    await ensureAdminPassword(inputs, "Harbor-New-2", "Harbor-Old-1", progress);
    expect([current, changes]).toEqual(["Harbor-New-2", 1]);
  });

  it("that a killed run changed is found changed", async () => {
    current = "Harbor-New-2";
    await ensureAdminPassword(inputs, "Harbor-New-2", "Harbor-Old-1", progress);
    expect(changes).toBe(0);
  });

  it("that is neither is an error, which tells none of them", async () => {
    current = "Harbor-Else-3";
    const work = () => ensureAdminPassword(inputs, "Harbor-New-2", "Harbor-Old-1", progress);
    const error = await expectCode(work, "HARBOR_ADMIN_PASSWORD_REFUSED");
    expect(error.message).not.toMatch(/Harbor-(New|Old|Else)/);
  });
});

describe("the certificate that is served", () => {
  const calls = () => scriptDocker("exit 0");

  it("is left alone, and no drift, when it is the declared one", async () => {
    const called = await calls();
    await serveCertificate(inputs, progress);
    expect(await called()).toEqual([]);
    expect(await driftOfServed(inputs)).toBe("");
  });

  it("that nginx refuses is put back, and its reason told", async () => {
    const layout = layoutOf(inputs);
    const [chain, key] = [await readFile(layout.served.chain, "utf8"), await readFile(layout.served.key, "utf8")];
    const next = await opensslCertificate({ names: ["IP:127.0.0.1"] });
    await put(inputs.tls.chainFile, next.chain);
    await put(inputs.tls.keyFile, next.key);
    expect(await driftOfServed(inputs)).not.toBe("");
    await scriptDocker('[ "$1" != exec ] || { echo "key values mismatch" >&2; exit 1; }');
    const error = await expectCode(() => serveCertificate(inputs, progress), "HARBOR_CERTIFICATE_NOT_SERVED");
    expect(error.message).toContain("key values mismatch");
    expect(await holdsPair(layout.served, { chain, key })).toBe(true);
  });

  it("is not touched for files that do not fit: another's key, as of a certificate that is being exchanged", async () => {
    const { served } = layoutOf(inputs);
    const before = await readFile(served.chain, "utf8");
    const [next, other] = [
      await opensslCertificate({ names: ["IP:127.0.0.1"] }),
      await opensslCertificate({ names: ["IP:127.0.0.1"] }),
    ];
    await put(inputs.tls.chainFile, next.chain);
    await put(inputs.tls.keyFile, other.key);
    const called = await calls();
    await expectCode(() => serveCertificate(inputs, progress), "HARBOR_CERTIFICATE_UNFIT");
    expect(await readFile(served.chain, "utf8")).toBe(before);
    expect(await called()).toEqual([]);
  });
});
