import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { CertificateError, type CertificateErrorCode } from "../../components/certificate/error";
import { type FileCertificateInputs, fileCertificate } from "../../components/certificate/fileCertificate.handler";
import { toHandler } from "../../components/provider/handler";
import { codeOf, readAll } from "../local/support";
import { expectCode } from "../notary/expectCode";
import { ManagedResource } from "../provider/managedResource";
import { opensslCertificate } from "./opensslCertificate";

type Made = Awaited<ReturnType<typeof opensslCertificate>>;

let directory: string;
let good: Made;
let other: Made;
let inputs: FileCertificateInputs;
let said: string[];

beforeAll(async () => {
  const names = ["DNS:registry.example.com", "DNS:*.wild.example.com", "IP:192.0.2.1", "IP:2001:db8::1"];
  const notAfter = "20990101000000Z";
  [good, other] = await Promise.all([opensslCertificate({ names, notAfter }), opensslCertificate({ names, notAfter })]);
});
beforeEach(async () => {
  said = [];
  vi.spyOn(console, "log").mockImplementation((text: string) => void said.push(text));
  directory = await mkdtemp(join(tmpdir(), "breakwater-file-"));
  inputs = {
    files: { chain: join(directory, "chain.pem"), key: join(directory, "key.pem"), root: join(directory, "root.pem") },
    names: ["registry.example.com"],
  };
  await put(good);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(directory, { recursive: true, force: true });
});

async function put({ chain, key, root }: Partial<Made>): Promise<void> {
  if (chain !== undefined) await writeFile(inputs.files.chain, chain);
  if (key !== undefined) await writeFile(inputs.files.key, key);
  if (root !== undefined) await writeFile(`${inputs.files.root}`, root);
}

const create = () => fileCertificate.create(inputs);
const fails = (code: CertificateErrorCode) => expectCode(create, CertificateError, code);
const newResource = () => new ManagedResource(toHandler(fileCertificate));

describe("a certificate from files", () => {
  it("is taken as it is; its key is not in the state", async () => {
    const resource = newResource();
    expect(await resource.up(inputs)).toBe("create");
    expect(resource.state.thumbprint).toMatch(/^[0-9a-f]{64}$/);
    expect(resource.state.issuer).toBe("test root");
    expect(resource.state.notAfter).toBe("2099-01-01T00:00:00.000Z");
    expect(JSON.stringify(resource.state)).not.toContain("PRIVATE KEY");
    expect(await resource.up(inputs)).toBe("same");
    expect(said).toEqual([]);
  });

  it.each([
    ["registry.example.com"],
    ["REGISTRY.example.com"],
    ["a.wild.example.com"],
    ["*.wild.example.com"],
    ["192.0.2.1"],
    ["2001:db8::1"],
  ])("is for %s", async (name) => {
    inputs = { ...inputs, names: [name] };
    await create();
  });

  it.each([
    ["example.com"],
    ["wild.example.com"],
    ["a.b.wild.example.com"],
    ["*.example.com"],
    ["192.0.2.2"],
    ["2001:db8::2"],
    ["leaf"],
    [""],
  ])("is not for %j", async (name) => {
    inputs = { ...inputs, names: ["registry.example.com", name] };
    await fails("CERTIFICATE_HOSTNAME_MISMATCH");
  });

  it("that was renewed is another one at the next `up`, also without a refresh, and that names why", async () => {
    const resource = newResource();
    await resource.up(inputs);
    const first = resource.state.thumbprint;
    await put(other);
    const handler = toHandler(fileCertificate);
    expect(await handler.diff(resource.id, resource.state, { ...inputs })).toEqual({ changes: true, replaces: [] });
    expect(said.join()).toContain("another certificate");
    expect(await resource.up(inputs)).toBe("update");
    expect(resource.state.thumbprint).not.toBe(first);
    expect(await resource.up(inputs)).toBe("same");
  });

  it("is left where it is when the resource is deleted", async () => {
    const resource = newResource();
    await resource.up(inputs);
    const files = await readAll(directory);
    await resource.destroy();
    expect(await readAll(directory)).toEqual(files);
  });

  it("is checked for at least one name", async () => {
    const { failures } = await toHandler(fileCertificate).check({}, { ...inputs, names: [] });
    expect(failures.map(({ property }) => property)).toEqual(["names"]);
  });
});

describe("a certificate that clients would refuse", () => {
  it("for its key fails, in either direction", async () => {
    await put({ key: other.key });
    await fails("CERTIFICATE_KEY_MISMATCH");
    await put({ key: good.key, chain: `${good.root}${good.certificate}` });
    await fails("CERTIFICATE_CHAIN_INVALID");
  });

  it("because it expired fails, and an `up` that meets it when it has expired as well", async () => {
    const resource = newResource();
    await resource.up(inputs);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2099-01-01T00:00:01Z") });
    try {
      expect(await resource.preview(inputs)).toBe("update");
      expect(await codeOf(resource.up(inputs))).toBe("CERTIFICATE_EXPIRED");
      await fails("CERTIFICATE_EXPIRED");
    } finally {
      vi.useRealTimers();
    }
  });

  it("because its time has not come fails", async () => {
    await put(
      await opensslCertificate({
        names: ["DNS:registry.example.com"],
        notBefore: "20980101000000Z",
        notAfter: "20990101000000Z",
      }),
    );
    await fails("CERTIFICATE_NOT_YET_VALID");
  });

  it("within two weeks is said, and taken", async () => {
    await put(await opensslCertificate({ names: ["DNS:registry.example.com"] }));
    const resource = newResource();
    await resource.up(inputs);
    expect(await resource.up(inputs)).toBe("same");
    expect(said.join()).toContain("expires in 0 days");
  });

  it("because its root is another fails", async () => {
    await put({ root: other.root });
    await fails("CERTIFICATE_CHAIN_INVALID");
  });

  it.each<[string, Partial<Made>, CertificateErrorCode]>([
    ["an empty chain", { chain: "" }, "CERTIFICATE_CHAIN_INVALID"],
    [
      "a chain of nonsense",
      { chain: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" },
      "CERTIFICATE_CHAIN_INVALID",
    ],
    ["an empty key", { key: "" }, "CERTIFICATE_KEY_INVALID"],
    [
      "a key of nonsense",
      { key: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" },
      "CERTIFICATE_KEY_INVALID",
    ],
    ["a root of nonsense", { root: "no PEM" }, "CERTIFICATE_CHAIN_INVALID"],
  ])("%s fails with a code", async (_, files, code) => {
    await put(files);
    await fails(code);
  });

  it("has a key with a passphrase fails, and nothing of the key is said", async () => {
    const locked = await opensslCertificate({ names: ["DNS:registry.example.com"], passphrase: "hidden" });
    await put(locked);
    const error = await create().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "CERTIFICATE_KEY_INVALID" });
    expect(String(error)).not.toContain(locked.key.split("\n")[1]);
  });

  it.each(["chain", "key", "root"] as const)("whose %s is not there fails, and names the file", async (part) => {
    await rm(`${inputs.files[part]}`);
    const error = await create().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "CERTIFICATE_FILE_UNREADABLE" });
    expect(String(error)).toContain(`${part}.pem`);
  });

  it("is drift in the words of the error, and never an exception of a refresh", async () => {
    const resource = newResource();
    await resource.up(inputs);
    await rm(inputs.files.key);
    expect(await resource.refresh()).toContain("key.pem");
    await copyFile(inputs.files.chain, inputs.files.key);
    expect(await resource.refresh()).toContain("private key");
  });
});
