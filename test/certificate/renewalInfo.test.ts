import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { acmeCertificate } from "../../components/certificate/acmeCertificate.handler";
import { type RenewalInfo, renewalReason } from "../../components/certificate/renewal";
import { askRenewalInfo, certificateId } from "../../components/certificate/renewalInfo";
import { toHandler } from "../../components/provider/handler";
import { ManagedResource } from "../provider/managedResource";
import { freePort } from "../support/ports";
import { type PebbleProcess, spawnPebble } from "./pebbleProcess";
import { type ScriptedAcme, startScriptedAcme } from "./scriptedAcme";
import type { AcmeTestRequest } from "./support";

const HOUR = 3_600_000;
let pebble: PebbleProcess;
let acme: ScriptedAcme;
let request: AcmeTestRequest;
let resource: ManagedResource;
let number = 0;

beforeAll(async () => {
  pebble = await spawnPebble({ env: { PEBBLE_AUTHZREUSE: "0" } });
  acme = await startScriptedAcme(pebble);
});
afterAll(async () => {
  await acme?.stop();
  await pebble?.stop();
});
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  acme.requests.length = 0;
  acme.answer = () => undefined;
  acme.directory = (shown) => shown;
  request = { ...pebble.request(`renewal-${number++}`), server: acme.server };
  resource = new ManagedResource(toHandler(acmeCertificate));
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const asked = () => acme.requests.filter(({ path }) => path.includes("/renewalInfo/"));
const orders = () => acme.requests.flatMap(({ payload }) => (payload?.identifiers ? [payload] : []));
const chain = () => `${resource.state.chain}`;
const renewal = () => resource.state.renewal as RenewalInfo;
/**
 * A first certificate. Pebble does not find the order of one in 256: it compares serial numbers as text, and forgets the zero
 * that DER puts before a set bit. Such a one is left aside.
 */
const issue = async () => {
  do {
    acme.requests.length = 0;
    request = { ...request, directory: `${request.directory}.` };
    resource = new ManagedResource(toHandler(acmeCertificate));
    await resource.up(request);
  } while (/^A[I-P]/.test(certificateId(chain()).split(".")[1] ?? ""));
};
/** Only what time it is changes; the server goes on in its own. */
const hoursLater = (hours: number) => vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + hours * HOUR });
const windowAt = (fromHours: number, toHours: number, more = {}) => {
  const iso = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString();
  return JSON.stringify({ suggestedWindow: { start: iso(fromHours), end: iso(toHours) }, ...more });
};

describe("renewal information", () => {
  it("is asked for at once, and kept with what the server says of asking again", async () => {
    await resource.up(request);
    expect(asked()).toHaveLength(1);
    expect(asked()[0]?.path).toContain(certificateId(chain()));
    // Pebble suggests two days around two thirds of the certificate's life.
    const twoThirds = Date.parse(`${resource.state.notBefore}`) + 60 * 24 * HOUR;
    expect(Math.abs(Date.parse(`${renewal().window?.start}`) - (twoThirds - 24 * HOUR))).toBeLessThan(10_000);
    expect(Math.abs(Date.parse(renewal().askAfter) - (Date.now() + 6 * HOUR))).toBeLessThan(60_000);
  });

  it("is asked for again when its time has come, and not before", async () => {
    await resource.up(request);
    await resource.up(request);
    expect(asked()).toHaveLength(1);
    hoursLater(5.9);
    expect(await resource.up(request)).toBe("same");
    expect(asked()).toHaveLength(1);
    hoursLater(0.2);
    expect(await resource.up(request)).toBe("same");
    expect(asked()).toHaveLength(2);
  });

  it("renews at once when the server wants it, naming the certificate that is replaced", async () => {
    await issue();
    const [first, id] = [resource.id, certificateId(chain())];
    await pebble.setRenewalInfo(chain(), windowAt(-2, -1, { explanationURL: "https://example.com/incident" }));
    hoursLater(7);
    expect(await resource.refresh()).toContain("https://example.com/incident");
    expect(await resource.up(request)).toBe("replace");
    expect(resource.id).not.toBe(first);
    expect(orders().map(({ replaces }) => replaces)).toEqual([undefined, id]);
    expect(pebble.log()).toContain("is a replacement of");
    expect(await resource.up(request)).toBe("same");
  });

  it("renews at once what was issued a moment ago, by another one whose files are there", async () => {
    await resource.up(request);
    const first = resource.id;
    await pebble.setRenewalInfo(chain(), windowAt(-2, -1));
    resource.state.renewal = { askAfter: new Date(0).toISOString() };
    expect(await resource.up(request)).toBe("replace");
    expect(resource.id).not.toBe(first);
    expect(await readFile(join(request.directory, "chain.pem"), "utf8")).toBe(chain());
    expect(await resource.up(request)).toBe("same");
  });

  it("renews within the window, not before it", async () => {
    await resource.up(request);
    await pebble.setRenewalInfo(chain(), windowAt(10 * 24, 11 * 24));
    hoursLater(7);
    expect(await resource.up(request)).toBe("same");
    hoursLater(9.5 * 24);
    expect(await resource.up(request)).toBe("same");
    expect(renewalReason(resource.state as never, new Date(Date.now() + 2 * 24 * HOUR))).toBeDefined();
  });

  it.each(["no JSON at all", "{}", '{"suggestedWindow":{"start":"soon","end":"later"}}', windowAt(2, 1), "null"])(
    "that makes no sense changes nothing, and is asked for again six hours later: %s",
    async (text) => {
      await resource.up(request);
      const before = renewal().window;
      await pebble.setRenewalInfo(chain(), text);
      hoursLater(7);
      expect(await resource.up(request)).toBe("same");
      expect(renewal().window).toEqual(before);
      expect(Math.abs(Date.parse(renewal().askAfter) - (Date.now() + 6 * HOUR))).toBeLessThan(60_000);
    },
  );

  it.each([
    ["a server in trouble", { status: 503, headers: { "retry-after": "43200" } }, 12],
    ["a cut connection", { status: 0, cut: true }, 6],
    ["an answer that is too large", { status: 200, body: "x".repeat(2 ** 21) }, 6],
  ])("is not had from %s: what was known stays, and nothing fails", async (_, answer, hours) => {
    await resource.up(request);
    const before = renewal().window;
    acme.answer = ({ path }) => (path.includes("/renewalInfo/") ? answer : undefined);
    hoursLater(7);
    const start = performance.now();
    expect(await resource.up(request)).toBe("same");
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(renewal().window).toEqual(before);
    expect(Math.abs(Date.parse(renewal().askAfter) - (Date.now() + hours * HOUR))).toBeLessThan(60_000);
  });

  it.each([
    ["1", 1 / 60],
    ["31536000", 24],
    ["whenever", 6],
  ])("is asked for again within limits: Retry-After %s", async (header, hours) => {
    await resource.up(request);
    const body = windowAt(24 * 50, 24 * 51);
    acme.answer = ({ path }) =>
      path.includes("/renewalInfo/") ? { status: 200, headers: { "retry-after": header }, body } : undefined;
    const { askAfter } = await askRenewalInfo(request.server, chain(), new Date());
    expect(Math.abs(Date.parse(askAfter) - (Date.now() + hours * HOUR))).toBeLessThan(10_000);
  });

  it("drops a page that is no web address", async () => {
    await resource.up(request);
    await pebble.setRenewalInfo(chain(), windowAt(1, 2, { explanationURL: "javascript:alert(1)" }));
    const { window } = await askRenewalInfo(request.server, chain(), new Date());
    expect(window).toBeDefined();
    expect(window?.explanation).toBeUndefined();
  });
});

