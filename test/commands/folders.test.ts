import { mkdir, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GeneratedIdentity } from "../../components/identity/generateTest";
import { notationFolder } from "../../components/notation/folder";
import { breakwater, expectError, identity, notation, Workspace } from "./support";

// What `keys` and `certificates` show of a notation configuration folder, beside what the notation CLI shows of it.

let workspace: Workspace;
let signer: GeneratedIdentity;
beforeAll(async () => {
  workspace = await Workspace.make();
  signer = await identity();
});
afterAll(() => workspace?.remove());

const trimmed = (text: string) => text.split("\n").map((line) => line.trimEnd());

describe("keys", () => {
  it("shows what `notation key ls` shows", async () => {
    const keys = [
      { name: "wabbit-networks.io", keyPath: "/keys/wabbit.key", certPath: "/keys/wabbit.crt" },
      { name: "kms", id: "arn:aws:kms:1", pluginName: "com.example.kms", pluginConfig: { region: "eu" } },
    ];
    await workspace.write("keys/signingkeys.json", JSON.stringify({ default: "kms", keys }));
    const config = join(workspace.directory, "keys");
    const theirs = await notation(config, undefined, "key", "ls");
    for (const words of [["keys"], ["key", "ls"]]) {
      const ours = await breakwater([...words, "--config", config]);
      expect(ours).toEqual({ code: 0, stdout: expect.any(String), stderr: "" });
      expect(trimmed(ours.stdout)).toEqual(trimmed(theirs.stdout));
    }
    const json = await breakwater(["keys", "--config", config, "--json"]);
    const { pluginConfig: _, ...kms } = keys[1] ?? {};
    expect(JSON.parse(json.stdout)).toEqual({ default: "kms", keys: [keys[0], kms] });
  });

  it("shows the head alone when there is no key, as notation does", async () => {
    const env = { NOTATION_CONFIG: join(workspace.directory, "nothing") };
    const theirs = await notation(env.NOTATION_CONFIG, undefined, "key", "ls");
    const ours = await breakwater(["keys"], { env });
    expect({ code: ours.code, stdout: trimmed(ours.stdout) }).toEqual({ code: 0, stdout: trimmed(theirs.stdout) });
  });

  it.each([
    ["no JSON", "{"],
    ["a repeated member", `{"keys":[],"keys":[]}`],
    ["no object", "[]"],
    ["no list", `{"keys":{}}`],
    ["no name", `{"keys":[{"keyPath":"a"}]}`],
    ["one name twice", `{"keys":[{"name":"a"},{"name":"a"}]}`],
    ["a default that is none", `{"default":"b","keys":[{"name":"a"}]}`],
    ["a path that is none", `{"keys":[{"name":"a","keyPath":1}]}`],
  ])("refuses a file with %s, as notation does", async (_, text) => {
    await workspace.write("malformed/signingkeys.json", text);
    const config = join(workspace.directory, "malformed");
    await expectError(["keys", "--config", config], "SIGNING_KEYS_MALFORMED");
    // Go's decoder takes repeated members: a named difference.
    if (!text.includes('[],"keys"')) expect((await notation(config, undefined, "key", "ls")).code).toBe(1);
  });

  it("refuses a link, as notation does, and a folder that is none", async () => {
    const config = join(workspace.directory, "linked");
    await mkdir(config);
    await symlink("elsewhere.json", join(config, "signingkeys.json"));
    await expectError(["keys", "--config", config], "NOTATION_FILE_NOT_REGULAR");
    expect((await notation(config, undefined, "key", "ls")).code).toBe(1);
    await expectError(["keys", "--config", join(config, "absent")], "NOTATION_FOLDER_MISSING");
    await expectError(["keys", "--config", await workspace.write("file", "")], "NOTATION_FOLDER_MISSING");
  });

  it("refuses a file that is too large", async () => {
    await workspace.write("large/signingkeys.json", Buffer.alloc(1024 * 1024 + 1, " "));
    await expectError(["keys", "--config", join(workspace.directory, "large")], "NOTATION_FILE_TOO_LARGE");
  });
});

describe("certificates", () => {
  const config = () => join(workspace.directory, "stores");
  beforeAll(async () => {
    for (const name of ["ca/wabbit/b.crt", "ca/wabbit/B.pem", "ca/acme/root.pem", "tsa/acme/tsa.pem"])
      await workspace.write(join("stores/truststore/x509", name), signer.certificate);
    await symlink("root.pem", join(config(), "truststore/x509/ca/acme/link.pem"));
    await mkdir(join(config(), "truststore/x509/ca/acme/folder"));
  });

  it.each([
    ["all", []],
    ["of a type", ["--type", "ca"]],
    ["of a name", ["--store", "acme"]],
    ["of a type and name", ["-t", "tsa", "-s", "acme"]],
    ["of a name that nobody has", ["--store", "nobody"]],
  ])("shows what `notation cert ls` shows: %s", async (_, options) => {
    const theirs = await notation(config(), undefined, "cert", "ls", ...options);
    for (const verb of ["certificates", "cert"]) {
      const ours = await breakwater([verb, "--config", config(), ...options]);
      expect({ code: ours.code, stderr: ours.stderr }).toEqual({ code: theirs.code, stderr: "" });
      expect(trimmed(ours.stdout)).toEqual(trimmed(theirs.stdout));
    }
  });

  it("says in JSON whose they are", async () => {
    const { code, stdout } = await breakwater(["certificates", "--config", config(), "--type", "tsa", "--json"]);
    const { subject, thumbprint } = signer;
    const certificate = {
      subject,
      issuer: subject,
      thumbprint,
      notBefore: expect.any(String),
      notAfter: expect.any(String),
    };
    expect({ code, ...JSON.parse(stdout) }).toEqual({
      code: 0,
      certificates: [{ storeType: "tsa", storeName: "acme", file: "tsa.pem", certificates: [certificate] }],
    });
  });

  it("refuses a file that is no certificate, as notation does", async () => {
    await workspace.write(
      "bad/truststore/x509/ca/store/bad.pem",
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    );
    const bad = join(workspace.directory, "bad");
    await expectError(["certificates", "--config", bad], "TRUST_STORE_FILE_MALFORMED");
    expect((await notation(bad, undefined, "cert", "ls")).code).toBe(1);
  });

  it("shows nothing of a folder without stores", async () => {
    const env = { NOTATION_CONFIG: join(workspace.directory, "nothing") };
    expect(await breakwater(["certificates"], { env })).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(JSON.parse((await breakwater(["certificates", "--json"], { env })).stdout)).toEqual({ certificates: [] });
  });
});

describe("the folder without a name", () => {
  it.each([
    ["linux", { NOTATION_CONFIG: "/n", XDG_CONFIG_HOME: "/x", HOME: "/h" }, "/n"],
    ["linux", { XDG_CONFIG_HOME: "/x", HOME: "/h" }, "/x/notation"],
    ["linux", { HOME: "/h" }, "/h/.config/notation"],
    ["linux", {}, join(homedir(), ".config/notation")],
    ["darwin", { HOME: "/h", XDG_CONFIG_HOME: "/x" }, "/h/Library/Application Support/notation"],
  ] as const)("is on %s, with %o, %s", (platform, env, folder) => {
    expect(notationFolder(env, platform)).toBe(folder);
  });
});
