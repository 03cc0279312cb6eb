import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { askCredentialHelper } from "../../components/oci/credentialHelper";
import { Repository } from "../../components/oci/repository";
import { startDistribution, type TestRegistry } from "../support/registries";
import { ociError } from "./scripted";

const SECRET = "s3cret of the helper";

describe("A Docker credential helper", () => {
  let directory: string;
  let path: string | undefined;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "breakwater-helper-"));
    path = process.env.PATH;
    process.env.PATH = `${directory}:${path}`;
  });
  afterEach(async () => {
    process.env.PATH = path;
    await rm(directory, { recursive: true, force: true });
  });
  /** A real program on PATH. */
  const install = async (script: string, name = "test"): Promise<void> => {
    const file = join(directory, `docker-credential-${name}`);
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
  };
  const ask = (timeoutMs?: number) =>
    askCredentialHelper({ name: "test", serverAddress: "registry.example.com", source: "config.json" }, timeoutMs);
  const answering = (answer: object) =>
    `cat > ${directory}/asked; echo "$@" >> ${directory}/asked; echo '${JSON.stringify(answer)}'`;

  test("is asked for the host on its standard input and gives user and password", async () => {
    await install(answering({ ServerURL: "registry.example.com", Username: "ci", Secret: SECRET }));
    expect(await ask()).toMatchObject({ kind: "password", username: "ci", password: SECRET });
    expect(await readFile(join(directory, "asked"), "utf8")).toBe("registry.example.com\nget\n");
  });

  test("gives an identity token under the user <token>", async () => {
    await install(answering({ Username: "<token>", Secret: SECRET }));
    expect(await ask()).toMatchObject({ kind: "identityToken", token: SECRET });
  });

  test.each([
    ["says that it has none", "echo 'credentials not found in native keychain'; exit 1"],
    ["gives an empty one", `echo '{"Username":"","Secret":""}'`],
  ])("that %s leaves the anonymous user", async (_, script) => {
    await install(script);
    expect(await ask()).toMatchObject({ kind: "anonymous" });
  });

  test.each([
    ["fails", `echo '${SECRET}'; echo '${SECRET}' >&2; exit 3`, "CREDENTIAL_HELPER_FAILED"],
    ["is killed", "kill -9 $$", "CREDENTIAL_HELPER_FAILED"],
    ["prints no JSON", `echo '{"Username": "ci", "Secret": "${SECRET}'`, "CREDENTIAL_HELPER_INVALID"],
    ["prints no login", `echo '{"Username": "ci", "secret": "${SECRET}"}'`, "CREDENTIAL_HELPER_INVALID"],
    ["never stops printing", "exec yes", "CREDENTIAL_HELPER_INVALID"],
    ["never answers", "exec sleep 60", "CREDENTIAL_HELPER_TIMEOUT"],
    ["leaves a child that holds its output", "sleep 60 &", "CREDENTIAL_HELPER_TIMEOUT"],
  ])("that %s is refused by a code of its own, and nothing that it printed is told", async (_, script, code) => {
    await install(script);
    const error = await ask(code === "CREDENTIAL_HELPER_TIMEOUT" ? 300 : 20_000).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(ociError(code));
    expect(String(error) + JSON.stringify(error)).not.toContain(SECRET);
  });

  test("that is not installed, or not executable, is named", async () => {
    await expect(ask()).rejects.toMatchObject(ociError("CREDENTIAL_HELPER_NOT_FOUND"));
    await writeFile(join(directory, "docker-credential-test"), "");
    await expect(ask()).rejects.toMatchObject(ociError("CREDENTIAL_HELPER_NOT_FOUND"));
  });

  describe("of a registry that asks for a login", () => {
    let registry: TestRegistry;
    beforeAll(async () => {
      registry = await startDistribution();
    });
    afterAll(() => registry?.stop());
    const open = async (config: object): Promise<Repository> => {
      await writeFile(join(directory, "config.json"), JSON.stringify(config));
      const { host, caFile } = registry;
      return new Repository({ connection: { host, caFile, dockerConfig: directory }, repository: "app" });
    };
    const login = (password: string) => `echo '${JSON.stringify({ Username: registry.username, Secret: password })}'`;

    test("logs in, and is run only once", async () => {
      await install(`echo run >> ${directory}/runs; ${login(registry.password)}`);
      const repository = await open({ credHelpers: { [registry.host]: "test" } });
      await Promise.all(Array.from({ length: 10 }, () => repository.resolve("v1")));
      expect(await repository.resolve("v1")).toBeUndefined();
      expect(await readFile(join(directory, "runs"), "utf8")).toBe("run\n");
    });

    test("is asked again when its login is refused, for it may be short-lived", async () => {
      await install(
        `if [ -f ${directory}/old ]; then ${login(registry.password)}; else touch ${directory}/old; ${login("expired")}; fi`,
      );
      expect(await (await open({ credsStore: "test" })).resolve("v1")).toBeUndefined();
    });

    test("whose login stays wrong is named, without the password", async () => {
      await install(login("wrong-password"));
      const error = await (await open({ credsStore: "test" })).resolve("v1").catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ ...ociError("REGISTRY_UNAUTHORIZED"), status: 401 });
      expect(String(error)).toContain("docker-credential-test");
      expect(String(error)).not.toContain("wrong-password");
    });

    test("that fails makes the request fail with the helper's code", async () => {
      await install("exit 1");
      const repository = await open({ credsStore: "test" });
      await expect(repository.resolve("v1")).rejects.toMatchObject(ociError("CREDENTIAL_HELPER_FAILED"));
    });
  });
});
