import type { ServerResponse } from "node:http";
import { Agent } from "undici";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { exchange } from "../../components/oci/exchange";
import { OCI_IMAGE_MANIFEST } from "../../components/oci/mediaTypes";
import { DIGEST, MANIFEST, ociError, type Scripted, sendErrors, sendManifest, startScripted } from "./scripted";

describe("A request that fails", () => {
  let scripted: Scripted;
  beforeEach(async () => {
    scripted = await startScripted();
  });
  afterEach(() => scripted.stop());

  test("is sent again when the server says for how long to wait, and not sooner", async () => {
    const times: number[] = [];
    const host = await scripted.serve((_request, response) => {
      times.push(performance.now());
      if (times.length === 1) sendErrors(response, 429, "TOOMANYREQUESTS", { "retry-after": "1" });
      else sendManifest(response);
    });
    await (await scripted.open(host)).fetchManifest(DIGEST);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  test("is sent again at a date that the server names", async () => {
    let count = 0;
    const host = await scripted.serve((_request, response) => {
      count++;
      const date = new Date(Date.now() + 1000).toUTCString();
      if (count === 1) sendErrors(response, 503, "UNAVAILABLE", { "retry-after": date });
      else sendManifest(response);
    });
    await (await scripted.open(host)).fetchManifest(DIGEST);
    expect(count).toBe(2);
  });

  test("is not waited for longer than half a minute", async () => {
    let count = 0;
    const host = await scripted.serve((_request, response) => {
      count++;
      sendErrors(response, 429, "TOOMANYREQUESTS", { "retry-after": "3600" });
    });
    await expect((await scripted.open(host)).resolve("v1")).rejects.toMatchObject({
      code: "REGISTRY_ERROR",
      status: 429,
    });
    expect(count).toBe(1);
  });

  test.each([400, 404, 405, 413, 501])("with %i is not sent again", async (status) => {
    let count = 0;
    const host = await scripted.serve((_request, response) => {
      count++;
      sendErrors(response, status, "UNSUPPORTED");
    });
    await (await scripted.open(host)).fetchManifest(DIGEST).catch(() => undefined);
    expect(count).toBe(1);
  });

  test.each([
    ["a manifest under its digest", undefined, 502, 2],
    ["a tag that the server did not look at", "v1", 429, 2],
    ["a tag of which it is unknown whether it was written", "v1", 502, 1],
  ])("writing %s is repeated only if that is safe", async (_, reference, status, requests) => {
    let count = 0;
    const host = await scripted.serve((_request, response) => {
      count++;
      if (count === 1) sendErrors(response, status, "UNKNOWN", { "retry-after": "0" });
      else sendManifest(response, MANIFEST, 201);
    });
    const push = (await scripted.open(host)).pushManifest(MANIFEST, OCI_IMAGE_MANIFEST, reference);
    if (requests === 2) await push;
    else await expect(push).rejects.toMatchObject({ code: "REGISTRY_ERROR", status });
    expect(count).toBe(requests);
  });

  test("while a small blob is uploaded lets the upload begin anew", async () => {
    const seen: string[] = [];
    const host = await scripted.serve((request, response, body) => {
      seen.push(`${request.method} ${body}`);
      if (request.method === "POST") {
        response.writeHead(202, { location: `/v2/app/blobs/uploads/${seen.length}?state=x` }).end();
      } else if (seen.length === 2) {
        sendErrors(response, 404, "BLOB_UPLOAD_UNKNOWN");
      } else {
        expect(new URL(request.url ?? "", "https://host").searchParams.get("digest")).toBe(DIGEST);
        response.writeHead(201).end();
      }
    });
    const blob = { mediaType: "application/octet-stream", digest: DIGEST, size: MANIFEST.length };
    await (await scripted.open(host)).uploadBytes(blob, MANIFEST);
    expect(seen).toEqual(["POST ", `PUT ${MANIFEST}`, "POST ", `PUT ${MANIFEST}`]);
  });

  test.each([
    ["says more bytes than it sends", { "content-length": "500" }, "CONNECTION_LOST"],
    ["says fewer bytes than the manifest has", { "content-length": "5" }, "DIGEST_MISMATCH"],
  ])("because the answer %s is not taken for one", async (_, headers, code) => {
    const host = await scripted.serve((request, response) => {
      response.writeHead(200, { "content-type": OCI_IMAGE_MANIFEST, ...headers });
      response.write(MANIFEST.subarray(0, 5), () => request.socket.destroySoon());
    });
    await expect((await scripted.open(host)).fetchManifest(DIGEST)).rejects.toMatchObject(ociError(code));
  });

  test("with a page of error text is told with the start of it", async () => {
    const host = await scripted.serve((_request, response) => {
      response.writeHead(400).end("x".repeat(2_000_000));
    });
    await expect((await scripted.open(host)).resolve("v1")).rejects.toMatchObject({
      code: "REGISTRY_ERROR",
      status: 400,
    });
  });
});

describe("An exchange that comes to a halt", () => {
  let scripted: Scripted;
  const agent = new Agent();
  beforeEach(async () => {
    scripted = await startScripted();
  });
  afterEach(() => scripted.stop());
  afterAll(() => agent.close());
  const read = (host: string, limits: { silenceMs: number; deadlineMs: number }) =>
    exchange(agent, { method: "GET", url: new URL(`http://${host}/`), limit: 1_000_000 }, limits);

  test.each([
    ["before the answer", () => undefined],
    ["after the headers", (response: ServerResponse) => void response.writeHead(200).flushHeaders()],
    [
      "within the body",
      (response: ServerResponse) => void response.writeHead(200, { "content-length": 10 }).write("x"),
    ],
  ])("%s is ended after the longest silence", async (_, begin) => {
    const host = await scripted.serveHttp((_request, response) => begin(response));
    await expect(read(host, { silenceMs: 500, deadlineMs: 60_000 })).rejects.toMatchObject(ociError("CONNECTION_LOST"));
  });

  test("by one byte at a time is ended at the deadline", async () => {
    const host = await scripted.serveHttp((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write("x"), 20);
      response.on("close", () => clearInterval(timer));
    });
    await expect(read(host, { silenceMs: 60_000, deadlineMs: 500 })).rejects.toMatchObject(ociError("CONNECTION_LOST"));
  });

  test("of a server that takes no connection is ended as well", async () => {
    const url = new URL("http://127.0.0.1:1/");
    await expect(exchange(agent, { method: "GET", url, limit: 1 })).rejects.toMatchObject(
      ociError("REGISTRY_UNREACHABLE"),
    );
  });

  test("has read no more than it may: a longer body is refused at its first byte too many", async () => {
    const host = await scripted.serveHttp((_request, response) => {
      response.writeHead(200);
      response.end(Buffer.alloc(2_000_000));
    });
    await expect(read(host, { silenceMs: 5000, deadlineMs: 5000 })).rejects.toMatchObject(
      ociError("RESPONSE_TOO_LARGE"),
    );
  });
});
