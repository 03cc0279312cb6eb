import { X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as acme from "acme-client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { acmeCertificate } from "../../components/certificate/acmeCertificate.handler";
import { authorizeOrder } from "../../components/certificate/authorization";
import { CertificateError, type CertificateErrorCode } from "../../components/certificate/error";
import { expectCode } from "../notary/expectCode";
import { type PebbleOptions, type PebbleProcess, spawnPebble } from "./pebbleProcess";
import { type ScriptedAcme, type ScriptedAnswer, startScriptedAcme } from "./scriptedAcme";
import type { AcmeTestRequest } from "./support";

const create = async (inputs: AcmeTestRequest) => (await acmeCertificate.create(inputs)).outputs;
const count = (text: string, part: RegExp) => text.match(part)?.length ?? 0;

async function withPebble(options: PebbleOptions, work: (pebble: PebbleProcess) => Promise<void>): Promise<void> {
  const pebble = await spawnPebble(options);
  try {
    await work(pebble);
  } finally {
    await pebble.stop();
  }
}

describe("Pebble's failure modes", () => {
  // The library asks six times: of a request in ten thousand each of these would be rejected.
  it("a fifth of the nonces rejected: issued all the same", () =>
    withPebble({ env: { PEBBLE_WFE_NONCEREJECT: "20" } }, async (pebble) => {
      for (const name of ["a", "b", "c"])
        expect((await create(pebble.request(name))).chain).toContain("BEGIN CERTIFICATE");
      expect(pebble.log()).toContain("reject");
    }));

  it("every nonce rejected: an error, not an endless try", () =>
    withPebble({ env: { PEBBLE_WFE_NONCEREJECT: "100" } }, async (pebble) => {
      await expectCode(() => create(pebble.request("a")), CertificateError, "ACME_ACCOUNT_REFUSED");
    }));

  it("authorizations always reused: the second certificate needs no challenge", () =>
    withPebble({ env: { PEBBLE_AUTHZREUSE: "100" } }, async (pebble) => {
      const request = pebble.request("a");
      await create(request);
      const validated = count(pebble.log(), /set VALID by completed challenge/g);
      const { port } = request.challenge;
      // The same account: its key is in the folder. The address is nobody's, so a listener there would fail.
      const again = { ...request, profile: "default", challenge: { ...request.challenge, address: "192.0.2.1", port } };
      expect((await create(again)).chain).toContain("BEGIN CERTIFICATE");
      expect(count(pebble.log(), /set VALID by completed challenge/g)).toBe(validated);
    }));

  it("authorizations never reused, and pending for seconds: they are waited for", () =>
    withPebble(
      { env: { PEBBLE_AUTHZREUSE: "0", PEBBLE_VA_NOSLEEP: "0", PEBBLE_VA_SLEEPTIME: "4" } },
      async (pebble) => {
        const names = { ...pebble.request("a"), identifiers: ["127.0.0.1"] };
        await create(names);
        expect((await create({ ...names, profile: "default" })).chain).toContain("BEGIN CERTIFICATE");
        expect(count(pebble.log(), /set VALID by completed challenge/g)).toBe(2);
      },
    ));

  it("an authorization that became invalid: the server's reason, and a new order the next time", () =>
    withPebble({}, async (pebble) => {
      const request = pebble.request("a");
      const elsewhere = { ...request, challenge: { ...request.challenge, port: request.challenge.port + 1 } };
      const error = await create(elsewhere).catch((thrown: unknown) => thrown as CertificateError);
      expect(error).toMatchObject({ code: "ACME_CHALLENGE_REJECTED" });
      expect(String(error)).toContain("port 80 must be open"); // the problem's type, explained
      expect(String(error)).toContain("connection refused"); // and what the server said
      expect((await create(request)).chain).toContain("BEGIN CERTIFICATE");
    }));

  it("a short-lived profile: six days, and its name is asked for", () =>
    withPebble({ profiles: { classic: 90 * 86_400, shortlived: 6 * 86_400 } }, async (pebble) => {
      const { chain } = await create({ ...pebble.request("a"), profile: "shortlived" });
      const { validFrom, validTo } = new X509Certificate(chain);
      expect(Math.round((Date.parse(validTo) - Date.parse(validFrom)) / 86_400_000)).toBe(6);
    }));

  it("a profile that is not offered: those that are, in the error", () =>
    withPebble({ profiles: { classic: 90 * 86_400, shortlived: 6 * 86_400 } }, async (pebble) => {
      const error = await create({ ...pebble.request("a"), profile: "eternal" }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "ACME_ORDER_REFUSED" });
      for (const profile of ["classic", "shortlived"]) expect(String(error)).toContain(profile);
    }));
});

