import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { Resolver } from "node:dns/promises";
import { join, relative } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { acmeCertificate } from "../../components/certificate/acmeCertificate.handler";
import type { AcmeCertificateInputs } from "../../components/certificate/acmeCertificateInputs";
import { authoritativeServers } from "../../components/certificate/authoritativeServers";
import type { Dns01 } from "../../components/certificate/dns01";
import { awaitPropagation } from "../../components/certificate/dns01Propagation";
import { CertificateError } from "../../components/certificate/error";
import { toHandler } from "../../components/provider/handler";
import { expectCode } from "../notary/expectCode";
import { ManagedResource } from "../provider/managedResource";
import { projectRoot } from "../support/tools";
import { startDnsServer, type TestDnsServer } from "./dnsServer";
import { type PebbleProcess, spawnPebble } from "./pebbleProcess";
import { createInChild } from "./support";

interface Dns01Request extends AcmeCertificateInputs {
  challenge: Dns01;
}

/** Adds and removes lines of a file that the name server reads; says what it was told. */
const HOOK = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
echo "$ACTION $DOMAIN $RECORD_NAME $RECORD_VALUE" >> hook.log
env > hook.env
case "$ACTION" in
  present) echo "$RECORD_NAME $RECORD_VALUE" >> zone ;;
  cleanup) test ! -e cleanup-fails || { echo "no access to the zone" >&2; exit 3; }
           grep -vxF "$RECORD_NAME $RECORD_VALUE" zone > zone.new; mv zone.new zone ;;
