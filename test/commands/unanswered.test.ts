import { mkdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GeneratedIdentity } from "../../components/identity/generateTest";
import { freePort } from "../support/ports";
import { startDistribution, type TestRegistry } from "../support/registries";
import { pushImage, type TestImage } from "../support/smallImage";
import { breakwater, expectError, identity, reaching, Workspace } from "./support";

// What keeps `breakwater` from an answer: exit code 2, one line with a code and the way out, the same as JSON.

let workspace: Workspace;
let registry: TestRegistry;
let image: TestImage;
let signer: GeneratedIdentity;
let trust: string;
beforeAll(async () => {
  workspace = await Workspace.make();
  registry = await startDistribution();
  image = await pushImage(registry, "app");
  signer = await identity();
  trust = await workspace.config("trust", { trusted: signer, scope: image.scope });
});
afterAll(async () => {
  await registry?.stop();
  await workspace?.remove();
});

const VERBS = ["verify", "inspect", "list"] as const;
const call = (verb: string, reference: string, ...options: string[]) => [
  verb,
  reference,
  ...(verb === "verify" ? ["--trust", trust] : []),
  ...options,
];

describe.each(VERBS)("%s", (verb) => {
  it("a registry that is down", async () => {
    const said = await expectError(call(verb, `127.0.0.1:${await freePort()}/app:v1`), "REGISTRY_UNREACHABLE");
    expect(said.trim().split("\n")).toHaveLength(1);
  });

  it("a registry whose certificate nobody trusts", async () => {
    await expectError(
      call(verb, image.pinned, "--docker-config", registry.dockerConfigDirectory),
      "REGISTRY_TLS_UNTRUSTED",
    );
  });

  it("a registry that wants a login", async () => {
    const options = ["--ca-file", registry.caFile, "--docker-config", workspace.directory];
    await expectError(call(verb, image.pinned, ...options), "REGISTRY_UNAUTHORIZED");
  });

  it("a wrong password, which it does not show", async () => {
    const password = "hunter2-hunter2";
    const auth = Buffer.from(`ci:${password}`).toString("base64");
    await workspace.write("wrong/config.json", JSON.stringify({ auths: { [registry.host]: { auth } } }));
    const options = ["--ca-file", registry.caFile, "--docker-config", join(workspace.directory, "wrong")];
    const said = await expectError(call(verb, image.pinned, ...options), "REGISTRY_UNAUTHORIZED");
    expect(said).not.toContain(password);
    expect(said).not.toContain(auth);
  });

  it("a wrong NOTATION_PASSWORD, which it does not show; the right one is the login", async () => {
    const options = call(verb, image.pinned, "--ca-file", registry.caFile);
    const env = { NOTATION_USERNAME: registry.username, NOTATION_PASSWORD: "hunter2-hunter2" };
    expect(await expectError(options, "REGISTRY_UNAUTHORIZED", { env })).not.toContain("hunter2");
    const right = { ...env, NOTATION_PASSWORD: registry.password };
    expect((await breakwater(options, { env: right })).stderr).not.toContain("REGISTRY_UNAUTHORIZED");
  });

  it("an image that is missing", async () => {
    const absent = `sha256:${"0".repeat(64)}`;
    for (const reference of [`${image.scope}:absent`, `${image.scope}@${absent}`, `${registry.host}/absent:v1`])
      await expectError(call(verb, reference, ...reaching(registry)), "MANIFEST_UNKNOWN");
  });

  it.each([
    ["without a host", "app:v1", "REFERENCE_INVALID"],
    ["with capitals", "registry.example/App:v1", "REFERENCE_INVALID"],
    ["with a scheme", "https://registry.example/app:v1", "REFERENCE_INVALID"],
    ["with a digest that is none", "registry.example/app@sha256:abc", "DIGEST_INVALID"],
    ["with neither tag nor digest", "registry.example/app", "REFERENCE_INCOMPLETE"],
    ["with control characters", "registry.example/app:\u001b[31m", "REFERENCE_INVALID"],
  ])("a reference %s", async (_, reference, code) => {
    expect(await expectError(call(verb, reference), code)).not.toContain("\u001b");
  });

  it("a CA file that is missing, or none", async () => {
    for (const file of [join(workspace.directory, "absent.pem"), await workspace.write("none.pem", "none")])
      await expectError(call(verb, image.pinned, "--ca-file", file), "CA_FILE_UNREADABLE");
  });

  it("a layout that is missing, or none", async () => {
    const absent = join(workspace.directory, "absent");
    await expectError(call(verb, image.pinned, "--oci-layout", absent), "LAYOUT_UNREADABLE");
    await expectError(call(verb, image.pinned, "--oci-layout", workspace.directory), "LAYOUT_INVALID");
  });

  it("a login that cannot be read", async () => {
    await workspace.write("damaged/config.json", "{");
    const options = ["--docker-config", join(workspace.directory, "damaged")];
    await expectError(call(verb, image.pinned, ...options), "CREDENTIALS_INVALID");
  });

  it("a notation config.json that cannot be used", async () => {
    await workspace.write("notation/config.json", `{"insecureRegistries":"all"}`);
    const env = { NOTATION_CONFIG: join(workspace.directory, "notation") };
    await expectError(call(verb, image.pinned), "NOTATION_CONFIG_MALFORMED", { env });
  });
});

