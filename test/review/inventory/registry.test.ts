import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GeneratedIdentity } from "../../../components/identity/generateTest";
import { OCI_IMAGE_INDEX } from "../../../components/oci/mediaTypes";
import { referrersTag } from "../../../components/oci/referrersTag";
import { Repository } from "../../../components/oci/repository";
import { OciSignatureRepository } from "../../../components/oci/signatureRepository";
import { ContentCache } from "../../../components/review/inventory/contentCache";
import type { InventoryContext } from "../../../components/review/inventory/context";
import type { InventoryEntry } from "../../../components/review/inventory/inventory";
import { openInventory } from "../../../components/review/inventory/openInventory";
import { RegistryHealth } from "../../../components/review/inventory/registryHealth";
import { verdictDiff } from "../../../components/review/verdicts/verdictDiff";
import { connectionOf, makeIdentity } from "../../image/support";
import { pushTestImage } from "../../oci/packed";
import { sendErrors, type Scripted, startScripted } from "../../oci/scripted";
import { startDistribution, startOlareg, type TestRegistry } from "../../support/registries";
import { contextOf, declared, entriesOf, imagesOf, now, side, sign, unknownOf } from "../support";

const noRevocation = {
  askOcsp: () => Promise.reject(new Error("nobody answers")),
  fetchCrl: () => Promise.reject(new Error("nobody answers")),
};
let directory: string;
let wabbit: GeneratedIdentity;
const registries: Record<string, TestRegistry> = {};
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "breakwater-registry-inventory-"));
  wabbit = await makeIdentity();
  [registries.distribution, registries.olareg] = await Promise.all([startDistribution(), startOlareg()]);
});
afterAll(async () => {
  await Promise.all(Object.values(registries).map((registry) => registry.stop()));
  await rm(directory, { recursive: true, force: true });
});

const open = (registry: TestRegistry, repository: string) =>
  new Repository({ connection: connectionOf(registry), repository });
const rows = async (spec: string, context: InventoryContext) =>
  (await imagesOf(openInventory(spec, context))).map(({ reference, tags }) => [reference, tags.join()]);

describe("A registry's catalog", () => {
  const registry = () => registries.distribution as TestRegistry;
  const context = () => contextOf(connectionOf(registry()));

  it("tells what has a tag, once with all its tags, below a prefix or all; lists of signatures are no images", async () => {
    const { host } = registry();
    const [web, api] = [open(registry(), "team/web"), open(registry(), "team/api")];
    const image = await pushTestImage(web, "web");
    const { bytes } = await web.fetchManifest(image);
    for (const tag of ["v1", "latest"]) await web.pushManifest(bytes, image.mediaType, tag);
    await sign(new OciSignatureRepository(web), image, wabbit);
    const other = await pushTestImage(api, "api");
    await api.pushManifest((await api.fetchManifest(other)).bytes, other.mediaType, "v2");
    const outside = open(registry(), "teamwork");
    const third = await pushTestImage(outside, "outside");
    await outside.pushManifest((await outside.fetchManifest(third)).bytes, third.mediaType, "v3");

    const webRow = [`${host}/team/web@${image.digest}`, "latest,v1"];
    const apiRow = [`${host}/team/api@${other.digest}`, "v2"];
    expect(await rows(`registry:${host}/team`, context())).toEqual([apiRow, webRow]);
    expect(await rows(`registry:${host}/team/web`, context())).toEqual([webRow]);
    expect(await rows(`registry:${host}`, context())).toContainEqual([`${host}/teamwork@${third.digest}`, "v3"]);
    const [found] = await imagesOf(openInventory(`registry:${host}/team/web`, context()));
    expect(await found?.signatures.listSignatures(image)).toHaveLength(1);
  });

  it("calls a prefix unknown that no repository has", async () => {
    const source = openInventory(`registry:${registry().host}/misspelt`, context());
    expect(await unknownOf(source)).toMatchObject([{ code: "INVENTORY_EMPTY", whole: true }]);
  });

  it("tells an image that hides behind the tag of a list of signatures, and of an index what is signed by itself", async () => {
    const repository = open(registry(), "hidden/app");
    const [one, two] = [await pushTestImage(repository, "one"), await pushTestImage(repository, "two")];
    const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests: [one, two] }));
    const pushed = await repository.pushManifest(index, OCI_IMAGE_INDEX, referrersTag(`sha256:${"a".repeat(64)}`));
    await sign(new OciSignatureRepository(repository), two, wabbit);
    const found = await rows(`registry:${registry().host}/hidden`, context());
    expect(found.map(([reference]) => reference?.split("@")[1])).toEqual([pushed.digest, two.digest]);
  });
});

