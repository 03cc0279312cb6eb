import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { digestOf } from "../../components/oci/digest";
import { OCI_IMAGE_INDEX, OCI_IMAGE_MANIFEST } from "../../components/oci/mediaTypes";
import { Repository } from "../../components/oci/repository";
import { type Answer, DIGEST, MANIFEST, ociError, type Scripted, sendErrors, startScripted } from "./scripted";

const TYPE = "application/vnd.cncf.notary.signature";

/** What the real registries don't answer on demand. */
describe("The referrers of a subject", () => {
  let scripted: Scripted;
  let targets: string[];
  beforeEach(async () => {
    scripted = await startScripted();
    targets = [];
  });
  afterEach(() => scripted.stop());

  const serve = (answer: Answer): Promise<string> =>
    scripted.serve((request, response, body) => {
      targets.push(`${request.method} ${request.url}`);
      answer(request, response, body);
    });
  const list = async (answer: Answer, type?: string) =>
    (await scripted.open(await serve(answer))).referrers(DIGEST, type);
  const entry = (text: string, more: object = {}) => ({
    mediaType: OCI_IMAGE_MANIFEST,
    size: 1,
    artifactType: TYPE,
    digest: digestOf(Buffer.from(text)),
    ...more,
  });
  const index =
    (manifests: unknown, headers: Record<string, string> = {}): Answer =>
    (_, response) =>
      response.writeHead(200, { "content-type": OCI_IMAGE_INDEX, ...headers }).end(JSON.stringify({ manifests }));

  test("are filtered whether or not the registry says that it did so", async () => {
    const others = [entry("a"), entry("b", { artifactType: "application/spdx+json" })];
    for (const headers of [{}, { "oci-filters-applied": "artifactType" }]) {
      expect(await list(index(others, headers), TYPE)).toMatchObject([entry("a")]);
    }
    expect(targets[0]).toBe(`GET /v2/app/referrers/${DIGEST}?artifactType=${encodeURIComponent(TYPE)}`);
  });

  test.each([
    ["no digest", { digest: undefined }, "DESCRIPTOR_INVALID"],
    ["a digest that is none", { digest: "sha256:../../etc" }, "DIGEST_INVALID"],
    ["a size that is no count", { size: -1 }, "DESCRIPTOR_INVALID"],
    ["a media type that would break a header", { mediaType: "a\r\nb" }, "DESCRIPTOR_INVALID"],
  ])("with an entry that has %s fail as a whole: the good ones are not passed off as all", async (_, bad, code) => {
    await expect(list(index([entry("a"), entry("b", bad)]), TYPE)).rejects.toMatchObject(ociError(code));
  });

  test.each([
    ["no JSON", "{"],
    ["no object", "[]"],
    ["no list", '{"manifests":{}}'],
    ["a bomb of depth", `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`],
    ["no UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ])("that are %s are refused", async (_, text) => {
    const answer: Answer = (_request, response) => {
      response.writeHead(200, { "content-type": OCI_IMAGE_INDEX }).end(text);
    };
    await expect(list(answer)).rejects.toMatchObject(ociError("REFERRERS_INVALID"));
  });

  test.each([
    [
      "that never end",
      (page: number) => `</v2/app/referrers/${DIGEST}?page=${page + 1}>; rel="next"`,
      "RESPONSE_TOO_LARGE",
    ],
    ["that go on at another host", () => '<https://127.0.0.1:1/v2/app/referrers/x>; rel="next"', "REFERRERS_INVALID"],
  ])("in pages %s are refused", async (_, link, code) => {
    const answer: Answer = (request, response) => {
      const page = Number(new URL(request.url ?? "", "https://host").searchParams.get("page") ?? 0);
      index([], { link: link(page) })(request, response, Buffer.alloc(0));
    };
    await expect(list(answer)).rejects.toMatchObject(ociError(code));
    expect(targets.length).toBeLessThanOrEqual(100);
  });

  test("are asked for by the API again after a minute at most, and not before, where it is absent", async () => {
    const host = await serve((_request, response) => response.writeHead(404).end("404 page not found"));
    const repository = await scripted.open(host);
    await repository.referrers(DIGEST);
    await repository.referrers(DIGEST);
    const tag = `GET /v2/app/manifests/${DIGEST.replace(":", "-")}`;
    expect(targets).toEqual([`GET /v2/app/referrers/${DIGEST}`, tag, tag]);
  });

  test("are not presumed to be none because other repositories are without the API", async () => {
    const host = await serve((request, response, body) => {
      if (request.url?.startsWith("/v2/app/")) response.writeHead(404).end();
      else if (request.url?.includes("/referrers/")) index([entry("a")])(request, response, body);
      else response.writeHead(404).end();
    });
    const connection = { host, caFile: scripted.caFile };
    await new Repository({ connection, repository: "app" }).referrers(DIGEST);
    const other = new Repository({ connection, repository: "other" });
    expect(await other.referrers(DIGEST)).toMatchObject([entry("a")]);
  });

  test("of a repository that does not exist say nothing about the API", async () => {
    const host = await serve((_request, response) => sendErrors(response, 404, "NAME_UNKNOWN"));
    const repository = await scripted.open(host);
    expect(await repository.referrers(DIGEST)).toEqual([]);
    expect(await repository.referrers(DIGEST)).toEqual([]);
    expect(targets.filter((target) => target.includes("/referrers/"))).toHaveLength(2);
  });

  describe("when one is pushed to a registry without the API", () => {
    const referrer = { mediaType: OCI_IMAGE_MANIFEST, digest: DIGEST, size: MANIFEST.length };
    const subject = { mediaType: OCI_IMAGE_MANIFEST, digest: digestOf(Buffer.from("subject")), size: 7 };
    const tag = subject.digest.replace(":", "-");
    /** Keeps the index; `before` may answer a request itself, or change what is stored. */
    const registry = (before: (write: number, state: { index?: unknown }) => number | undefined) => {
      const state: { index?: unknown } = {};
      let writes = 0;
      return serve((request, response, body) => {
        if (request.method === "PUT" && request.url?.endsWith(tag)) {
          const status = before(++writes, state);
          if (status === undefined) state.index = JSON.parse(body.toString());
          if (status === 0) request.socket.destroy();
          else response.writeHead(status ?? 201).end();
        } else if (request.method === "PUT") {
          response.writeHead(201).end();
        } else if (request.url?.endsWith(tag) && state.index !== undefined) {
          response.writeHead(200, { "content-type": OCI_IMAGE_INDEX }).end(JSON.stringify(state.index));
        } else {
          response.writeHead(404).end();
        }
      });
    };
    const writes = () => targets.filter((target) => target === `PUT /v2/app/manifests/${tag}`).length;

    test.each([
      ["loses the connection", 0],
      ["answers 503", 503],
      ["answers 429", 429],
    ])("are read anew before they are written again when the registry %s", async (_, status) => {
      const theirs = entry("theirs");
      const host = await registry((write, state) => {
        if (write > 1) return undefined;
        state.index = { manifests: [theirs] }; // Another writer, between our read and our next.
        return status;
      });
      const repository = await scripted.open(host);
      await repository.pushReferrer(MANIFEST, referrer, subject);
      const listed = await repository.referrers(subject.digest);
      expect(listed.map(({ digest }) => digest)).toEqual([theirs.digest, DIGEST]);
      expect(writes()).toBe(2);
    });

    test("are written again when another writer replaced them", async () => {
      const theirs = entry("theirs");
      const host = await registry((write, state) => {
        if (write !== 1) return undefined;
        state.index = { manifests: [theirs] }; // Ours is taken, and lost at once.
        return 201;
      });
      const repository = await scripted.open(host);
      await repository.pushReferrer(MANIFEST, referrer, subject);
      expect((await repository.referrers(subject.digest)).map(({ digest }) => digest)).toEqual([theirs.digest, DIGEST]);
    });

    test("are given up when others never let them through", async () => {
      const host = await registry(() => 201);
      const push = (await scripted.open(host)).pushReferrer(MANIFEST, referrer, subject);
      await expect(push).rejects.toMatchObject(ociError("REFERRERS_CONTENDED"));
      expect(writes()).toBe(12);
    });

    test("are not overwritten when one of them cannot be read", async () => {
      const host = await registry((write, state) => {
        if (write === 1) state.index = { manifests: [{ digest: "broken" }] };
        return write === 1 ? 500 : undefined;
      });
      const push = (await scripted.open(host)).pushReferrer(MANIFEST, referrer, subject);
      await expect(push).rejects.toMatchObject({ code: "DESCRIPTOR_INVALID" });
      expect(writes()).toBe(1);
    });

    test("that arrive together share one update of the index", async () => {
      const repository = await scripted.open(await registry(() => undefined));
      const manifests = Array.from({ length: 10 }, (_, number) => Buffer.from(JSON.stringify({ number })));
      await Promise.all(
        manifests.map((bytes) =>
          repository.pushReferrer(bytes, { ...referrer, digest: digestOf(bytes), size: bytes.length }, subject),
        ),
      );
      expect(await repository.referrers(subject.digest)).toHaveLength(10);
      expect(writes()).toBeLessThanOrEqual(3);
    });
  });
});