describe("answers that public servers give", () => {
  let pebble: PebbleProcess;
  let server: ScriptedAcme;
  let request: AcmeTestRequest;
  let number = 0;
  beforeAll(async () => {
    pebble = await spawnPebble({ env: { PEBBLE_AUTHZREUSE: "0" } });
    server = await startScriptedAcme(pebble);
  });
  afterAll(async () => {
    await server?.stop();
    await pebble?.stop();
  });
  beforeEach(() => {
    server.answer = () => undefined;
    server.requests.length = 0;
    request = { ...pebble.request(`public-${number++}`), server: server.server };
  });
  afterEach(() => vi.restoreAllMocks());

  const journal = () => join(request.directory, "order.json");
  const problem = (type: string, status: number, more: object = {}): ScriptedAnswer => ({
    status,
    body: { type: `urn:ietf:params:acme:error:${type}`, detail: `about ${type}`, status, ...more },
  });
  const isOrder = ({ path }: { path: string }) => path.startsWith("/order-plz");
  const failure = async (code: CertificateErrorCode) => {
    const start = performance.now();
    const error = await create(request).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(CertificateError);
    expect(error).toMatchObject({ code });
    expect(performance.now() - start).toBeLessThan(8_000);
    return String(error);
  };

  it("a rate limit: explained with the time, asked once, and nothing waits for hours", async () => {
    const retryAfter = { "retry-after": "7200" };
    server.answer = (asked) => (isOrder(asked) ? { ...problem("rateLimited", 429), headers: retryAfter } : undefined);
    const text = await failure("ACME_RATE_LIMITED");
    expect(text).toContain("about rateLimited");
    expect(text).toContain("in 2 hours");
    expect(text).toContain("letsencrypt-staging");
    expect(server.requests.filter(isOrder)).toHaveLength(1);
    server.answer = () => undefined;
    await create(request);
  });

  it("a rate limit with a date, and one without any time", async () => {
    const date = new Date(Date.now() + 5 * 86_400_000).toUTCString();
    server.answer = (asked) =>
      isOrder(asked) ? { ...problem("rateLimited", 429), headers: { "retry-after": date } } : undefined;
    expect(await failure("ACME_RATE_LIMITED")).toContain(new Date(date).toISOString());
    server.answer = (asked) => (isOrder(asked) ? problem("rateLimited", 429) : undefined);
    expect(await failure("ACME_RATE_LIMITED")).toContain("in a few hours");
  });

  it("a rate limit of the account, or in the middle of an order: that is gone on with afterwards", async () => {
    server.answer = ({ path }) => (path.startsWith("/sign-me-up") ? problem("rateLimited", 429) : undefined);
    await failure("ACME_RATE_LIMITED");
    server.answer = ({ path }) => (path.startsWith("/finalize-order") ? problem("rateLimited", 429) : undefined);
    await failure("ACME_RATE_LIMITED");
    const { orderUrl } = JSON.parse(await readFile(journal(), "utf8"));
    server.answer = () => undefined;
    await create(request);
    expect(JSON.parse(await readFile(journal(), "utf8")).orderUrl).toBe(orderUrl);
  });

  it("a server in trouble for a moment, or a connection cut once: tried again", async () => {
    const faults: ScriptedAnswer[] = [
      { status: 502, headers: { "content-type": "text/html" }, body: "<html>502 Bad Gateway</html>" },
      { status: 0, cut: true },
    ];
    server.answer = (asked) => (isOrder(asked) ? faults.pop() : undefined);
    expect((await create(request)).chain).toContain("BEGIN CERTIFICATE");
    expect(server.requests.filter(isOrder)).toHaveLength(3);
  });

  it.each([
    ["a proxy's page", { status: 502, headers: { "content-type": "text/html" }, body: "<html>502</html>" }],
    ["a problem of its own", problem("serverInternal", 500)],
  ])("a server in trouble, %s: an error within seconds that says so", async (_, answer) => {
    server.answer = (asked) => (isOrder(asked) ? answer : undefined);
    expect(await failure("ACME_ORDER_REFUSED")).toMatch(/HTTP status 502|fault is the server's own/);
  });

  it("a server that fails after it took the request: not sent again with a nonce that is used up", async () => {
    server.answer = (asked) => (isOrder(asked) ? problem("serverInternal", 500) : undefined);
    await failure("ACME_ORDER_REFUSED");
    expect(server.requests.filter(isOrder)).toHaveLength(1);
  });

  it("a server that is busy for an hour: said so, and not waited for", async () => {
    const busy = { status: 503, headers: { "retry-after": "3600" }, body: "" };
    server.answer = (asked) => (isOrder(asked) ? busy : undefined);
    expect(await failure("ACME_ORDER_REFUSED")).toContain("in 60 minutes");
    expect(server.requests.filter(isOrder)).toHaveLength(1);
  });

  it("a connection cut at the certificate's download: the same order is gone on with", async () => {
    server.answer = ({ path }) => (path.startsWith("/certZ") ? { status: 0, cut: true } : undefined);
    await failure("ACME_SERVER_UNREACHABLE");
    const { orderUrl, privateKey } = JSON.parse(await readFile(journal(), "utf8"));
    server.answer = () => undefined;
    const orders = count(pebble.log(), /Added order "/g);
    expect((await create(request)).privateKey).toBe(privateKey);
    expect(JSON.parse(await readFile(journal(), "utf8")).orderUrl).toBe(orderUrl);
    expect(count(pebble.log(), /Added order "/g)).toBe(orders);
  });

  it("an order that the server takes long to fulfil: said so, and the same order is gone on with", async () => {
    const { waitForValidStatus } = acme.Client.prototype;
    vi.spyOn(acme.Client.prototype, "waitForValidStatus").mockImplementation(function (this: acme.Client, item) {
      if (Object(item).finalize) Object.assign(this, { backoffOpts: { attempts: 2, min: 10, max: 10 } }); // or it takes a minute
      return waitForValidStatus.call(this, item as acme.Order);
    });
    let isFinalised = false;
    server.answer = ({ path }) => {
      isFinalised ||= path.startsWith("/finalize-order");
      if (!isFinalised || !/^\/(finalize-order|my-order)/.test(path)) return undefined;
      const finalize = new URL("/finalize-order/x", server.server.url).href;
      return { status: 200, body: { status: "processing", finalize, authorizations: [], identifiers: [] } };
    };
    expect(await failure("ACME_ORDER_PENDING")).toContain("same order");
    const { orderUrl, privateKey } = JSON.parse(await readFile(journal(), "utf8"));
    server.answer = () => undefined;
    expect((await create(request)).privateKey).toBe(privateKey);
    expect(JSON.parse(await readFile(journal(), "utf8")).orderUrl).toBe(orderUrl);
  });

  it("a chain that is another's: refused, and ordered anew the next time", async () => {
    const stranger = (await create(request)).chain;
    request = { ...request, directory: `${request.directory}-other`, challenge: request.challenge };
    server.answer = ({ path }) => (path.startsWith("/certZ") ? { status: 200, body: stranger } : undefined);
    await failure("CERTIFICATE_KEY_MISMATCH");
    expect(existsSync(journal())).toBe(false);
    expect(existsSync(join(request.directory, "chain.pem"))).toBe(false);
    server.answer = ({ path }) => (path.startsWith("/certZ") ? { status: 200, body: "no certificate" } : undefined);
    await failure("CERTIFICATE_CHAIN_INVALID");
    server.answer = () => undefined;
    await create(request);
  });

  it.each<[string, object, string]>([
    ["rejectedIdentifier", {}, "does not issue for this name"],
    ["caa", {}, "CAA record"],
    ["userActionRequired", {}, "terms"],
    ["externalAccountRequired", {}, "not supported"],
    [
      "rejectedIdentifier",
      { subproblems: [{ detail: "policy", identifier: { type: "dns", value: "a.test" } }] },
      "a.test: policy",
    ],
    ["neverHeardOf", {}, "about neverHeardOf"],
  ])("the problem %s %j: in words", async (type, more, words) => {
    server.answer = (asked) => (isOrder(asked) ? problem(type, 403, more) : undefined);
    expect(await failure("ACME_ORDER_REFUSED")).toContain(words);
    expect(server.requests.filter(isOrder)).toHaveLength(1);
  });

  it("a problem that is long and full of control characters: one line of bounded length", async () => {
    const detail = `\u001b[31mred\u001b[0m\r\n${"x".repeat(100_000)}`;
    server.answer = (asked) => (isOrder(asked) ? problem("malformed", 400, { detail }) : undefined);
    const text = await failure("ACME_ORDER_REFUSED");
    expect(text.length).toBeLessThan(1_500);
    expect(text.split("\n")).toHaveLength(1);
    expect(text).not.toContain("\u001b");
  });

  it("a token that could change nginx's configuration: no answer is given", async () => {
    server.answer = ({ path }) =>
      path.startsWith("/authZ")
        ? {
            status: 200,
            headers: { "content-type": "application/json" },
            body: {
              status: "pending",
              identifier: { type: "ip", value: "127.0.0.1" },
              challenges: [
                {
                  type: "http-01",
                  url: "https://127.0.0.1/x",
                  status: "pending",
                  token: 'a" ; } location / { return 200 "',
                },
              ],
            },
          }
        : undefined;
    await failure("CHALLENGE_TOKEN_INVALID");
  });

  it("a challenge of another type only: the types that are offered, in the error", async () => {
    server.answer = ({ path }) =>
      path.startsWith("/authZ")
        ? {
            status: 200,
            body: {
              status: "pending",
              identifier: { type: "ip", value: "127.0.0.1" },
              challenges: [{ type: "tls-alpn-01", url: "https://127.0.0.1/x", status: "pending", token: "t" }],
            },
          }
        : undefined;
    expect(await failure("ACME_ORDER_REFUSED")).toContain("tls-alpn-01");
  });

  it("a challenge that stays pending: said so, and the order stays", async () => {
    const accountKey = await acme.crypto.createPrivateEcdsaKey();
    const client = new acme.Client({
      directoryUrl: request.server.url,
      accountKey,
      backoffAttempts: 2,
      backoffMin: 10,
      backoffMax: 10,
    });
    await client.createAccount({ termsOfServiceAgreed: true });
    const order = await client.createOrder({ identifiers: [{ type: "ip", value: "127.0.0.1" }] });
    server.answer = ({ path }) =>
      path.startsWith("/chalZ")
        ? { status: 200, headers: { "content-type": "application/json" }, body: { status: "processing", url: path } }
        : undefined;
    await expectCode(
      () => authorizeOrder(client, order, request.challenge, request.directory),
      CertificateError,
      "ACME_CHALLENGE_PENDING",
    );
    expect((await client.getOrder(order)).status).toBe("pending");
  });
});