describe.each(["distribution", "olareg"])("An inventory of %s", (name) => {
  it("reads content once, and lists each time", async () => {
    const registry = registries[name] as TestRegistry;
    const repository = open(registry, "cached/app");
    const image = await pushTestImage(repository, "cached");
    await repository.pushManifest((await repository.fetchManifest(image)).bytes, image.mediaType, "v1");
    const signatures = new OciSignatureRepository(repository);
    const signature = await sign(signatures, image, wabbit);
    await writeFile(join(directory, `${name}.txt`), `${registry.host}/cached/app:v1`);
    const base = side("base", { production: { trust: declared([wabbit]) } });
    const head = side("head", { production: { trust: declared([await makeIdentity()]) } });
    const review = async () => {
      const cache = new ContentCache({ directory: join(directory, `cache-${name}`) });
      const context = contextOf(connectionOf(registry), { directory, cache });
      const images = openInventory(`file:${name}.txt`, context).entries();
      const before = repository.requests;
      const result = await verdictDiff({ images, base, head, clock: now, revocation: noRevocation });
      return { ...result, requests: repository.requests - before };
    };
    const cold = await review();
    expect(cold.flips).toMatchObject([
      { towards: "distrust", tags: ["v1"], signer: { thumbprint: wabbit.thumbprint } },
    ]);
    const warm = await review();
    expect(warm.flips).toEqual(cold.flips);
    // The tag and the list; manifest and envelope are kept.
    expect(warm.requests).toBeLessThanOrEqual(cold.requests - 2);
    if (name === "distribution") return;
    await repository.deleteManifest(signature.digest);
    expect((await review()).unchanged).toEqual({ verified: 0, failed: 1, skipped: 0 });
  });
});

describe("References one by one", () => {
  it("are read from a file; what is not there, or no reference, is unknown", async () => {
    const registry = registries.distribution as TestRegistry;
    const repository = open(registry, "file/app");
    const image = await pushTestImage(repository, "of the file");
    await repository.pushManifest((await repository.fetchManifest(image)).bytes, image.mediaType, "v1");
    const name = `${registry.host}/file/app`;
    const lines = [
      "# production",
      "",
      `${name}:v1 # web`,
      `  ${name}:v1  `,
      `${name}@${image.digest}`,
      `${name}:v2`,
      name,
      "nginx",
    ];
    await writeFile(join(directory, "images.txt"), lines.join("\r\n"));
    const found = await entriesOf(openInventory("file:images.txt", contextOf(connectionOf(registry), { directory })));
    expect(
      found.map((entry) =>
        "image" in entry
          ? [entry.image.reference, entry.image.tags.join()]
          : [entry.unknown.reference, entry.unknown.code],
      ),
    ).toEqual([
      [`${name}@${image.digest}`, "v1"],
      [`${name}@${image.digest}`, ""],
      [`${name}:v2`, "IMAGE_ABSENT"],
      [name, "INVENTORY_INVALID"],
      ["nginx", "REFERENCE_INVALID"],
    ]);
  });

  it("come from the stacks, each by the connection that its stack has", async () => {
    const registry = registries.distribution as TestRegistry;
    const image = await pushTestImage(open(registry, "state/app"), "of the state");
    const reference = `${registry.host}/state/app@${image.digest}`;
    const stateImages = [{ reference, connection: connectionOf(registry) }, { reference }];
    const found = await entriesOf(openInventory("state", contextOf({}, { stateImages })));
    expect(found).toEqual([
      { image: expect.objectContaining({ reference, inventory: "state" }) },
      { unknown: expect.objectContaining({ reference, code: "REGISTRY_TLS_UNTRUSTED" }) },
    ]);
  });
});

describe("A registry that fails", () => {
  it("is given up in the middle of a run, which ends at once; the next run reads only what is left", async () => {
    const registry = await startDistribution();
    try {
      const repository = open(registry, "many/app");
      const signatures = new OciSignatureRepository(repository);
      for (let at = 0; at < 60; at++) {
        const image = await pushTestImage(repository, `image ${at}`);
        await repository.pushManifest((await repository.fetchManifest(image)).bytes, image.mediaType, `v${at}`);
        await sign(signatures, image, wabbit);
      }
      const cache = join(directory, "cache-many");
      const review = async (onImage: (count: number) => Promise<void> = async () => {}) => {
        const context = contextOf(connectionOf(registry), { cache: new ContentCache({ directory: cache }) });
        async function* images(): AsyncGenerator<InventoryEntry> {
          let count = 0;
          for await (const entry of openInventory(`registry:${registry.host}`, context).entries()) {
            await onImage(++count);
            yield entry;
          }
        }
        const state = side("base", { production: { trust: declared([wabbit]) } });
        return verdictDiff({
          images: images(),
          base: state,
          head: state,
          clock: now,
          revocation: noRevocation,
          concurrency: 2,
        });
      };
      const started = performance.now();
      const partial = await review(async (count) => {
        if (count === 20) await registry.kill();
      });
      expect(performance.now() - started).toBeLessThan(60_000);
      expect(partial.unchanged.verified).toBeGreaterThan(10);
      expect(partial.unchanged.verified + partial.unknown.length).toBe(60);
      expect(partial.unchanged.failed).toBe(0);
      expect(partial.unknown.filter(({ code }) => code === "REGISTRY_GIVEN_UP").length).toBeGreaterThan(30);

      await registry.restart();
      const whole = await review();
      expect(whole.unchanged).toEqual({ verified: 60, failed: 0, skipped: 0 });
      expect(whole.unknown).toEqual([]);
    } finally {
      await registry.stop();
    }
  });

  it("is asked no more after three failures in a row; an answer in between is a new beginning", async () => {
    const registry = await startOlareg();
    const repository = open(registry, "app");
    const health = new RegistryHealth();
    const ask = () => health.ask(registry.host, () => repository.resolve("v1"));
    try {
      expect(await ask()).toBeUndefined();
      await registry.kill();
      await expect(ask()).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
      await registry.restart();
      expect(await ask()).toBeUndefined();
      await registry.kill();
      for (let at = 0; at < 3; at++) await expect(ask()).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
      const requests = repository.requests;
      await expect(ask()).rejects.toMatchObject({ code: "REGISTRY_GIVEN_UP" });
      expect(repository.requests).toBe(requests);
      expect(await health.ask("other.example", async () => "an answer")).toBe("an answer");
    } finally {
      await registry.stop();
    }
  });
});