describe("trust that is no trust", () => {
  const verify = (folder: string) => ["verify", image.pinned, "--trust", folder, ...reaching(registry)];

  it("a folder that is missing, or a file", async () => {
    await expectError(verify(join(workspace.directory, "absent")), "NOTATION_FOLDER_MISSING");
    await expectError(verify(await workspace.write("file", "")), "NOTATION_FOLDER_MISSING");
  });

  it("a folder without a policy", async () => {
    await mkdir(join(workspace.directory, "empty"));
    await expectError(verify(join(workspace.directory, "empty")), "TRUST_POLICY_FILE_MISSING");
  });

  it.each([
    ["syntax", "{", "POLICY_SYNTAX"],
    ["a misspelt field", `{"version":"1.0","trustPolices":[]}`, "POLICY_UNKNOWN_FIELD"],
    ["another version", `{"version":"2.0","trustPolicies":[]}`, "POLICY_VERSION_UNSUPPORTED"],
    ["a repeated key", `{"version":"1.0","version":"1.0"}`, "POLICY_DUPLICATE_KEY"],
  ])("a policy with %s", async (_, policy, code) => {
    await workspace.write("malformed/trustpolicy.json", policy);
    await expectError(verify(join(workspace.directory, "malformed")), code);
  });

  it("a policy whose trust store is missing, or has something that is no certificate", async () => {
    const config = await workspace.config("storeless", { trusted: signer, scope: image.scope });
    await workspace.write("storeless/truststore/x509/ca/trusted/note.txt", "");
    await expectError(verify(config), "TRUST_FILE_EXTENSION_UNSUPPORTED");
    await rm(join(config, "truststore"), { recursive: true });
    await expectError(verify(config), "TRUST_STORE_MISSING");
  });

  it("a folder that cannot be looked at", async () => {
    await expectError(verify(join(workspace.directory, "long".repeat(100))), "NOTATION_FILE_UNREADABLE");
  });
});

describe("plain HTTP", () => {
  it("is spoken only when asked for", async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const closed = await breakwater(["list", `${host}/app:v1`]);
      expect({ code: closed.code, asked }).toEqual({ code: 2, asked: [] });
      await expectError(["list", `${host}/app:v1`, "--insecure-registry"], "MANIFEST_UNKNOWN");
      await workspace.write("insecure/config.json", JSON.stringify({ insecureRegistries: [host] }));
      const env = { NOTATION_CONFIG: join(workspace.directory, "insecure") };
      await expectError(["list", `${host}/app:v1`], "MANIFEST_UNKNOWN", { env });
      expect(new Set(asked)).toEqual(new Set(["/v2/app/manifests/v1"]));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe("logins", () => {
  it("are taken from DOCKER_CONFIG, ~/.docker, and notation's own config.json", async () => {
    const login = {
      auths: { [registry.host]: { auth: Buffer.from(`${registry.username}:${registry.password}`).toString("base64") } },
    };
    await workspace.write("home/.docker/config.json", JSON.stringify(login));
    await workspace.write("own/config.json", JSON.stringify(login));
    const { directory } = workspace;
    for (const env of [
      { DOCKER_CONFIG: registry.dockerConfigDirectory },
      { HOME: join(directory, "home") },
      { NOTATION_CONFIG: join(directory, "own"), DOCKER_CONFIG: directory },
    ]) {
      const { code, stderr } = await breakwater(["list", image.pinned, "--ca-file", registry.caFile], { env });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    }
  });
});
