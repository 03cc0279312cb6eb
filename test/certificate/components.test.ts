import { type Output, output, runtime } from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { AcmeCertificate, type AcmeCertificateArgs, FileCertificate, type TlsCertificate } from "../../components";

// What the components register under the SDK's mocks, not what the handlers do.

interface Registered {
  name: string;
  inputs: Record<string, unknown>;
}
const registered: Registered[] = [];

beforeAll(() =>
  runtime.setMocks({
    newResource({ type, name, inputs }) {
      const { __provider: _, ...rest } = inputs as Record<string, unknown>;
      if (type.startsWith("pulumi-nodejs:dynamic/")) registered.push({ name, inputs: rest });
      const made = { thumbprint: "80", issuer: "R1", notAfter: "2030-01-01T00:00:00.000Z", privateKey: "the key" };
      return { id: "the-id", state: { ...rest, ...made } };
    },
    call: ({ inputs }) => inputs,
  }),
);

const known = <T>(value: Output<T>): Promise<T> => new Promise((resolve) => void output(value).apply(resolve as never));
const inputsOf = (of: string) => registered.find(({ name }) => name === of)?.inputs;
const http01 = { type: "http-01", address: "0.0.0.0", port: 80 } as const;
const args = (changes: Partial<AcmeCertificateArgs> = {}): AcmeCertificateArgs => ({
  server: "letsencrypt",
  identifiers: ["registry.example.com"],
  challenge: http01,
  directory: "state/certificate",
  ...changes,
});

describe("AcmeCertificate", () => {
  it("shows what those who serve it need, with no root for a public server's", async () => {
    const certificate: TlsCertificate = new AcmeCertificate("public", args());
    expect(await known(certificate.id)).toBe("the-id");
    expect(await known(certificate.notAfter)).toBe("2030-01-01T00:00:00.000Z");
    expect(await known(certificate.issuer)).toBe("R1");
    expect(certificate.files).toEqual({ chain: "state/certificate/chain.pem", key: "state/certificate/key.pem" });
    expect(inputsOf("public")).toMatchObject({ server: "letsencrypt", challenge: http01 });
  });

  it("shows the root of a test server's", () => {
    const certificate = new AcmeCertificate("test", args({ server: output({ url: "https://127.0.0.1:1/dir" }) }));
    expect(certificate.files.root).toBe("state/certificate/root.pem");
  });

  it("takes a hook, and nginx, as plain inputs", async () => {
    const dns01 = { type: "dns-01", hook: ["hooks/dns", "zone"], propagation: { waitSeconds: 30 } } as const;
    await known(new AcmeCertificate("dns", args({ challenge: dns01 })).id);
    expect(inputsOf("dns")?.challenge).toEqual(dns01);
  });
});

describe("FileCertificate", () => {
  it("is known by what is in the files, which stay where they are", async () => {
    const files = { chain: "/etc/tls/chain.pem", key: "/etc/tls/key.pem", root: "/etc/tls/root.pem" };
    const certificate: TlsCertificate = new FileCertificate("files", { ...files, names: ["registry.example.com"] });
    expect(await known(certificate.id)).toBe("80");
    expect(certificate.files).toEqual(files);
    expect(inputsOf("files")).toMatchObject({ files, names: ["registry.example.com"] });
  });

  it("needs no root", () => {
    const { files } = new FileCertificate("rootless", { chain: "c.pem", key: "k.pem", names: ["a.example.com"] });
    expect(files).toEqual({ chain: "c.pem", key: "k.pem" });
  });
});
