import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FileIdentityInputs, fileIdentity } from "../../components/identity/fileIdentity.handler";
import { type GeneratedIdentity, generateTestIdentity } from "../../components/identity/generateTest";
import { parseCertificatesPem } from "../../components/notary/certificates/pem";
import { PropertyError } from "../../components/provider/definition";
import { toHandler } from "../../components/provider/handler";
import { ExtendedKeyUsage, extendedKeyUsage, goodLeaf, goodRoot, type TestCertificate } from "../support/certificates";

let folder: string;
let identity: GeneratedIdentity;
let other: GeneratedIdentity;
let keyFile: string;
/** Issued by an authority. */
let leaf: TestCertificate;
let tls: TestCertificate;
const make = () => generateTestIdentity({ commonName: "wabbit", lifetimeSeconds: 3600, clock: () => new Date() });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "identity-"));
  keyFile = join(folder, "wabbit.key");
  [identity, other] = await Promise.all([make(), make()]);
  const root = await goodRoot();
  leaf = await goodLeaf(root);
  tls = await goodLeaf(root, { extensions: [extendedKeyUsage(ExtendedKeyUsage.serverAuth)] });
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  await rm(keyFile, { force: true });
  await writeFile(keyFile, identity.privateKey, { mode: 0o600 });
});

const inputs = (certificate = identity.certificate): FileIdentityInputs => ({ name: "wabbit", certificate, keyFile });
/** As the engine does it: checked, then made. */
const up = async (certificate?: string) => {
  const handler = toHandler(fileIdentity);
  const checked = await handler.check({}, { ...inputs(certificate) });
  return (await handler.create(checked.inputs)).outs;
};

describe("an identity from files", () => {
  it("is accepted when the key is that of the committed certificate, and puts no key into the state", async () => {
    const state = await up();
    expect(state).toMatchObject({ thumbprint: identity.thumbprint, subject: identity.subject, keyFile });
    expect(JSON.stringify(state)).not.toContain("PRIVATE");
    expect(await fileIdentity.observe(state as unknown as FileIdentityInputs)).toEqual({ drift: "" });
  });

  it("may have a chain; the key is the leaf's", async () => {
    await writeFile(keyFile, leaf.privateKey);
    expect(await up(leaf.chainPem)).toMatchObject({ thumbprint: parseCertificatesPem(leaf.pem)[0]?.thumbprint });
  });

  it("shows in a preview whose signatures will be made, without a key", async () => {
    await rm(keyFile);
    const { certificate, subject, notAfter } = identity;
    const checked = await fileIdentity.check?.(inputs(`some words\n${certificate}`), {});
    expect(checked).toMatchObject({ certificate, subject, notAfter });
  });

  it.each([
    ["IDENTITY_KEY_MISMATCH", () => writeFile(keyFile, other.privateKey)],
    ["IDENTITY_KEY_MISSING", () => rm(keyFile)],
    ["IDENTITY_KEY_EXPOSED", () => chmod(keyFile, 0o644)],
    ["IDENTITY_KEY_UNUSABLE", () => writeFile(keyFile, "no key")],
    ["IDENTITY_KEY_UNUSABLE", () => writeFile(keyFile, Buffer.alloc(65 * 1024))],
  ])("fails with %s, which is drift for one that is there", async (code, spoil) => {
    const state = (await up()) as unknown as FileIdentityInputs;
    await spoil();
    await expect(up()).rejects.toThrow(`[${code}]`);
    await expect(fileIdentity.update(state, state)).rejects.toMatchObject({ code });
    expect((await fileIdentity.observe(state)).drift).toContain("wabbit");
  });

  it("never shows the key in a message", async () => {
    const secret = identity.privateKey.split("\n")[3] ?? "";
    await writeFile(keyFile, identity.privateKey.replace("PRIVATE KEY-----\n", "PRIVATE KEY-----\n!"));
    const error = await up().catch((reason: Error) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).not.toContain(secret);
  });

  it.each([
    ["no certificate", () => "nothing"],
    ["a private key", () => identity.privateKey],
    ["a certificate that may not sign", () => tls.chainPem],
    ["half a chain", () => leaf.pem],
  ])("refuses in a preview already %s as its certificate", async (_, certificate) => {
    const news = inputs(await certificate());
    await expect(fileIdentity.check?.(news, {})).rejects.toBeInstanceOf(PropertyError);
  });
});