describe("A catalog as registries write it", () => {
  let scripted: Scripted;
  beforeAll(async () => {
    scripted = await startScripted();
  });
  afterAll(() => scripted.stop());
  const context = () => contextOf({ caFile: scripted.caFile });

  it("is read page by page, with a token for the catalog", async () => {
    const scopes: string[][] = [];
    const host = await scripted.serve((request, response) => {
      const url = new URL(request.url ?? "", `https://${request.headers.host}`);
      if (url.pathname === "/token") {
        scopes.push(url.searchParams.getAll("scope"));
        return void response.end(JSON.stringify({ token: "t", expires_in: 300 }));
      }
      if (request.headers.authorization === undefined) {
        const challenge = `Bearer realm="https://${request.headers.host}/token",service="s"`;
        return void response.writeHead(401, { "www-authenticate": challenge }).end();
      }
      if (url.pathname === "/v2/_catalog") {
        const last = url.searchParams.get("last");
        const names = last === null ? ["a", "b"] : ["c"];
        const link = last === null ? { link: '</v2/_catalog?last=b&n=1000>; rel="next"' } : {};
        return void response.writeHead(200, link).end(JSON.stringify({ repositories: names }));
      }
      response.end(JSON.stringify({ name: "x", tags: url.pathname === "/v2/b/tags/list" ? null : [] }));
    });
    expect(await entriesOf(openInventory(`registry:${host}`, context()))).toEqual([]);
    expect(scopes.map((list) => list.join(" "))).toEqual([
      "registry:catalog:*",
      "repository:a:pull",
      "repository:b:pull",
      "repository:c:pull",
    ]);
  });

  it.each([
    ["that is kept from this login", 401, "", "REGISTRY_UNAUTHORIZED"],
    ["that nobody may list", 403, "", "REGISTRY_DENIED"],
    ["that there is not", 404, "", "REGISTRY_ERROR"],
    ["that is no list", 200, '{"repositories":{}}', "REGISTRY_RESPONSE_INVALID"],
    ["with a name that would lead elsewhere", 200, '{"repositories":["../../x?y="]}', "REGISTRY_RESPONSE_INVALID"],
  ])("%s is unknown as a whole", async (_, status, body, code) => {
    const host = await scripted.serve((__, response) => {
      if (status === 200) response.end(body);
      else sendErrors(response, status, "DENIED", status === 401 ? { "www-authenticate": "Basic realm=x" } : {});
    });
    const spec = `registry:${host}`;
    expect(await unknownOf(openInventory(spec, context()))).toMatchObject([{ reference: spec, inventory: spec, code }]);
  });

  it("may lose a repository while it is read; one that fails is unknown, and the others are read", async () => {
    const host = await scripted.serve((request, response) => {
      if (request.url?.startsWith("/v2/_catalog"))
        return void response.end('{"repositories":["gone","broken","whole"]}');
      if (request.url?.startsWith("/v2/gone")) return sendErrors(response, 404, "NAME_UNKNOWN");
      if (request.url?.startsWith("/v2/broken")) return void response.end('{"tags":["$"]}');
      if (request.url?.startsWith("/v2/whole/tags")) return void response.end('{"tags":["v1"]}');
      return sendErrors(response, 403, "DENIED");
    });
    expect(await unknownOf(openInventory(`registry:${host}`, context()))).toMatchObject([
      { reference: `${host}/broken`, code: "REGISTRY_RESPONSE_INVALID" },
      { reference: `${host}/whole:v1`, code: "REGISTRY_DENIED" },
    ]);
  });
});
