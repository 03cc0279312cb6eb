import { describe, expect, it } from "vitest";
import { acmeCertificate } from "../../components/certificate/acmeCertificate.handler";
import type { AcmeCertificateInputs } from "../../components/certificate/acmeCertificateInputs";
import { isPublicServer, serverOf } from "../../components/certificate/acmeServer";
import { toHandler } from "../../components/provider/handler";
import { refusedProperty } from "../provider/managedResource";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const handler = toHandler(acmeCertificate);
const good = {
  server: "letsencrypt",
  identifiers: ["registry.example.com"],
  challenge: { type: "http-01", address: "0.0.0.0", port: 80 },
  directory: ".breakwater/certificate",
};
const nginx = { container: "nginx", confDirectory: "/opt/harbor/common/config/nginx/conf.d" };
const dns01 = { type: "dns-01", hook: ["hooks/dns"] };
const check = async (changes: object, olds: object = {}) => {
  const { inputs, failures } = await handler.check({ ...olds }, { ...good, ...changes });
  return { inputs: inputs as unknown as AcmeCertificateInputs, refused: failures.map(refusedProperty) };
};

describe("inputs of a certificate by ACME", () => {
  it.each<[string, object]>([
    ["a public server by name", {}],
    ["its test server", { server: "letsencrypt-staging" }],
    ["another server", { server: { url: "https://acme.example.com/directory" } }],
    [
      "several names and addresses",
      { identifiers: ["a.example.com", "xn--bcher-kva.example", "192.0.2.1", "2001:db8::1"] },
    ],
    ["a Harbor's nginx", { challenge: { ...good.challenge, nginx: { ...nginx, httpsPort: 443 } } }],
    ["a test server's nginx", { challenge: { ...good.challenge, port: 5002, nginx: { ...nginx, httpsPort: 8443 } } }],
    ["a wildcard by dns-01", { identifiers: ["*.example.com", "example.com"], challenge: dns01 }],
    [
      "name servers with and without a port",
      { challenge: { ...dns01, propagation: { nameservers: ["192.0.2.1", "[2001:db8::1]:53"] } } },
    ],
    ["what is not known yet", { server: { url: UNKNOWN }, challenge: UNKNOWN, identifiers: [UNKNOWN] }],
  ])("are taken: %s", async (_, changes) => {
    expect((await check(changes)).refused).toEqual([]);
  });

  it.each<[string, string, object]>([
    ["no name", "identifiers", { identifiers: [] }],
    ["a name of one label", "identifiers", { identifiers: ["localhost"] }],
    ["a URL", "identifiers", { identifiers: ["https://registry.example.com"] }],
    ["a name with a port", "identifiers", { identifiers: ["registry.example.com:443"] }],
    ["a name that is not ASCII", "identifiers", { identifiers: ["bücher.example"] }],
    ["a name that is too long", "identifiers", { identifiers: [`${"a.".repeat(130)}example.com`] }],
    ["two wildcards in one", "identifiers", { identifiers: ["*.*.example.com"], challenge: dns01 }],
    ["an unheard-of server", "server", { server: "zerossl" }],
    ["a server without TLS", "server", { server: { url: "http://acme.example.com/directory" } }],
    ["a server that is no URL", "server", { server: { url: "acme.example.com" } }],
    ["a wildcard by http-01", "challenge", { identifiers: ["*.example.com"] }],
    ["an address by dns-01", "challenge", { identifiers: ["192.0.2.1"], challenge: dns01 }],
    ["an unheard-of challenge", "challenge", { challenge: { type: "tls-alpn-01" } }],
    ["port 0", "challenge", { challenge: { ...good.challenge, port: 0 } }],
    [
      "a redirect nobody follows",
      "challenge",
      { challenge: { ...good.challenge, nginx: { ...nginx, httpsPort: 8443 } } },
    ],
    ["no hook", "challenge", { challenge: { type: "dns-01", hook: [] } }],
    [
      "a name server by name",
      "challenge",
      { challenge: { ...dns01, propagation: { nameservers: ["ns.example.com"] } } },
    ],
    ["no name server", "challenge", { challenge: { ...dns01, propagation: { nameservers: [] } } }],
    ["a wait of days", "challenge", { challenge: { ...dns01, propagation: { waitSeconds: 86_400 } } }],
  ])("are refused, naming the property: %s", async (_, property, changes) => {
    expect((await check(changes)).refused).toEqual([property]);
  });
});

describe("who issues", () => {
  it("makes another certificate when it changes, also from staging to production", async () => {
    const staging = (await check({ server: "letsencrypt-staging" })).inputs;
    const production = (await check({ server: "letsencrypt" }, staging)).inputs;
    const own = (await check({ server: { url: "https://acme.example.com/directory" } })).inputs;
    const replaces = async (olds: object, news: object) =>
      (await handler.diff("x", { ...olds, ...alive }, { ...news })).replaces;
    const alive = {
      notBefore: new Date().toISOString(),
      notAfter: new Date(Date.now() + 90 * 86_400_000).toISOString(),
      thumbprint: "80",
    };
    expect(await replaces(staging, production)).toEqual(["authority"]);
    expect(await replaces(production, own)).toEqual(["authority"]);
    expect(await replaces(production, production)).toEqual([]);
  });

  it("is nobody in particular for a test server on loopback, known or not", async () => {
    for (const url of ["https://127.0.0.1:14000/dir", "https://localhost:1/dir", "https://[::1]:1/dir"]) {
      expect((await check({ server: { url } })).inputs).not.toHaveProperty("authority");
    }
    expect((await check({ server: { url: UNKNOWN } })).inputs).not.toHaveProperty("authority");
  });

  it("stays what it was while it is not known", async () => {
    const olds = (await check({})).inputs;
    expect((await check({ server: { url: UNKNOWN } }, olds)).inputs.authority).toBe("letsencrypt");
  });

  it("is found by the server alone, whatever a program says", async () => {
    expect((await check({ authority: "mallory" })).inputs.authority).toBe("letsencrypt");
  });

  it("has, for the public names, Let's Encrypt's directories", () => {
    expect(serverOf("letsencrypt").url).toBe("https://acme-v02.api.letsencrypt.org/directory");
    expect(serverOf("letsencrypt-staging").url).toBe("https://acme-staging-v02.api.letsencrypt.org/directory");
    expect(isPublicServer("toString")).toBe(false);
  });
});