esac
if test "$ACTION" = present && test -e "kill-at-present"; then rm kill-at-present; kill -KILL "$PPID"; fi
test ! -e present-fails || { echo "the zone is locked" >&2; exit 3; }
`;

let dns: TestDnsServer;
let pebble: PebbleProcess;
let zone: string;
let request: Dns01Request;
let number = 0;

beforeAll(async () => {
  dns = await startDnsServer();
  pebble = await spawnPebble({ dnsServer: dns.address, env: { PEBBLE_AUTHZREUSE: "0" } });
});
afterAll(async () => {
  await pebble?.stop();
  await dns?.stop();
});
beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  zone = join(pebble.directory, `zone-${number}`);
  await mkdir(zone);
  await writeFile(join(zone, "zone"), "");
  await writeFile(join(zone, "hook"), HOOK, { mode: 0o755 });
  dns.questions.length = 0;
  dns.records = async ({ name, type }) => (type === "TXT" ? ((await records()).get(name) ?? []) : []);
  const propagation = { nameservers: [dns.address], timeoutSeconds: 20 };
  request = {
    ...pebble.request(`dns-${number++}`),
    identifiers: ["registry.example.com"],
    challenge: { type: "dns-01", hook: [join(zone, "hook")], propagation },
  };
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const inZone = (name: string) => readFile(join(zone, name), "utf8").catch(() => "");
const steps = async () =>
  (await inZone("hook.log"))
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
const create = async (inputs = request) => (await acmeCertificate.create(inputs)).outputs;
const records = async () => {
  const found = new Map<string, string[]>();
  for (const line of (await inZone("zone")).split("\n").filter(Boolean)) {
    const [name = "", value = ""] = line.split(" ");
    found.set(name, [...(found.get(name) ?? []), value]);
  }
  return found;
};
const provoke = (name: string) => writeFile(join(zone, name), "");
const noted = () => existsSync(join(request.directory, "dns-records.json"));
const asked = () => pebble.log().match(/Pulled a task/g)?.length ?? 0;

describe("a certificate by dns-01", () => {
  it("is issued, and the hook is told what to add and to remove", async () => {
    expect((await create()).subjectAltName).toBe("DNS:registry.example.com");
    const [present, cleanup, ...more] = await steps();
    expect(present?.slice(0, 3)).toEqual(["present", "registry.example.com", "_acme-challenge.registry.example.com"]);
    expect(cleanup).toEqual(["cleanup", ...(present?.slice(1) ?? [])]);
    expect(more).toEqual([]);
    expect(await inZone("zone")).toBe("");
    expect(noted()).toBe(false);
  });

  it("is issued for a wildcard beside its own domain: both values stand at one name at a time", async () => {
    const issued = await create({ ...request, identifiers: ["*.example.com", "example.com"] });
    expect(issued.subjectAltName.split(", ").sort()).toEqual(["DNS:*.example.com", "DNS:example.com"]);
    const told = await steps();
    expect(told.map(([action]) => action)).toEqual(["present", "present", "cleanup", "cleanup"]);
    expect(new Set(told.map(([, , name]) => name))).toEqual(new Set(["_acme-challenge.example.com"]));
    expect(new Set(told.map(([, , , value]) => value)).size).toBe(2);
    expect(await inZone("zone")).toBe("");
  });

  it("hands the hook the environment, without what is the engine's", async () => {
    vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "a passphrase");
    vi.stubEnv("DNS_TOKEN", "of the provider");
    await create();
    expect(await inZone("hook.env")).toContain("DNS_TOKEN=of the provider");
    expect(await inZone("hook.env")).not.toMatch(/^PULUMI_/m);
  });

  it("is asked for only when the name server has the record", async () => {
    let looks = 0;
    const before = asked();
    dns.records = async ({ name, type }) => {
      if (type !== "TXT" || ++looks <= 2) return [];
      return (await records()).get(name) ?? [];
    };
    await create();
    expect(looks).toBeGreaterThan(2);
    expect(asked() - before).toBe(1);
  });

  it("waits for a declared time without a look", async () => {
    const start = performance.now();
    await create({ ...request, challenge: { ...request.challenge, propagation: { waitSeconds: 1 } } });
    expect(performance.now() - start).toBeGreaterThan(1_000);
    expect(dns.questions.length).toBeLessThanOrEqual(3); // Pebble's own
  });
});

describe("a record that does not come into DNS", () => {
  it("costs no try at the ACME server, is removed, and the order goes on the next time", async () => {
    const before = asked();
    dns.records = () => [];
    const propagation = { nameservers: [dns.address], timeoutSeconds: 1 };
    const impatient = { ...request, challenge: { ...request.challenge, propagation } };
    await expectCode(() => create(impatient), CertificateError, "CHALLENGE_NOT_PROPAGATED");
    expect(asked()).toBe(before);
    expect((await steps()).map(([action]) => action)).toEqual(["present", "cleanup"]);
    const { orderUrl } = JSON.parse(await readFile(join(request.directory, "order.json"), "utf8"));
    dns.records = async ({ name }) => (await records()).get(name) ?? [];
    await create();
    expect(JSON.parse(await readFile(join(request.directory, "order.json"), "utf8")).orderUrl).toBe(orderUrl);
  });

  it("is said of a name server that does not answer, in bounded time", async () => {
    const propagation = { nameservers: ["127.0.0.1:9"], timeoutSeconds: 1 };
    const deaf = { ...request, challenge: { ...request.challenge, propagation } };
    const start = performance.now();
    await expectCode(() => create(deaf), CertificateError, "CHALLENGE_NOT_PROPAGATED");
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  it("does not hold up when one of several name servers does not answer", async () => {
    const propagation = { nameservers: ["127.0.0.1:9", dns.address], timeoutSeconds: 20 };
    await create({ ...request, challenge: { ...request.challenge, propagation } });
  });
});

describe("a record whose name servers nobody knows", () => {
  it("is given a minute, and that is said", async () => {
    const waits: unknown[] = [];
    vi.spyOn(globalThis, "setTimeout").mockImplementation(((work: () => void, ms: number) => {
      waits.push(ms);
      queueMicrotask(work);
    }) as never);
    await awaitPropagation([{ domain: "a.invalid", name: "_acme-challenge.a.invalid", value: "v" }]);
    expect(waits).toEqual([60_000]);
    expect(console.log).toHaveBeenCalledWith(expect.stringContaining("_acme-challenge.a.invalid"));
  });
});

describe("a hook", () => {
  it("that fails is shown with its last words, and cleaned up after", async () => {
    await provoke("present-fails");
    const error = await create().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "CHALLENGE_HOOK_FAILED" });
    expect(String(error)).toContain("the zone is locked");
    expect(await inZone("zone")).toBe("");
  });

  it("that does not exist is an error of its own", async () => {
    const hook = [join(zone, "no-such-hook")];
    const error = await create({ ...request, challenge: { ...request.challenge, hook } }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "CHALLENGE_HOOK_FAILED" });
    expect(String(error)).toContain("no-such-hook");
  });

  it("whose clean-up fails costs no certificate, and is run again by the next `up`", async () => {
    const resource = new ManagedResource(toHandler(acmeCertificate));
    await provoke("cleanup-fails");
    expect(await resource.up(request)).toBe("create");
    expect(await inZone("zone")).toContain("_acme-challenge.registry.example.com");
    expect(noted()).toBe(true);
    await rm(join(zone, "cleanup-fails"));
    expect(await resource.up(request)).toBe("update");
    expect(await inZone("zone")).toBe("");
    expect(noted()).toBe(false);
    expect(await resource.up(request)).toBe("same");
  });

  it("is run in the project's folder, and may be named from there", async () => {
    const hook = ["sh", "-c", `pwd > "${zone}/where"; exec "${zone}/hook"`];
    await create({ ...request, challenge: { ...request.challenge, hook } });
    expect((await inZone("where")).trim()).toBe(projectRoot);
    expect(relative(projectRoot, join(zone, "hook"))).toContain("/");
    await create({
      ...request,
      profile: "default",
      challenge: { ...request.challenge, hook: [relative(projectRoot, join(zone, "hook"))] },
    });
  });

  it("that was told to add a record before a kill is told to remove it by the next run, which issues", async () => {
    await provoke("kill-at-present");
    expect(await createInChild(request, "")).toBe(true);
    expect(await inZone("zone")).toContain("_acme-challenge.registry.example.com");
    const [killed] = await steps();
    await create();
    const [, first] = await steps();
    expect(first).toEqual(["cleanup", ...(killed?.slice(1) ?? [])]);
    expect(await inZone("zone")).toBe("");
    expect(noted()).toBe(false);
  });
});

describe("the name servers of a record", () => {
  const found = async (name: string) => {
    const resolver = new Resolver();
    resolver.setServers([dns.address]);
    return await authoritativeServers(name, resolver);
  };
  const answers = (known: Record<string, string[]>) => {
    dns.records = ({ name, type }) => known[`${type} ${name}`] ?? [];
  };

  it("are those of the nearest zone above it", async () => {
    answers({
      "NS example.com": ["ns1.host.test", "ns2.host.test"],
      "A ns1.host.test": ["192.0.2.1"],
      "A ns2.host.test": ["192.0.2.2"],
    });
    const place = await found("_acme-challenge.registry.example.com");
    expect(place).toEqual({ name: "_acme-challenge.registry.example.com", servers: ["192.0.2.1", "192.0.2.2"] });
  });

  it("are those of what its aliases lead to", async () => {
    answers({
      "CNAME _acme-challenge.example.com": ["example-com.acme.host.test"],
      "NS acme.host.test": ["ns.host.test"],
      "NS example.com": ["ns.other.test"],
      "A ns.host.test": ["192.0.2.7"],
      "A ns.other.test": ["192.0.2.8"],
    });
    const place = await found("_acme-challenge.example.com");
    expect(place).toEqual({ name: "example-com.acme.host.test", servers: ["192.0.2.7"] });
  });

  it("are unknown when nobody knows them, or aliases go in circles", async () => {
    answers({
      "CNAME a.example.com": ["b.example.com"],
      "CNAME b.example.com": ["a.example.com"],
      "NS com": ["ns.com"],
    });
    expect(await found("a.example.com")).toBeUndefined();
    expect(await found("registry.example.com")).toBeUndefined();
  });
});
