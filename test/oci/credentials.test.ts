import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readCredentials } from "../../components/oci/credentials";
import { OciError } from "../../components/oci/error";

const HOST = "registry.example.com:5000";
const SECRET = "s3cret:with colon";
const AUTH = Buffer.from(`ci:${SECRET}`).toString("base64");

describe("A Docker configuration directory", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "breakwater-credentials-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));
  const write = (config: unknown): Promise<void> =>
    writeFile(join(directory, "config.json"), typeof config === "string" ? config : JSON.stringify(config));

  test.each([
    ["auth", { [HOST]: { auth: AUTH } }],
    ["username and password", { [HOST]: { username: "ci", password: SECRET } }],
    ["auth under an old URL key", { [`https://${HOST}/v1/`]: { auth: AUTH } }],
  ])("gives the login that is written as %s", async (_, auths) => {
    await write({ auths });
    expect(readCredentials(HOST, directory)).toMatchObject({ kind: "password", username: "ci", password: SECRET });
  });

  test("gives an identity token before a password", async () => {
    await write({ auths: { [HOST]: { auth: AUTH, identitytoken: "token" } } });
    expect(readCredentials(HOST, directory)).toMatchObject({ kind: "identityToken", token: "token" });
  });

  test("without a file or an entry for the host means the anonymous user", async () => {
    expect(readCredentials(HOST, undefined)).toMatchObject({ kind: "anonymous" });
    expect(readCredentials(HOST, directory)).toMatchObject({ kind: "anonymous" });
    await write({ auths: { "registry.example.com": { auth: AUTH } } });
    expect(readCredentials(HOST, directory)).toMatchObject({ kind: "anonymous" });
  });

  test.each([
    ["credsStore", { credsStore: "desktop", auths: { [HOST]: { auth: AUTH } } }, "desktop"],
    ["credHelpers of the host", { credHelpers: { [HOST]: "ecr-login" }, credsStore: "desktop" }, "ecr-login"],
  ])("leaves the login to the helper that %s names", async (_, config, name) => {
    await write(config);
    expect(readCredentials(HOST, directory)).toMatchObject({ kind: "helper", name, serverAddress: HOST });
  });

  test.each(["../../evil", "a b", "a;b", "", " "])("never runs a program called %j", async (name) => {
    await write({ credHelpers: { [HOST]: name }, auths: { [HOST]: { auth: AUTH } } });
    if (name === "") {
      expect(readCredentials(HOST, directory)).toMatchObject({ kind: "password" });
    } else {
      expect(thrownBy(() => readCredentials(HOST, directory))).toMatchObject({ code: "CREDENTIALS_INVALID" });
    }
  });

  test("keeps Docker Hub's login under the address of its first API", async () => {
    await write({ auths: { "https://index.docker.io/v1/": { auth: AUTH } } });
    expect(readCredentials("docker.io", directory)).toMatchObject({ kind: "password", username: "ci" });
    await write({ credsStore: "desktop" });
    expect(readCredentials("docker.io", directory)).toMatchObject({ serverAddress: "https://index.docker.io/v1/" });
  });

  test("may name a helper for another host", async () => {
    await write({ credHelpers: { "other.example.com": "ecr-login" }, auths: { [HOST]: { auth: AUTH } } });
    expect(readCredentials(HOST, directory)).toMatchObject({ kind: "password" });
  });

  test.each([
    ["text that is no JSON", `{"auths": {"${HOST}": {"auth": "${AUTH}"`],
    ["a list", []],
    [
      "an auth that is no user and password",
      { auths: { [HOST]: { auth: Buffer.from(SECRET.slice(0, 5)).toString("base64") } } },
    ],
    ["a user without password", { auths: { [HOST]: { username: "ci" } } }],
  ])("with %s is refused and no part of it is told", async (_, config) => {
    await write(config);
    const error = thrownBy(() => readCredentials(HOST, directory));
    expect(error).toMatchObject({ name: OciError.name, code: "CREDENTIALS_INVALID" });
    expect((error as OciError).cause).toBeUndefined();
    expect(String(error)).not.toContain(AUTH.slice(0, 6));
    expect(String(error)).not.toContain(SECRET.slice(0, 5));
  });
});

function thrownBy(action: () => unknown): unknown {
  try {
    action();
    return undefined;
  } catch (error) {
    return error;
  }
}
