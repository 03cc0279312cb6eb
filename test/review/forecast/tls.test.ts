import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { servedCertificates } from "../../../components/review/forecast/servedCertificates";
import { forecastTls } from "../../../components/review/forecast/tlsForecast";
import { connectionOf } from "../../image/support";
import { freePort } from "../../support/ports";
import { startOlareg, type TestRegistry } from "../../support/registries";
import { side } from "../support";
import { chainOf, inDays, just, parsed, trusting } from "./support";

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startOlareg();
});
afterAll(() => registry.stop());

const trust = () => trusting([], { verification: { level: "skip" }, hostname: registry.host });
const in20Days = () => ({ trust: side("nothing", {}), at: new Date(), until: inDays(20) });

describe("A registry's TLS certificate", () => {
  it("is what a real registry serves, with the CA that it is trusted by; its end is an event of the stack", async () => {
    const served = (host: string) => servedCertificates({ ...connectionOf(registry), host });
    const chain = await served(registry.host);
    const ca = new X509Certificate(await readFile(registry.caFile));
    expect(chain.map(({ subject }) => subject)).toEqual(["CN=127.0.0.1", "CN=Loopback test CA"]);
    expect(chain[1]?.raw.equals(ca.raw)).toBe(true);
    const found = await forecastTls(registry.host, { ...in20Days(), trust: trust(), served });
    const [certificate] = chain;
    expect(found.events).toMatchObject([
      {
        instant: just(certificate?.notAfter as Date),
        reference: registry.host,
        stack: "production",
        cause: "tls",
        code: "TLS_CERTIFICATE_EXPIRED",
        certificate: { thumbprint: certificate?.thumbprint },
        unlessRenewed: true,
      },
    ]);
    expect(found.validity).toMatchObject([{ what: "tls", notAfter: certificate?.notAfter.toISOString() }]);
  });

  it("is told of when it has expired, and when a CA's above it does first", async () => {
    const short = await chainOf({ leaf: 9, intermediate: 5 });
    const chain = [parsed(short.leaf), parsed(short.intermediate)];
    const served = async () => chain;
    const found = await forecastTls("registry.example", { ...in20Days(), served });
    expect(found.events).toMatchObject([{ instant: just(inDays(5)), stack: null }]);
    expect(found.events[0]?.certificate?.subject).toBe(chain[1]?.subject);
    const expired = await forecastTls("registry.example", { ...in20Days(), at: inDays(6), served });
    expect(expired).toMatchObject({ events: [], failing: [{ code: "TLS_CERTIFICATE_EXPIRED", ended: true }] });
    const until = inDays(4);
    expect((await forecastTls("registry.example", { ...in20Days(), until, served })).events).toEqual([]);
  });

  it("is none over plain HTTP, and unknown where nothing answers, whatever is there instead", async () => {
    expect(await servedCertificates({ host: registry.host, plainHttp: true })).toEqual([]);
    const nowhere = `127.0.0.1:${await freePort()}`;
    const served = (host: string) => servedCertificates({ host });
    const found = await forecastTls(nowhere, { ...in20Days(), served });
    expect(found).toMatchObject({ events: [], unknown: [{ reference: nowhere, code: "REGISTRY_UNREACHABLE" }] });
  });
});