describe("an order that replaces a certificate", () => {
  const renew = async () => {
    hoursLater(7);
    await pebble.setRenewalInfo(chain(), windowAt(-2, -1));
    acme.requests.length = 0;
    return await resource.up(request);
  };

  it("which was replaced already is made all the same, as a new one", async () => {
    await issue();
    const oldChain = chain();
    expect(await renew()).toBe("replace");
    // As another machine would, that knows the first certificate only.
    await writeFile(join(request.directory, "chain.pem"), oldChain);
    await rm(join(request.directory, "order.json"));
    acme.requests.length = 0;
    await acmeCertificate.create(request);
    expect(orders().map(({ replaces }) => replaces)).toEqual([certificateId(oldChain), undefined]);
  });

  it("is named again after an order that came to nothing", async () => {
    await issue();
    const id = certificateId(chain());
    const nobody = { ...request.challenge, port: await freePort() };
    hoursLater(7);
    await pebble.setRenewalInfo(chain(), windowAt(-2, -1));
    acme.requests.length = 0;
    await expect(resource.up({ ...request, challenge: nobody })).rejects.toThrow("ACME_CHALLENGE_REJECTED");
    expect(await resource.up(request)).toBe("replace");
    expect(
      orders()
        .slice(0, 2)
        .map(({ replaces }) => replaces),
    ).toEqual([id, id]);
  });

  it("which the server can't find is made all the same, without a wait", async () => {
    await issue();
    const body = { type: "urn:ietf:params:acme:error:serverInternal", detail: "no order for it", status: 500 };
    acme.answer = ({ payload }) => (payload?.replaces ? { status: 500, body } : undefined);
    const start = performance.now();
    expect(await renew()).toBe("replace");
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(orders().map(({ replaces }) => typeof replaces)).toEqual(["string", "undefined"]);
  });

  it("of another server does not name it there", async () => {
    await resource.up({ ...request, server: pebble.server });
    acme.requests.length = 0;
    await acmeCertificate.create(request);
    expect(orders().map(({ replaces }) => replaces)).toEqual([undefined]);
  });

  it("that is for other names does not name it", async () => {
    await resource.up(request);
    acme.requests.length = 0;
    await resource.up({ ...request, identifiers: ["127.0.0.1", "127.0.0.2"] }).catch(() => undefined);
    expect(orders().map(({ replaces }) => replaces)).toEqual([undefined]);
  });

  it("at a server without renewal information does not name it", async () => {
    await resource.up(request);
    acme.directory = ({ renewalInfo: _, ...shown }) => shown;
    expect(await renew()).toBe("same"); // nobody suggests anything any more, and it is young
    hoursLater(61 * 24);
    expect(await resource.up(request)).toBe("replace");
    expect(orders().map(({ replaces }) => replaces)).toEqual([undefined]);
  });
});
