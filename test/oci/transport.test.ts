import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { digestOf } from "../../components/oci/digest";
import { OCI_IMAGE_INDEX, OCI_IMAGE_MANIFEST } from "../../components/oci/mediaTypes";
import { freePort } from "../support/ports";
import { DIGEST, LOGIN, MANIFEST, ociError, type Scripted, sendErrors, sendManifest, startScripted } from "./scripted";

/** Servers that misbehave in one way each, which the real registries of the other tests do not do on demand. */
describe("The client, against a server that is scripted,", () => {
  let scripted: Scripted;
  beforeEach(async () => {
    scripted = await startScripted();
  });
  afterEach(() => scripted.stop());
  const serve: Scripted["serve"] = (answer) => scripted.serve(answer);
  const open: Scripted["open"] = (host) => scripted.open(host);

  test("repeats a read that is answered with 503 or cut off, at most five times in all", async () => {
    let count = 0;
    const host = await serve((request, response) => {
      count++;
      if (count === 1) {
        response.writeHead(503, { "retry-after": "0" }).end();
      } else if (count === 2) {
        request.socket.destroy();
      } else {
        sendManifest(response);
      }
    });
    const repository = await open(host);
    expect((await repository.fetchManifest(DIGEST)).bytes).toEqual(MANIFEST);
    expect(count).toBe(3);
  });

  test("gives up on a read that is answered with 503 each time, and tells the status", async () => {
    let count = 0;
    const host = await serve((_, response) => {
      count++;
      sendErrors(response, 503, "UNAVAILABLE", { "retry-after": "0" });
    });
    const read = (await open(host)).fetchManifest(DIGEST);
    await expect(read).rejects.toMatchObject({
      ...ociError("REGISTRY_ERROR"),
      status: 503,
      registryErrors: [{ code: "UNAVAILABLE", message: "no" }],
    });
    expect(count).toBe(5);
  });

  test("does not repeat the writing of a tag that was cut off", async () => {
    let count = 0;
    const host = await serve((request) => {
      count++;
      request.socket.destroy();
    });
    const push = (await open(host)).pushManifest(MANIFEST, OCI_IMAGE_MANIFEST, "v1");
    await expect(push).rejects.toMatchObject(ociError("CONNECTION_LOST"));
    expect(count).toBe(1);
  });

  test("does not read more of a manifest than 4 MiB", async () => {
    const host = await serve((_, response) => {
      response.writeHead(200, { "content-type": OCI_IMAGE_MANIFEST });
      response.end(Buffer.alloc(4 * 1024 * 1024 + 1, " "));
    });
    await expect((await open(host)).fetchManifest(DIGEST)).rejects.toMatchObject(ociError("RESPONSE_TOO_LARGE"));
  });

  test("refuses content that has another digest than was asked for", async () => {
    const host = await serve((_, response) => sendManifest(response, Buffer.from('{"schemaVersion":3}')));
    const repository = await open(host);
    await expect(repository.fetchManifest(DIGEST)).rejects.toMatchObject(ociError("DIGEST_MISMATCH"));
    await expect(repository.resolve(DIGEST)).rejects.toMatchObject(ociError("DIGEST_MISMATCH"));
  });

  test("reads the manifest to learn a digest that HEAD does not tell", async () => {
    const host = await serve((_, response) => {
      response.writeHead(200, { "content-type": OCI_IMAGE_MANIFEST, "content-length": MANIFEST.length });
      response.end(MANIFEST);
    });
    const descriptor = { mediaType: OCI_IMAGE_MANIFEST, digest: DIGEST, size: MANIFEST.length };
    expect(await (await open(host)).resolve("v1")).toEqual(descriptor);
  });

  test("follows a redirect to another host without its login", async () => {
    const seen: (string | undefined)[] = [];
    const store = await serve((request, response) => {
      seen.push(request.headers.authorization);
      sendManifest(response);
    });
    const host = await serve((request, response) => {
      seen.push(request.headers.authorization);
      if (request.headers.authorization === undefined) {
        response.writeHead(401, { "www-authenticate": 'Basic realm="test"' }).end();
      } else {
        response.writeHead(307, { location: `https://${store}/elsewhere?signature=abc` }).end();
      }
    });
    await (await open(host)).fetchManifest(DIGEST);
    expect(seen).toEqual([undefined, `Basic ${LOGIN}`, undefined]);
  });

  test.each([
    ["to plain http", (host: string) => `http://${host}/`],
    ["that never end", (host: string) => `https://${host}/again`],
  ])("refuses redirects %s", async (_, locationOf) => {
    let count = 0;
    const host: string = await serve((_request, response) => {
      count++;
      response.writeHead(302, { location: locationOf(host) }).end();
    });
    await expect((await open(host)).fetchManifest(DIGEST)).rejects.toMatchObject(ociError("REGISTRY_RESPONSE_INVALID"));
    expect(count).toBeLessThanOrEqual(6);
  });

  test("asks a token server once for each scope and presents the token", async () => {
    const asked: string[] = [];
    const host: string = await serve((request, response) => {
      const url = new URL(request.url ?? "", `https://${request.headers.host}`);
      if (url.pathname === "/token") {
        asked.push(`${url.searchParams.get("scope")} ${request.headers.authorization}`);
        response.end(JSON.stringify({ token: `token-${asked.length}`, expires_in: 300 }));
      } else if (request.headers.authorization?.startsWith("Bearer token-")) {
        sendManifest(response, MANIFEST, request.method === "PUT" ? 201 : 200);
      } else {
        const challenge = `Bearer realm="https://${host}/token",service="test"`;
        response.writeHead(401, { "www-authenticate": challenge }).end();
      }
    });
    const repository = await open(host);
    await repository.resolve("v1");
    await repository.resolve("v1");
    await repository.pushManifest(MANIFEST, OCI_IMAGE_MANIFEST, "v1");
    await repository.pushManifest(MANIFEST, OCI_IMAGE_MANIFEST, "v1");
    expect(asked).toEqual([`repository:app:pull Basic ${LOGIN}`, `repository:app:pull,push Basic ${LOGIN}`]);
  });

  test("tells a user without the right from a login that is refused", async () => {
    const host: string = await serve((request, response) => {
      if (request.url?.startsWith("/token")) {
        response.end(JSON.stringify({ token: "weak" }));
      } else {
        const challenge = `Bearer realm="https://${host}/token"`;
        sendErrors(response, 401, "UNAUTHORIZED", { "www-authenticate": challenge });
      }
    });
    await expect((await open(host)).resolve("v1")).rejects.toMatchObject(ociError("REGISTRY_DENIED"));
  });

  test("reads all pages of a list of referrers", async () => {
    const entry = { mediaType: OCI_IMAGE_MANIFEST, size: 1, artifactType: "application/x" };
    const host = await serve((request, response) => {
      const page = Number(new URL(request.url ?? "", "https://host").searchParams.get("page") ?? 0);
      const link = page < 2 ? { link: `</v2/app/referrers/${DIGEST}?page=${page + 1}>; rel="next"` } : {};
      response.writeHead(200, { "content-type": OCI_IMAGE_INDEX, ...link });
      response.end(JSON.stringify({ manifests: [{ ...entry, digest: digestOf(Buffer.from(`${page}`)) }] }));
    });
    expect(await (await open(host)).referrers(DIGEST)).toHaveLength(3);
  });

  test("never speaks plain HTTP", async () => {
    let count = 0;
    const host = await scripted.serveHttp(() => count++);
    await expect((await open(host)).resolve("v1")).rejects.toMatchObject(ociError("REGISTRY_TLS_UNTRUSTED"));
    expect(count).toBe(0);
  });

  test("names a registry that nothing answers for", async () => {
    const host = `127.0.0.1:${await freePort()}`;
    await expect((await open(host)).resolve("v1")).rejects.toMatchObject(ociError("REGISTRY_UNREACHABLE"));
  });
});
