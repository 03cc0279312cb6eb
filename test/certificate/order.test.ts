import { X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { acmeCertificate } from "../../components/certificate/acmeCertificate.handler";
import { CertificateError, type CertificateErrorCode } from "../../components/certificate/error";
import { occupy } from "../local/support";
import { expectCode } from "../notary/expectCode";
import { freePort } from "../support/ports";
import { spawnPebble } from "./pebbleProcess";
import {
  type AcmeTestRequest,
  type AcmeTestServer,
  createKilledAfter,
  createKilledAfterWriting,
  startPebble,
} from "./support";

let pebble: AcmeTestServer;
let request: AcmeTestRequest;
let before: number;
let number = 0;
beforeAll(async () => {
  pebble = await startPebble();
});
afterAll(() => pebble?.place.end());
afterEach(() => void vi.useRealTimers());
beforeEach(async () => {
  request = pebble.request(`order-${number++}`);
  before = await pebble.orders();
});

const journalFile = () => join(request.directory, "order.json");
const journal = async () => JSON.parse(await readFile(journalFile(), "utf8")) as Record<string, string>;
const newOrders = async () => (await pebble.orders()) - before;
/** Only what time it is here changes; the server goes on in its own. */
const later = (hours: number) => vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + hours * 3_600_000 });
const create = async (inputs = request) => (await acmeCertificate.create(inputs)).outputs;

describe("an order that was interrupted", () => {
  it("before it was finalised is gone on with: same order, same key", async () => {
    await createKilledAfterWriting(request, "order.json");
    const { orderUrl, privateKey } = await journal();
    expect(existsSync(join(request.directory, "chain.pem"))).toBe(false);
    const resumed = await create();
    expect(resumed.privateKey).toBe(privateKey);
    expect((await journal()).orderUrl).toBe(orderUrl);
    expect(await newOrders()).toBe(1);
  });

  it("after it was finalised, before the engine saved it, yields the very same certificate", async () => {
    await createKilledAfterWriting(request, "chain.pem");
    const chain = await readFile(join(request.directory, "chain.pem"), "utf8");
    await rm(join(request.directory, "chain.pem"));
    const first = await create();
    expect(first.chain).toBe(chain);
    const second = await create();
    expect({ ...second, renewal: undefined }).toEqual({ ...first, renewal: undefined });
    expect(await newOrders()).toBe(1);
  });

  it("after it was finalised, which is found out hours later, yields the very same certificate", async () => {
    await createKilledAfterWriting(request, "chain.pem");
    const chain = await readFile(join(request.directory, "chain.pem"), "utf8");
    later(20);
    expect((await create()).chain).toBe(chain);
    expect(await newOrders()).toBe(1);
  });

  it("and whose certificate the engine has saved is over: who replaces that gets another, with another key", async () => {
    const first = await create();
    const { drift } = await acmeCertificate.observe({ ...request, ...first });
    expect(drift).toBe("");
    const second = await create();
    expect(second.thumbprint).not.toBe(first.thumbprint);
    expect(second.privateKey).not.toBe(first.privateKey);
    expect(await newOrders()).toBe(2);
  });

  it("while a certificate is replaced is gone on with, although the engine knows the one before", async () => {
    const first = await create();
    await acmeCertificate.observe({ ...request, ...first });
    await createKilledAfterWriting(request, "order.json");
    const { privateKey } = await journal();
    await acmeCertificate.observe({ ...request, ...first });
    expect((await create()).privateKey).toBe(privateKey);
    expect(await newOrders()).toBe(2);
  });

  it.each(["order.json", "chain.pem"])("and is over by the server's own time is ordered anew: %s", async (name) => {
    await createKilledAfterWriting(request, name);
    const { orderUrl } = await journal();
    later(25); // Pebble's orders live for a day
    await create();
    expect((await journal()).orderUrl).not.toBe(orderUrl);
    expect(await newOrders()).toBe(2);
  });

  it("and whose certificate has expired since, before its order is over, is ordered anew", async () => {
    const brief = await spawnPebble({ profiles: { brief: 8 } });
    try {
      const inputs = { ...brief.request("brief"), profile: "brief" };
      await createKilledAfterWriting(inputs, "chain.pem");
      const { validTo } = new X509Certificate(await readFile(join(inputs.directory, "chain.pem"), "utf8"));
      await new Promise((resolve) => setTimeout(resolve, Date.parse(validTo) - Date.now() + 1_000));
      expect(Date.parse((await create(inputs)).notAfter)).toBeGreaterThan(Date.parse(validTo));
    } finally {
      await brief.stop();
    }
  });

  // Not always one order: the server gives one up itself when it looks for the answer just after the kill.
  it("at any moment, again and again, is one certificate in the end", async () => {
    const issuedBefore = await pebble.issued();
    let killed = 0;
    for (let delay = 0; await createKilledAfter(request, delay); delay += 70) killed++;
    expect(killed).toBeGreaterThan(1);
    const issued = await create();
    expect(issued.chain).toBe(await readFile(join(request.directory, "chain.pem"), "utf8"));
    expect((await pebble.issued()) - issuedBefore).toBe(1);
  });

  it("and became invalid meanwhile is replaced by another", async () => {
    let left = "";
    const rejected = create({
      ...request,
      challenge: { type: "http-01", address: "127.0.0.1", port: await freePort() },
    });
    const watch = setInterval(async () => {
      left = await readFile(journalFile(), "utf8").catch(() => left);
    }, 5);
    await expectCode(() => rejected, CertificateError, "ACME_CHALLENGE_REJECTED");
    clearInterval(watch);
    expect(left).toContain("orderUrl");
    await writeFile(journalFile(), left, { mode: 0o600 }); // as a kill before the journal was removed leaves it
    const invalid = (await journal()).orderUrl;
    await create();
    expect((await journal()).orderUrl).not.toBe(invalid);
    expect(await newOrders()).toBe(2);
  });

  it("is not gone on with from a journal that is not whole", async () => {
    await createKilledAfterWriting(request, "order.json");
    const { orderUrl } = await journal();
    await writeFile(journalFile(), '{"asked":');
    await create();
    expect((await journal()).orderUrl).not.toBe(orderUrl);
  });

  it("is not gone on with for other names", async () => {
    await createKilledAfterWriting(request, "order.json");
    const asked = await journal();
    await writeFile(
      journalFile(),
      JSON.stringify({ ...asked, asked: asked.asked?.replace('127.0.0.1"', '192.0.2.1"') }),
    );
    const issued = await create();
    expect(issued.privateKey).not.toBe(asked.privateKey);
  });
});

