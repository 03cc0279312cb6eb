import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OciError } from "../../components/oci/error";
import { type RegistryConnection, Repository } from "../../components/oci/repository";
import { makeLoopbackTls, startDistribution, type TestRegistry } from "../support/registries";

const WRONG_PASSWORD = "not the password at all";

describe("A registry that asks for a login", () => {
  let registry: TestRegistry;
  let directory: string;
  let right: Required<Pick<RegistryConnection, "host" | "caFile" | "dockerConfig">>;

  beforeAll(async () => {
    registry = await startDistribution();
    directory = await mkdtemp(join(tmpdir(), "breakwater-login-"));
    right = { host: registry.host, caFile: registry.caFile, dockerConfig: registry.dockerConfigDirectory };
  });
  afterAll(async () => {
    await registry?.stop();
    await rm(directory, { recursive: true, force: true });
  });
  const resolve = (connection: RegistryConnection) => new Repository({ connection, repository: "app" }).resolve("v1");
  const writeLogin = (username: string, password: string): Promise<void> =>
    writeFile(join(directory, "config.json"), JSON.stringify({ auths: { [registry.host]: { username, password } } }));

  test("accepts the right one", async () => {
    expect(await resolve(right)).toBeUndefined();
  });

  test("refuses a wrong password; the error names host, user and file and not the password", async () => {
    await writeLogin(registry.username, WRONG_PASSWORD);
    const error = await resolve({ ...right, dockerConfig: directory }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: OciError.name, code: "REGISTRY_UNAUTHORIZED", status: 401 });
    for (const named of [registry.host, `"${registry.username}"`, join(directory, "config.json")]) {
      expect(String(error)).toContain(named);
    }
    expect(JSON.stringify(error) + String(error)).not.toContain(WRONG_PASSWORD);
  });

  test("refuses the anonymous user", async () => {
    const { host, caFile } = right;
    await expect(resolve({ host, caFile })).rejects.toMatchObject({ code: "REGISTRY_UNAUTHORIZED" });
  });

  test("takes a login that was corrected on disk without a new process", async () => {
    await writeLogin(registry.username, WRONG_PASSWORD);
    const connection = { ...right, dockerConfig: directory };
    await expect(resolve(connection)).rejects.toMatchObject({ code: "REGISTRY_UNAUTHORIZED" });
    await writeLogin(registry.username, registry.password);
    expect(await resolve(connection)).toBeUndefined();
  });

  test("is not trusted under another CA or the public ones", async () => {
    const caFile = join(directory, "other.crt");
    await writeFile(caFile, (await makeLoopbackTls()).ca);
    const { host, dockerConfig } = right;
    await expect(resolve({ ...right, caFile })).rejects.toMatchObject({ code: "REGISTRY_TLS_UNTRUSTED" });
    await expect(resolve({ host, dockerConfig })).rejects.toMatchObject({ code: "REGISTRY_TLS_UNTRUSTED" });
  });

  test("cannot be used with a CA file that is missing or holds no certificate", async () => {
    const missing = { ...right, caFile: join(directory, "none.crt") };
    const empty = { ...right, caFile: join(directory, "config.json") };
    for (const connection of [missing, empty]) {
      expect(() => new Repository({ connection, repository: "app" })).toThrow(
        expect.objectContaining({ name: OciError.name, code: "CA_FILE_UNREADABLE" }),
      );
    }
  });
});
