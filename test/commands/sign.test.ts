import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GeneratedIdentity } from "../../components/identity/generateTest";
import { freePort } from "../support/ports";
import { startDistribution, startOlareg, type TestRegistry } from "../support/registries";
import { pushImage, type TestImage } from "../support/smallImage";
import { startTsa, type TestTsa } from "../support/tsa";
import { breakwater, expectError, identity, notation, reaching, type VerdictJson, Workspace } from "./support";

let workspace: Workspace;
let signer: GeneratedIdentity;
let stranger: GeneratedIdentity;
let registry: TestRegistry;
beforeAll(async () => {
  workspace = await Workspace.make();
  signer = await identity();
  stranger = await identity("stranger.example");
  registry = await startDistribution();
});
afterAll(async () => {
  await registry?.stop();
  await workspace?.remove();
});

interface Signed {
  readonly reference: string;
  readonly signature: { readonly digest: string; readonly mediaType: string };
}

const reach = () => reaching(registry);
const configFor = (image: TestImage, name: string, by = signer) =>
  workspace.config(name, { trusted: signer, scope: image.scope, signer: by });

async function listed(image: TestImage): Promise<string[]> {
  const { stdout } = await breakwater(["list", image.pinned, ...reach(), "--json"]);
  return (JSON.parse(stdout) as { signatures: { digest: string }[] }).signatures.map(({ digest }) => digest);
}

describe("a signature", () => {
  it.each([
    ["with the default key", []],
    ["with a named key", ["--key", "signer"]],
    ["as COSE", ["--signature-format", "cose"]],
    ["in the legacy form", ["--form", "legacy"]],
    ["that expires, with user metadata", ["-e", "1h30m", "-m", "build=7"]],
  ])("%s is pushed, and notation verifies it", async (name, options) => {
    const image = await pushImage(registry, `signed/${name.toLowerCase().replaceAll(/[^a-z]+/g, "-")}`);
    const config = await configFor(image, name);
    const args = ["sign", image.tagged, "--config", config, "--trust", config, ...options, ...reach()];
    const { code, stdout, stderr } = await breakwater([...args, "--json"]);
    expect(code, stderr).toBe(0);
    const { subject, thumbprint } = signer;
    const signed = JSON.parse(stdout) as Signed;
    expect(signed).toEqual({
      reference: image.pinned,
      digest: image.descriptor.digest,
      signature: {
        digest: expect.stringMatching(/^sha256:/),
        mediaType: options.includes("cose") ? "application/cose" : "application/jose+json",
      },
      signer: { subject, issuer: subject, thumbprint },
      signingTime: expect.stringMatching(/T.*Z$/),
      timestamped: false,
      trusted: true,
    });
    expect(stderr).toContain("Warning: tags move");
    expect(await listed(image)).toEqual([signed.signature.digest]);
    expect(await notation(config, registry, "verify", image.pinned)).toMatchObject({ code: 0 });
    const metadata = options.includes("build=7") ? 0 : 1;
    expect((await notation(config, registry, "verify", "-m", "build=7", image.pinned)).code).toBe(metadata);
  });

  it("is said in words", async () => {
    const image = await pushImage(registry, "words");
    const config = await configFor(image, "words");
    const { code, stdout, stderr } = await breakwater(["sign", image.pinned, "--config", config, ...reach()]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`Successfully signed ${image.pinned}\n`);
    expect(stdout).toContain((await listed(image))[0]);
  });

  it("has the format that notation's config.json asks for", async () => {
    const image = await pushImage(registry, "configured");
    const config = await configFor(image, "configured");
    await workspace.write("configured/config.json", `{"signatureFormat":"COSE"}`);
    const { stdout } = await breakwater(["sign", image.pinned, "--config", config, ...reach(), "--json"]);
    expect((JSON.parse(stdout) as Signed).signature.mediaType).toBe("application/cose");
    await workspace.write("configured/config.json", `{"signatureFormat":"pgp"}`);
    await expectError(["sign", image.pinned, "--config", config, ...reach()], "USAGE");
  });

  it("finds keys by the folder of NOTATION_CONFIG", async () => {
    const image = await pushImage(registry, "environment");
    const env = { NOTATION_CONFIG: await configFor(image, "environment") };
    expect((await breakwater(["sign", image.pinned, ...reach()], { env })).code).toBe(0);
  });

  it("is found in a registry with the referrers API", async () => {
    const olareg = await startOlareg();
    try {
      const image = await pushImage(olareg, "app");
      const config = await configFor(image, "olareg");
      const args = ["sign", image.pinned, "--config", config, "--trust", config, ...reaching(olareg)];
      expect((await breakwater(args)).code).toBe(0);
      expect(await notation(config, olareg, "verify", image.pinned)).toMatchObject({ code: 0 });
    } finally {
      await olareg.stop();
    }
  });
});