describe("an order that fails", () => {
  const errors: unknown[] = [];
  const expectFailure = (code: CertificateErrorCode, inputs = request) =>
    expectCode(
      () =>
        create(inputs).catch((error: unknown) => {
          errors.push(error);
          throw error;
        }),
      CertificateError,
      code,
    );

  afterEach(async () => {
    const texts = errors.map((error) => inspect(error, { depth: 4 }) + String(error));
    for (const text of texts) expect(text).not.toContain("PRIVATE KEY");
    for (const name of ["account-key.pem", "key.pem"]) {
      const pem = await readFile(join(request.directory, name), "utf8").catch(() => "");
      const [, line = "no such file"] = pem.split("\n");
      for (const text of texts) expect(text).not.toContain(line);
    }
  });

  it("because the challenge is not answered where the server looks succeeds the next time", async () => {
    await expectFailure("ACME_CHALLENGE_REJECTED", {
      ...request,
      challenge: { type: "http-01", address: "127.0.0.1", port: await freePort() },
    });
    expect(existsSync(journalFile())).toBe(false);
    await create();
  });

  it("because the challenge's port is used goes on with the same order once it is free", async () => {
    const other = await occupy(request.challenge.port);
    try {
      await expectFailure("CHALLENGE_PORT_IN_USE");
    } finally {
      await other.release();
    }
    const { orderUrl } = await journal();
    await create();
    expect((await journal()).orderUrl).toBe(orderUrl);
    expect(await newOrders()).toBe(1);
  });

  it("because the server is down says so within 10 seconds, and nothing is lost", async () => {
    await pebble.kill();
    const start = Date.now();
    try {
      await expectFailure("ACME_SERVER_UNREACHABLE");
      expect(Date.now() - start).toBeLessThan(10_000);
    } finally {
      await pebble.restart();
    }
    await create();
  });

  it("because the server accepts connections and says nothing says so within 10 seconds", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => silent.once("listening", resolve));
    const { port } = silent.address() as AddressInfo;
    const start = Date.now();
    try {
      await expectFailure("ACME_SERVER_UNREACHABLE", {
        ...request,
        server: { ...request.server, url: `https://127.0.0.1:${port}/dir` },
      });
      expect(Date.now() - start).toBeLessThan(10_000);
    } finally {
      silent.close();
    }
  });

  it("because the server's certificate is not the trusted one says so", async () => {
    const { caFile: _, ...server } = request.server;
    const stranger = await startPebble();
    try {
      const url = stranger.request("x").server.url;
      await expectFailure("ACME_SERVER_UNREACHABLE", { ...request, server: { ...server, url } });
    } finally {
      await stranger.place.end();
    }
  });

  it("because the server refuses the account says so", async () => {
    await expectFailure("ACME_ACCOUNT_REFUSED", { ...request, contact: "no address at all" });
    await create();
  });

  it("because the server has no such profile says so", async () => {
    await expectFailure("ACME_ORDER_REFUSED", { ...request, profile: "unheard-of" });
    await create();
  });

  it("because it can't be finalised is not tried again: the next run orders anew", async () => {
    await createKilledAfterWriting(request, "order.json");
    // RFC 8555 § 11.1: a server refuses a certificate for an account's own key.
    const privateKey = await readFile(join(request.directory, "account-key.pem"), "utf8");
    await writeFile(journalFile(), JSON.stringify({ ...(await journal()), privateKey }));
    await expectFailure("ACME_ORDER_INVALID");
    expect(existsSync(journalFile())).toBe(false);
    const issued = await create();
    expect(issued.privateKey).not.toBe(privateKey);
    expect(await newOrders()).toBe(2);
  });
});
