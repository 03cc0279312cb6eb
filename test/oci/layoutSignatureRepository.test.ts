import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fetchSignature } from "../../components/notary/signing/fetchSignature";
import type { Descriptor } from "../../components/oci/descriptor";
import { digestOf } from "../../components/oci/digest";
import { LayoutSignatureRepository } from "../../components/oci/layoutSignatureRepository";
import { OCI_IMAGE_INDEX } from "../../components/oci/mediaTypes";
import { blobPath, writeLayout } from "../support/images";
import { JWS, packTestSignature } from "./packed";
import { ociError } from "./scripted";

describe("An OCI image layout", () => {
  let directory: string;
  let image: Descriptor;
  let layout: LayoutSignatureRepository;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "breakwater-layout-"));
    image = (await writeLayout(directory, { refName: "v1" })).root;
    layout = open();
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));
  const open = () => new LayoutSignatureRepository(directory, "example.com/app");
  const readIndex = async () => JSON.parse(await readFile(join(directory, "index.json"), "utf8"));
  const writeIndex = (index: unknown) => writeFile(join(directory, "index.json"), JSON.stringify(index));

  test("resolves tags and digests of its index, and what is absent to undefined", async () => {
    expect(await layout.resolve("v1")).toEqual(image);
    expect(await layout.resolve(image.digest)).toEqual(image);
    expect(await layout.resolve("v2")).toBeUndefined();
    expect(await layout.resolve(digestOf(Buffer.from("absent")))).toBeUndefined();
    expect(layout.scope).toBe("example.com/app");
  });

  test("gives back a signature byte for byte, once though it was pushed twice, and leaves index and tags as they were", async () => {
    const signature = packTestSignature("envelope", image);
    await writeIndex({ ...(await readIndex()), "x-theirs": [1] });
    await layout.pushSignature(signature);
    await layout.pushSignature(signature);
    const listed = await open().listSignatures(image);
    expect(listed.map(({ digest }) => digest)).toEqual([signature.digest]);
    const { manifest, envelope } = signature;
    expect(await fetchSignature(open(), listed[0] as Descriptor)).toEqual({
      manifest,
      envelope,
      envelopeMediaType: JWS,
    });
    expect(await readIndex()).toMatchObject({ "x-theirs": [1], manifests: [image, { digest: signature.digest }] });
    expect(await open().resolve("v1")).toEqual(image);
    expect(await readdir(join(directory, "ingest"))).toEqual([]);
  });

  test("loses no signature when many are pushed at once, also through several objects", async () => {
    const signatures = Array.from({ length: 12 }, (_, at) => packTestSignature(`envelope ${at}`, image));
    await Promise.all(signatures.map((signature, at) => (at % 2 ? layout : open()).pushSignature(signature)));
    const listed = await layout.listSignatures(image);
    expect(listed.map(({ digest }) => digest).sort()).toEqual(signatures.map(({ digest }) => digest).sort());
  });

  test("finds signatures through an index, and none of another artifact", async () => {
    const signature = packTestSignature("envelope", image);
    await layout.pushSignature(signature);
    await layout.pushSignature(packTestSignature("other", { ...image, size: image.size + 1 }));
    const { manifests } = await readIndex();
    const nested = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests }));
    const digest = digestOf(nested);
    await writeFile(blobPath(directory, digest), nested);
    await writeIndex({ manifests: [{ mediaType: OCI_IMAGE_INDEX, digest, size: nested.length }] });
    expect((await layout.listSignatures(image)).map((found) => found.digest)).toEqual([signature.digest]);
  });

  test("passes over what is listed and not there, and refuses what is damaged", async () => {
    const [kept, gone] = [packTestSignature("kept", image), packTestSignature("gone", image)];
    await layout.pushSignature(kept);
    await layout.pushSignature(gone);
    await rm(blobPath(directory, gone.digest));
    expect((await layout.listSignatures(image)).map(({ digest }) => digest)).toEqual([kept.digest]);
    const [listed] = await layout.listSignatures(image);
    const envelope = blobPath(directory, digestOf(kept.envelope));
    await chmod(envelope, 0o644);
    await writeFile(envelope, "KEPT");
    await expect(fetchSignature(layout, listed as Descriptor)).rejects.toMatchObject(ociError("DIGEST_MISMATCH"));
    await rm(envelope);
    await expect(fetchSignature(layout, listed as Descriptor)).rejects.toMatchObject(ociError("BLOB_UNKNOWN"));
    await layout.pushSignature(kept);
    expect((await fetchSignature(layout, listed as Descriptor)).envelope).toEqual(kept.envelope);
    await chmod(blobPath(directory, image.digest), 0o644);
    await truncate(blobPath(directory, image.digest), 10);
    await expect(layout.resolve("v1")).rejects.toMatchObject(ociError("DIGEST_MISMATCH"));
  });

  test("does not push what is not what its manifest says", async () => {
    const signature = packTestSignature("envelope", image);
    const wrong = { ...signature, envelope: Buffer.from("replaced") };
    await expect(layout.pushSignature(wrong)).rejects.toMatchObject(ociError("DIGEST_MISMATCH"));
    const renamed = { ...signature, digest: image.digest };
    await expect(layout.pushSignature(renamed)).rejects.toMatchObject(ociError("DIGEST_MISMATCH"));
    expect(await layout.listSignatures(image)).toEqual([]);
  });

  test("refuses a tag that names two images", async () => {
    await writeLayout(directory, { layers: ["another"], refName: "v1" });
    await expect(layout.resolve("v1")).rejects.toMatchObject(ociError("LAYOUT_INVALID"));
    expect(await layout.resolve(image.digest)).toEqual(image);
  });

  test.each([
    [
      "a blob is a link",
      async () => {
        const path = blobPath(directory, image.digest);
        await rename(path, join(directory, "elsewhere"));
        await symlink(join(directory, "elsewhere"), path);
      },
    ],
    [
      "the folder of blobs is a link",
      async () => {
        await rename(join(directory, "blobs"), join(directory, "elsewhere"));
        await symlink(join(directory, "elsewhere"), join(directory, "blobs"));
      },
    ],
    [
      "index.json is a link",
      async () => {
        await rename(join(directory, "index.json"), join(directory, "elsewhere"));
        await symlink(join(directory, "elsewhere"), join(directory, "index.json"));
      },
    ],
    [
      "a blob is a folder",
      async () => {
        await rm(blobPath(directory, image.digest));
        await mkdir(blobPath(directory, image.digest));
      },
    ],
    [
      "a blob is a named pipe, which nobody writes",
      async () => {
        await rm(blobPath(directory, image.digest));
        spawnSync("mkfifo", [blobPath(directory, image.digest)]);
      },
    ],
  ])("is refused when %s", async (_, spoil) => {
    await spoil();
    await expect(layout.resolve("v1")).rejects.toMatchObject(ociError("LAYOUT_INVALID"));
    await expect(layout.listSignatures(image)).rejects.toMatchObject(ociError("LAYOUT_INVALID"));
  });

  test("writes through no link either", async () => {
    await symlink("/tmp", join(directory, "ingest"));
    const push = layout.pushSignature(packTestSignature("envelope", image));
    await expect(push).rejects.toMatchObject(ociError("LAYOUT_INVALID"));
  });

  test.each([
    ["oci-layout", "{}", "LAYOUT_INVALID"],
    ["oci-layout", '{"imageLayoutVersion":"2.0.0"}', "LAYOUT_INVALID"],
    ["index.json", "{", "LAYOUT_INVALID"],
    ["index.json", '{"manifests":{}}', "LAYOUT_INVALID"],
    ["index.json", "[".repeat(1_000_000), "LAYOUT_INVALID"],
    ["index.json", `{"manifests":[]}${" ".repeat(5_000_000)}`, "RESPONSE_TOO_LARGE"],
    ["index.json", '{"manifests":[{"mediaType":"a","digest":"sha256:../..","size":1}]}', "DIGEST_INVALID"],
  ])("is refused when %s is not what it should be (%#)", async (name, content, code) => {
    await writeFile(join(directory, name), content);
    await expect(open().resolve("v1")).rejects.toMatchObject(ociError(code));
  });

  test("that is no folder, or not there, is named", async () => {
    const absent = new LayoutSignatureRepository(join(directory, "none"), "example.com/app");
    await expect(absent.resolve("v1")).rejects.toMatchObject(ociError("LAYOUT_UNREADABLE"));
    await rm(join(directory, "oci-layout"));
    await expect(open().resolve("v1")).rejects.toMatchObject(ociError("LAYOUT_INVALID"));
  });

  test("stays locked for others while one process writes, and says so", async () => {
    await writeFile(join(directory, "index.json.lock"), "");
    const push = layout.pushSignature(packTestSignature("envelope", image));
    await expect(push).rejects.toMatchObject(ociError("LAYOUT_LOCKED"));
  }, 30_000);
});
