import { mkdtemp, readFile, rm, symlink, truncate, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ImageSource, ImageSourceError, openImageSource } from "../../../components/image/source";
import { digestOf } from "../../../components/oci/digest";
import { blobPath, makeTar, writeDockerArchive, writeLayout, writeOciArchive } from "../../support/images";

let directory: string;
let layout: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "breakwater-source-"));
  layout = join(directory, "layout");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe("An OCI layout folder", () => {
  test("gives its manifest, and its config and layers once each", async () => {
    const written = await writeLayout(layout, { layers: ["a", "b", "a"] });
    const source = await openImageSource(layout);
    expect(source.kind).toBe("oci-layout");
    expect(source.root).toEqual(written.root);
    expect(source.manifests.map(({ descriptor }) => descriptor)).toEqual([written.root]);
    expect(digests(source)).toEqual(written.blobs);
    await source.verify();
    expect(await contentDigests(source)).toEqual([...written.blobs].sort());
  });

  test("gives the manifests of all platforms before the index", async () => {
    const written = await writeLayout(layout, { platforms: ["linux/amd64", "linux/arm64"] });
    const source = await openImageSource(layout);
    expect(source.manifests).toHaveLength(3);
    expect(source.manifests.at(-1)?.descriptor).toEqual(written.root);
    expect(digests(source).sort()).toEqual([...written.blobs].sort());
  });

  test("that names several images is refused", async () => {
    await writeLayout(layout, { layers: ["one"], refName: "v1" });
    await writeLayout(layout, { layers: ["two"], refName: "v2" });
    await expect(openImageSource(layout)).rejects.toMatchObject(sourceError("SOURCE_AMBIGUOUS"));
  });

  test("that names one image by several tags is accepted", async () => {
    await writeLayout(layout, { refName: "v1" });
    const { root } = await writeLayout(layout, { refName: "latest" });
    expect((await openImageSource(layout)).root).toEqual(root);
  });

  test("with a truncated or missing blob is refused when it is opened", async () => {
    const { blobs } = await writeLayout(layout);
    const layer = blobPath(layout, blobs[1] ?? "");
    await truncate(layer, 3);
    await expect(openImageSource(layout)).rejects.toMatchObject(sourceError("SOURCE_TRUNCATED"));
    await unlink(layer);
    await expect(openImageSource(layout)).rejects.toMatchObject(sourceError("SOURCE_TRUNCATED"));
  });

  test("with a blob that was replaced by one of the same size is refused by verify, which names both digests", async () => {
    const { blobs } = await writeLayout(layout, { layers: ["original"] });
    const layer = blobs[1] ?? "";
    await writeFile(blobPath(layout, layer), "replaced");
    const source = await openImageSource(layout);
    const error = await source.verify().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(sourceError("SOURCE_DIGEST_MISMATCH"));
    expect(String(error)).toContain(layer);
    expect(String(error)).toContain(digestOf(Buffer.from("replaced")));
  });

  test("with a manifest that was changed is refused when it is opened", async () => {
    const { root } = await writeLayout(layout);
    const file = blobPath(layout, root.digest);
    await writeFile(file, (await readFile(file, "utf8")).replace('"schemaVersion":2', '"schemaVersion":3'));
    await expect(openImageSource(layout)).rejects.toMatchObject(sourceError("SOURCE_DIGEST_MISMATCH"));
  });

  test("with a blob that is a link out of the folder is refused", async () => {
    const { blobs } = await writeLayout(layout, { layers: ["secret"] });
    const layer = blobPath(layout, blobs[1] ?? "");
    const outside = join(directory, "outside");
    await writeFile(outside, "secret");
    await unlink(layer);
    await symlink(outside, layer);
    await expect(openImageSource(layout)).rejects.toMatchObject(sourceError("SOURCE_INVALID"));
  });

  test("with a digest that is a path is refused", async () => {
    await writeLayout(layout);
    const entry = {
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: "sha256:../../../outside",
      size: 3,
    };
    await writeFile(join(layout, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
    await expect(openImageSource(layout)).rejects.toMatchObject(sourceError("SOURCE_INVALID"));
  });

  test("with a foreign layer is refused", async () => {
    await writeLayout(layout);
    const layer = { mediaType: "application/vnd.oci.image.layer.v1.tar", digest: digestOf(Buffer.from("x")), size: 1 };
    const document = { schemaVersion: 2, config: layer, layers: [{ ...layer, urls: ["https://example.com/layer"] }] };
    const bytes = Buffer.from(JSON.stringify(document));
    await writeFile(blobPath(layout, digestOf(bytes)), bytes);
    await writeFile(blobPath(layout, layer.digest), "x");
    const entry = {
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: digestOf(bytes),
      size: bytes.length,
    };
    await writeFile(join(layout, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
    await expect(openImageSource(layout)).rejects.toMatchObject(sourceError("SOURCE_INVALID"));
  });
});

describe("An OCI archive", () => {
  test.each([
    ["plain", false],
    ["gzipped", true],
  ])("(%s) gives the same as the folder that it was packed from", async (_, gzip) => {
    await writeLayout(layout, { platforms: ["linux/amd64", "linux/arm64"] });
    const file = join(directory, "image.tar");
    await writeOciArchive(layout, file, { gzip });
    const [archive, folder] = [await openImageSource(file), await openImageSource(layout)];
    expect(archive.kind).toBe("oci-archive");
    expect(archive.root).toEqual(folder.root);
    expect(archive.manifests).toEqual(folder.manifests);
    expect(archive.blobs).toEqual(folder.blobs);
    await archive.verify();
    expect(await contentDigests(archive)).toEqual(digests(folder).sort());
  });

  test("that docker save wrote, with a manifest.json beside index.json, is read by its index", async () => {
    const { root } = await writeLayout(layout);
    const file = join(directory, "image.tar");
    await writeOciArchive(layout, file, { extra: [{ name: "manifest.json", data: Buffer.from("[]") }] });
    expect(await openImageSource(file)).toMatchObject({ kind: "oci-archive", root });
  });

  test.each([
    ["plain", false],
    ["gzipped", true],
  ])("(%s) that ends too early is refused", async (_, gzip) => {
    await writeLayout(layout, { layers: ["x".repeat(5000)] });
    const file = join(directory, "image.tar");
    await writeOciArchive(layout, file, { gzip });
    await truncate(file, Math.floor((await readFile(file)).length * 0.6));
    await expect(openImageSource(file)).rejects.toMatchObject(sourceError("SOURCE_TRUNCATED"));
  });

  test("with a replaced blob is refused by verify", async () => {
    const { blobs } = await writeLayout(layout, { layers: ["original"] });
    await writeFile(blobPath(layout, blobs[1] ?? ""), "replaced");
    const file = join(directory, "image.tar");
    await writeOciArchive(layout, file);
    const source = await openImageSource(file);
    await expect(source.verify()).rejects.toMatchObject(sourceError("SOURCE_DIGEST_MISMATCH"));
  });

  test.each([
    ["an absolute name", { name: "/etc/passwd", data: Buffer.from("x") }],
    ["a name that leads out", { name: "blobs/../../outside", data: Buffer.from("x") }],
    ["a link that leads out", { name: "link", linkTo: "../outside" }],
    ["a blob that is a link", { name: `blobs/sha256/${"a".repeat(64)}`, linkTo: "../../oci-layout" }],
    ["two members of the same name", { name: "index.json", data: Buffer.from("{}") }],
  ])("with %s is refused", async (_, extra) => {
    await writeLayout(layout);
    const file = join(directory, "image.tar");
    await writeOciArchive(layout, file, { extra: [extra] });
    await expect(openImageSource(file)).rejects.toMatchObject(sourceError("SOURCE_INVALID"));
  });

  test("hands the error of a visitor through and can be read again", async () => {
    await writeLayout(layout);
    const file = join(directory, "image.tar");
    await writeOciArchive(layout, file);
    const source = await openImageSource(file);
    const failure = new Error("the visitor fails");
    await expect(source.readBlobs(new Set(digests(source)), () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await contentDigests(source)).toEqual(digests(source).sort());
  });
});

describe("A docker save archive without an OCI layout", () => {
  test("becomes an OCI manifest with the same bytes each time", async () => {
    const file = join(directory, "image.tar");
    const { config, layers } = await writeDockerArchive(file, { repeatLayer: true });
    const [one, two] = [await openImageSource(file), await openImageSource(file)];
    expect(one.kind).toBe("docker-archive");
    expect(one.manifests).toEqual(two.manifests);
    const manifest = JSON.parse(one.manifests[0]?.bytes.toString() ?? "");
    expect(manifest.config.digest).toBe(config);
    expect(manifest.layers.map(({ digest }: { digest: string }) => digest)).toEqual(layers);
    await one.verify();
    expect(await contentDigests(one)).toEqual([...new Set([config, ...layers])].sort());
  });

  test("of several images is refused", async () => {
    const file = join(directory, "image.tar");
    await writeDockerArchive(file, { images: ["example.com/a:v1", "example.com/b:v1"] });
    await expect(openImageSource(file)).rejects.toMatchObject(sourceError("SOURCE_AMBIGUOUS"));
  });

  test("whose layer is not what the config says is refused by verify", async () => {
    const file = join(directory, "image.tar");
    await writeDockerArchive(file, { layers: ["original"] });
    const bytes = await readFile(file);
    bytes.write("replaced", bytes.indexOf("original"));
    await writeFile(file, bytes);
    const source = await openImageSource(file);
    await expect(source.verify()).rejects.toMatchObject(sourceError("SOURCE_DIGEST_MISMATCH"));
  });
});

describe("What is no image", () => {
  test("and does not exist is missing", async () => {
    await expect(openImageSource(join(directory, "none"))).rejects.toMatchObject(sourceError("SOURCE_MISSING"));
  });

  test.each([
    ["an empty file", Buffer.alloc(0)],
    ["a text file", Buffer.from("This is no archive.\n".repeat(100))],
    ["a short text file", Buffer.from("short")],
    ["a gzipped text file", gzipSync(Buffer.from("This is no archive.\n".repeat(100)))],
  ])("but %s is not recognised", async (_, bytes) => {
    const file = join(directory, "file");
    await writeFile(file, bytes);
    await expect(openImageSource(file)).rejects.toMatchObject(sourceError("SOURCE_UNRECOGNISED"));
  });

  test("but a folder or an archive of something else is not recognised", async () => {
    await expect(openImageSource(directory)).rejects.toMatchObject(sourceError("SOURCE_UNRECOGNISED"));
    const file = join(directory, "other.tar");
    await writeFile(file, await makeTar([{ name: "readme", data: Buffer.from("hello") }]));
    await expect(openImageSource(file)).rejects.toMatchObject(sourceError("SOURCE_UNRECOGNISED"));
  });
});

function digests(source: ImageSource): string[] {
  return source.blobs.map(({ digest }) => digest);
}

async function contentDigests(source: ImageSource): Promise<string[]> {
  const found: string[] = [];
  await source.readBlobs(new Set(digests(source)), async (_, content) => {
    const chunks: Buffer[] = [];
    for await (const chunk of content) {
      chunks.push(chunk as Buffer);
    }
    found.push(digestOf(Buffer.concat(chunks)));
  });
  return found.sort();
}

function sourceError(code: string): object {
  return { name: ImageSourceError.name, code };
}