describe("a signature that the trust refuses", () => {
  it("is not pushed: exit code 1, the rule in words and as JSON", async () => {
    const image = await pushImage(registry, "refused");
    const config = await configFor(image, "refused", stranger);
    const args = ["sign", image.pinned, "--config", config, "--trust", config, ...reach()];
    const { code, stdout, stderr } = await breakwater([...args, "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({ error: { code: "SIGNATURE_REFUSED", message: expect.any(String) } });
    expect(stderr).toContain("CERTIFICATE_CHAIN_NOT_TRUSTED");
    expect(await listed(image)).toEqual([]);
  });

  it("is not refused by a policy that only logs, but warned of", async () => {
    const image = await pushImage(registry, "logged");
    const verification = { level: "audit" as const };
    const config = await workspace.config("logged", {
      trusted: signer,
      scope: image.scope,
      verification,
      signer: stranger,
    });
    const args = ["sign", image.pinned, "--config", config, "--trust", config, ...reach()];
    const { code, stderr } = await breakwater(args);
    expect(code).toBe(0);
    expect(stderr).toContain("Warning: the signature is trusted only weakly: authenticity");
  });
});

describe("what can't be signed", () => {
  const files = async (key: string, chain: string) => [
    ...["--key-file", await workspace.write("any.key", key)],
    ...["--certificate-chain", await workspace.write("any.pem", chain)],
  ];

  it("with a key that does not fit, is damaged, or is none", async () => {
    const image = await pushImage(registry, "keys");
    const sign = (options: string[]) => ["sign", image.pinned, ...options, ...reach()];
    const { privateKey, certificate } = signer;
    await expectError(sign(await files(stranger.privateKey, certificate)), "SIGNING_KEY_DOES_NOT_MATCH_CERTIFICATE");
    const said = await expectError(sign(await files(privateKey.slice(0, 120), certificate)), "SIGNING_KEY_MALFORMED");
    expect(said).not.toContain(privateKey.slice(40, 80));
    await expectError(sign(await files(certificate, certificate)), "SIGNING_KEY_MALFORMED");
    await expectError(sign(await files(privateKey, privateKey)), "CERTIFICATE_MALFORMED");
    const absent = join(workspace.directory, "absent");
    await expectError(sign(["--key-file", absent, "--certificate-chain", absent]), "FILE_UNREADABLE");
    expect(await listed(image)).toEqual([]);
  });

  it("with a key that signingkeys.json does not have in a file", async () => {
    const sign = (...options: string[]) => [
      "sign",
      "registry.example/app:v1",
      "--config",
      workspace.directory,
      ...options,
    ];
    const keys = [{ name: "kms", id: "1", pluginName: "kms" }];
    await workspace.write("signingkeys.json", JSON.stringify({ keys }));
    await expectError(sign(), "SIGNING_KEY_DEFAULT_MISSING");
    await expectError(sign("--key", "other"), "SIGNING_KEY_NOT_FOUND");
    await expectError(sign("--key", "kms"), "SIGNING_KEY_OF_PLUGIN");
  });

  it("with an expiry that no signature can state", async () => {
    const image = await pushImage(registry, "eternal");
    const config = await configFor(image, "eternal");
    const args = ["sign", image.pinned, "--config", config, "-e", "999999999h", ...reach()];
    expect(await expectError(args, "SIGNING_EXPIRY_INVALID")).toContain("9999");
  });

  it("with metadata that are reserved", async () => {
    const image = await pushImage(registry, "reserved");
    const config = await configFor(image, "reserved");
    const args = ["sign", image.pinned, "--config", config, "-m", "io.cncf.notary.x=1", ...reach()];
    await expectError(args, "SIGNING_USER_METADATA_RESERVED");
  });

  it("in a registry that is down", async () => {
    const image = await pushImage(registry, "down");
    const config = await configFor(image, "down");
    await expectError(["sign", `127.0.0.1:${await freePort()}/app:v1`, "--config", config], "REGISTRY_UNREACHABLE");
  });
});

describe("a time stamp", () => {
  let tsa: TestTsa;
  beforeAll(async () => {
    tsa = await startTsa();
  });
  afterAll(() => tsa?.stop());

  it("is had, and both verify it", async () => {
    const image = await pushImage(registry, "stamped");
    const config = await configFor(image, "stamped");
    const root = await workspace.write("stamped/truststore/x509/tsa/loopback/root.pem", tsa.rootPem);
    const statement = {
      name: "images",
      registryScopes: [image.scope],
      signatureVerification: { level: "strict" },
      trustStores: ["ca:trusted", "tsa:loopback"],
      trustedIdentities: ["*"],
    };
    await workspace.write("stamped/trustpolicy.json", JSON.stringify({ version: "1.0", trustPolicies: [statement] }));
    const args = ["sign", image.pinned, "--config", config, "--trust", config, ...reach()];
    // Under such a trust a signature without a time stamp is refused before it is pushed.
    expect((await breakwater(args)).code).toBe(1);
    const stamped = await breakwater([...args, "--timestamp-url", tsa.url, "--timestamp-root-cert", root, "--json"]);
    expect(stamped.code, stamped.stderr).toBe(0);
    expect(JSON.parse(stamped.stdout)).toMatchObject({ timestamped: true, trusted: true });
    expect(await notation(config, registry, "verify", image.pinned)).toMatchObject({ code: 0 });

    // The certificates live for a day; afterwards the time stamp still vouches for the signature.
    const later = new Date(Date.now() + 36 * 3_600_000).toISOString();
    const verify = ["verify", image.pinned, "--trust", config, "--at", later, "--json", ...reach()];
    const { code, stdout } = await breakwater(verify);
    expect({ code, verdict: (JSON.parse(stdout) as VerdictJson).verdict }).toEqual({ code: 0, verdict: "verified" });
  });

  it("needs an authority that answers, and its one root", async () => {
    const image = await pushImage(registry, "unstamped");
    const config = await configFor(image, "unstamped");
    const root = await workspace.write("tsa.pem", tsa.rootPem);
    const sign = (url: string, file: string) => [
      ...["sign", image.pinned, "--config", config, "--timestamp-url", url, "--timestamp-root-cert", file],
      ...reach(),
    ];
    await expectError(["sign", image.pinned, "--timestamp-url", tsa.url, "--config", config], "USAGE");
    await expectError(sign("ldap://tsa.example", root), "USAGE");
    const secrets = ["ftp://u:s3cret@tsa.test/x?k=s3cret", "http://u:s3cret@tsa.test", "u:s3cret@tsa.test"];
    for (const url of secrets) expect(await expectError(sign(url, root), "USAGE")).not.toContain("s3cret");
    await expectError(sign(`http://127.0.0.1:${await freePort()}/`, root), "TIMESTAMP_SERVER_FAILED");
    const two = await workspace.write("two.pem", tsa.rootPem + tsa.rootPem);
    for (const file of [two, await workspace.write("leaf.pem", tsa.leaf.pem), await workspace.write("none.pem", "")])
      await expectError(sign(tsa.url, file), "TIMESTAMP_ROOT_INVALID");
    expect(await listed(image)).toEqual([]);
  });
});
