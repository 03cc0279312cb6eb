import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PkiError } from "../../components/pki/error";
import { RevocationCache } from "../../components/pki/revocationCache";
import { httpRevocationSource } from "../../components/pki/revocationSource";
import * as make from "../support/certificates";
import { makeCrl } from "../support/crl";
import { makeOcspResponse } from "../support/ocsp";

const { NOW } = make;
const later = (ms: number) => new Date(NOW.getTime() + ms);
const seen: { method: string; url: string; type: string | undefined; body: Buffer }[] = [];
let answer: Buffer | (() => Buffer) = Buffer.alloc(0);
let server: Server;
let url: string;
let issuer: make.TestCertificate;

beforeAll(async () => {
  issuer = await make.goodRoot();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const type = request.headers["content-type"];
      seen.push({ method: request.method ?? "", url: request.url ?? "", type, body: Buffer.concat(chunks) });
      response.end(typeof answer === "function" ? answer() : answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  seen.length = 0;
});

/** A source at a time that the test sets. */
function sourceAt(start = NOW) {
  const clock = { now: start };
  const cache = new RevocationCache();
  return { clock, cache, source: httpRevocationSource({ cache, now: () => clock.now }) };
}

const crlUntil = (nextUpdate?: Date) => makeCrl({ issuer, thisUpdate: NOW, nextUpdate });

describe("an OCSP request", () => {
  it("goes by GET below the responder's path, escaped, when it is short, and by POST when it is not", async () => {
    const { source } = sourceAt();
    const short = Buffer.from("fbefbefff9", "hex"); // + and / in base64
    await source.askOcsp(`${url}/ca//`, short);
    const long = Buffer.alloc(200, 1);
    await source.askOcsp(`${url}/ca`, long);
    expect(seen.map(({ method, url: path, type }) => [method, path, type])).toEqual([
      ["GET", `/ca/${encodeURIComponent(short.toString("base64"))}`, undefined],
      ["POST", "/ca", "application/ocsp-request"],
    ]);
    expect(seen[0]?.url).toMatch(/%2B.*%2F.*%3D/);
    expect(seen[1]?.body).toEqual(long);
  });

  it("takes 20 KiB and no more", async () => {
    const { source } = sourceAt();
    answer = Buffer.alloc(20_480);
    expect(await source.askOcsp(url, Buffer.of(1))).toHaveLength(20_480);
    answer = Buffer.alloc(20_481);
    await expect(source.askOcsp(url, Buffer.of(1))).rejects.toMatchObject({ code: "PKI_RESPONSE_TOO_LARGE" });
    await expect(source.askOcsp("nowhere", Buffer.of(1))).rejects.toThrow(PkiError);
  });

  it("is not repeated within a minute, nor within one request of another one", async () => {
    const certificate = issuer;
    const { source, clock } = sourceAt();
    answer = makeOcspResponse({ certificate, issuer, status: "good", thisUpdate: NOW, nextUpdate: later(600_000) });
    await Promise.all([source.askOcsp(url, Buffer.of(1)), source.askOcsp(url, Buffer.of(1))]);
    clock.now = later(60_000);
    await source.askOcsp(url, Buffer.of(1));
    expect(seen).toHaveLength(1);
    await source.askOcsp(url, Buffer.of(2));
    expect(seen).toHaveLength(2);
    clock.now = later(60_001);
    await source.askOcsp(url, Buffer.of(1));
    expect(seen).toHaveLength(3);
  });

  it("is repeated when the answer has no nextUpdate or is no answer", async () => {
    const { source, cache } = sourceAt();
    answer = makeOcspResponse({ certificate: issuer, issuer, status: "good", thisUpdate: NOW });
    await source.askOcsp(url, Buffer.of(1));
    answer = Buffer.from("tomorrow");
    await source.askOcsp(url, Buffer.of(1));
    expect(seen).toHaveLength(2);
    expect(cache.size).toEqual({ entries: 0, bytes: 0 });
  });
});

describe("a CRL", () => {
  it("is kept until its nextUpdate, for an hour at most", async () => {
    const { source, clock } = sourceAt();
    answer = crlUntil(later(1_000));
    await source.fetchCrl(url);
    clock.now = later(1_000);
    await source.fetchCrl(url);
    expect(seen).toHaveLength(1);
    clock.now = later(1_001);
    answer = crlUntil(later(86_400_000));
    await source.fetchCrl(url);
    expect(seen).toHaveLength(2);
    clock.now = later(3_601_001);
    await source.fetchCrl(url);
    expect(seen).toHaveLength(2);
    clock.now = later(3_601_002);
    await source.fetchCrl(url);
    expect(seen).toHaveLength(3);
  });

  it("is not kept when it has expired, says nothing of it, or is none", async () => {
    const { source, cache } = sourceAt();
    for (const bytes of [crlUntil(later(-1_000)), crlUntil(), Buffer.from("no CRL"), Buffer.alloc(0)]) {
      answer = bytes;
      await source.fetchCrl(url);
    }
    expect(seen).toHaveLength(4);
    expect(cache.size).toEqual({ entries: 0, bytes: 0 });
  });

  it("is the same for all sources of the process unless they have a cache of their own", async () => {
    answer = crlUntil(new Date(Date.now() + 60_000));
    await httpRevocationSource().fetchCrl(`${url}/shared`);
    await httpRevocationSource().fetchCrl(`${url}/shared`);
    expect(seen).toHaveLength(1);
    await httpRevocationSource({ cache: new RevocationCache() }).fetchCrl(`${url}/shared`);
    expect(seen).toHaveLength(2);
  });
});

describe("the cache", () => {
  const kept = (cache: RevocationCache, key: string, bytes: number) =>
    cache.get(
      key,
      () => NOW,
      async () => Buffer.alloc(bytes),
      () => NOW.getTime(),
    );

  it("is bounded in number and bytes, and drops the oldest first", async () => {
    const cache = new RevocationCache(3, 100);
    for (const key of ["a", "b", "c", "d"]) await kept(cache, key, 10);
    expect(cache.size).toEqual({ entries: 3, bytes: 30 });
    expect(await kept(cache, "b", 1)).toHaveLength(10);
    await kept(cache, "large", 90);
    expect(cache.size).toEqual({ entries: 2, bytes: 100 });
    expect(await kept(cache, "too large", 101)).toHaveLength(101);
    expect(cache.size).toEqual({ entries: 2, bytes: 100 });
    expect(await kept(cache, "d", 1)).toHaveLength(10);
  });

  it("keeps no failure, and shares one with those who waited", async () => {
    const cache = new RevocationCache();
    let asked = 0;
    const ask = () =>
      cache.get(
        "key",
        () => NOW,
        async () => {
          asked++;
          throw new Error("away");
        },
        () => NOW.getTime(),
      );
    const found = await Promise.allSettled([ask(), ask()]);
    expect(found.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await expect(ask()).rejects.toThrow("away");
    expect(asked).toBe(2);
  });
});

describe("what is asked for fresh", () => {
  it("passes over what is kept, and takes its place", async () => {
    const { source } = sourceAt();
    const [old, young] = [crlUntil(later(60_000)), crlUntil(later(120_000))];
    answer = old;
    await source.fetchCrl(`${url}/fresh.crl`);
    answer = young;
    expect(await source.fetchCrl(`${url}/fresh.crl`)).toEqual(old);
    expect(await source.fetchCrl(`${url}/fresh.crl`, true)).toEqual(young);
    expect(await source.fetchCrl(`${url}/fresh.crl`)).toEqual(young);
    expect(seen).toHaveLength(2);
  });
});
