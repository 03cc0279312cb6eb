import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isPlainHttpByDefault, originOf } from "../../components/oci/connection";
import { defaultDockerConfig } from "../../components/oci/dockerConfig";
import { systemRoots } from "../../components/oci/systemRoots";
import { Repository } from "../../components/oci/repository";
import { DIGEST, MANIFEST, ociError, type Scripted, sendManifest, startScripted } from "./scripted";

describe("Plain HTTP", () => {
  let scripted: Scripted;
  beforeEach(async () => {
    scripted = await startScripted();
  });
  afterEach(() => scripted.stop());

  test("is spoken to a registry for which it is asked for, with the login", async () => {
    const seen: (string | undefined)[] = [];
    const host = await scripted.serveHttp((request, response) => {
      seen.push(request.headers.authorization);
      if (request.headers.authorization === undefined) {
        response.writeHead(401, { "www-authenticate": 'Basic realm="test"' }).end();
      } else sendManifest(response);
    });
    const repository = await scripted.open(host, { plainHttp: true });
    expect((await repository.fetchManifest(DIGEST)).bytes).toEqual(MANIFEST);
    expect(seen).toHaveLength(2);
  });

  test("is spoken to no other host, whatever the registry says", async () => {
    let count = 0;
    const host = await scripted.serveHttp((_request, response) => {
      count++;
      response.writeHead(307, { location: "http://localhost:1/elsewhere" }).end();
    });
    const read = (await scripted.open(host, { plainHttp: true })).fetchManifest(DIGEST);
    await expect(read).rejects.toMatchObject(ociError("REGISTRY_RESPONSE_INVALID"));
    expect(count).toBe(1);
  });

  test("is what notation speaks to localhost with a port, and to nothing else", () => {
    expect(
      ["localhost:5000", "localhost", "127.0.0.1:5000", "localhost.example:5000"].map(isPlainHttpByDefault),
    ).toEqual([true, false, false, false]);
  });
});

describe("The environment", () => {
  let scripted: Scripted;
  beforeEach(async () => {
    scripted = await startScripted();
  });
  afterEach(() => scripted.stop());

  test("names the Docker configuration as it does for Docker", () => {
    expect(defaultDockerConfig({ DOCKER_CONFIG: "/a", HOME: "/b" })).toBe("/a");
    expect(defaultDockerConfig({ DOCKER_CONFIG: "", HOME: "/b" })).toBe("/b/.docker");
  });

  test("names Docker Hub's API, which is not at docker.io", () => {
    expect(originOf({ host: "docker.io" }).href).toBe("https://registry-1.docker.io/");
    expect(originOf({ host: "[::1]:5000", plainHttp: true }).href).toBe("http://[::1]:5000/");
  });

  test("adds the CAs of SSL_CERT_FILE and SSL_CERT_DIR, as for tools written in Go", async () => {
    const none = join(scripted.directory, "none");
    const ofFile = systemRoots({ SSL_CERT_FILE: scripted.caFile, SSL_CERT_DIR: none });
    expect(ofFile).toHaveLength(1);
    expect(systemRoots({ SSL_CERT_FILE: none, SSL_CERT_DIR: `${none}:${scripted.directory}` })).toEqual(ofFile);
    expect(systemRoots({ SSL_CERT_FILE: none, SSL_CERT_DIR: none })).toEqual([]);
    expect(systemRoots({ SSL_CERT_FILE: scripted.caFile }).includes(ofFile[0] ?? "")).toBe(true);
  });

  test("decides what is trusted only for a connection that asks for it", async () => {
    const host = await scripted.serve((_request, response) => sendManifest(response));
    const before = process.env.SSL_CERT_FILE;
    process.env.SSL_CERT_FILE = scripted.caFile;
    try {
      const trusting = new Repository({ connection: { host, systemRoots: true }, repository: "app" });
      expect((await trusting.fetchManifest(DIGEST)).bytes).toEqual(MANIFEST);
      const plain = new Repository({ connection: { host }, repository: "app" });
      await expect(plain.fetchManifest(DIGEST)).rejects.toMatchObject(ociError("REGISTRY_TLS_UNTRUSTED"));
    } finally {
      if (before === undefined) delete process.env.SSL_CERT_FILE;
      else process.env.SSL_CERT_FILE = before;
    }
  });

  test("does not add to the one CA that a connection names", async () => {
    const host = await scripted.serve((_request, response) => sendManifest(response));
    const other = join(scripted.directory, "other.crt");
    await writeFile(other, systemRoots({})[0] ?? "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n");
    const repository = await scripted.open(host, { caFile: other, systemRoots: true });
    await expect(repository.fetchManifest(DIGEST)).rejects.toMatchObject(ociError("REGISTRY_TLS_UNTRUSTED"));
  });
});
