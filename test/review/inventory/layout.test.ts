import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Descriptor } from "../../../components/oci/descriptor";
import { digestOf } from "../../../components/oci/digest";
import { LayoutSignatureRepository } from "../../../components/oci/layoutSignatureRepository";
import { OCI_IMAGE_INDEX, OCI_IMAGE_MANIFEST } from "../../../components/oci/mediaTypes";
import { referrersTag } from "../../../components/oci/referrersTag";
import { openInventory } from "../../../components/review/inventory/openInventory";
import { packTestSignature } from "../../oci/packed";
import { blobPath, writeLayout } from "../../support/images";
import { contextOf, imagesOf, unknownOf } from "../support";

const SCOPE = "registry.example/app";
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "breakwater-layout-inventory-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const source = () => openInventory(`oci-layout:${directory}=${SCOPE}`, contextOf({}));
const signatures = () => new LayoutSignatureRepository(directory, SCOPE);
const digests = async () => (await imagesOf(source())).map(({ descriptor }) => descriptor.digest);
const readIndex = async () => JSON.parse(await readFile(join(directory, "index.json"), "utf8"));
const entriesNow = async (): Promise<(Descriptor & { annotations?: object })[]> => (await readIndex()).manifests;
const writeIndex = (manifests: unknown[]) => writeFile(join(directory, "index.json"), JSON.stringify({ manifests }));

async function writeBlob(content: object, mediaType: string): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(content));
  await writeFile(blobPath(directory, digestOf(bytes)), bytes);
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

describe("An OCI layout as inventory", () => {
  it("holds the images of its index with their tags, and lists signatures as the repository of the layout does", async () => {
    const first = (await writeLayout(directory, { layers: ["one"], refName: "v1" })).root;
    await writeLayout(directory, { layers: ["one"], refName: "stable" });
    const second = (await writeLayout(directory, { layers: ["two"] })).root;
    for (const [text, subject] of [
      ["a", first],
      ["b", first],
      ["c", second],
    ] as const) {
      await signatures().pushSignature(packTestSignature(text, subject));
    }
    const images = await imagesOf(source());
    expect(images.map(({ reference, tags, scope }) => ({ reference, tags, scope }))).toEqual([
      { reference: `${SCOPE}@${first.digest}`, tags: ["stable", "v1"], scope: SCOPE },
      { reference: `${SCOPE}@${second.digest}`, tags: [], scope: SCOPE },
    ]);
    for (const { signatures: found, descriptor } of images) {
      const expected = (await signatures().listSignatures(descriptor)).map(({ digest }) => digest);
      const listed = await found.listSignatures(descriptor);
      expect(expected.length).toBeGreaterThan(0);
      expect(listed.map(({ digest }) => digest)).toEqual(expected);
      expect(await found.fetchManifest(listed[0] as Descriptor)).toEqual(
        await signatures().fetchManifest(listed[0] as Descriptor),
      );
    }
    // Of another size or media type it is another thing.
    expect(await images[0]?.signatures.listSignatures({ ...first, size: first.size + 1 })).toEqual([]);
  });

  it("holds of an index the manifests that are signed by themselves, and what refers to others only if it is signed", async () => {
    const { root } = await writeLayout(directory, { platforms: ["linux/amd64", "linux/arm64"], refName: "v1" });
    const { manifests } = JSON.parse(await readFile(blobPath(directory, root.digest), "utf8"));
    const child = { mediaType: manifests[1].mediaType, digest: manifests[1].digest, size: manifests[1].size };
    await signatures().pushSignature(packTestSignature("of the child", child));
    const sboms: Descriptor[] = [];
    for (const name of ["plain", "signed"]) {
      const sbom = { schemaVersion: 2, mediaType: OCI_IMAGE_MANIFEST, artifactType: "application/spdx+json", name };
      sboms.push(await writeBlob({ ...sbom, subject: root, config: child, layers: [] }, OCI_IMAGE_MANIFEST));
    }
    await writeIndex([...(await entriesNow()), ...sboms]);
    await signatures().pushSignature(packTestSignature("of the SBOM", sboms[1] as Descriptor));
    expect(await digests()).toEqual([root.digest, child.digest, sboms[1]?.digest]);
  });

  it("holds no list of signatures under a tag, but an image that hides behind such a tag", async () => {
    const { root } = await writeLayout(directory, { refName: "v1" });
    const signature = packTestSignature("envelope", root);
    await signatures().pushSignature(signature);
    const [, listed] = await entriesNow();
    const refName = "org.opencontainers.image.ref.name";
    const tagged = (descriptor: Descriptor) => ({
      ...descriptor,
      annotations: { [refName]: referrersTag(root.digest) },
    });
    const list = await writeBlob(
      { schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests: [listed] },
      OCI_IMAGE_INDEX,
    );
    await writeIndex([...(await entriesNow()), tagged(list)]);
    expect(await digests()).toEqual([root.digest]);

    const hidden = await writeBlob(
      { schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests: [listed, root] },
      OCI_IMAGE_INDEX,
    );
    const empty = await writeBlob({ schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests: [] }, OCI_IMAGE_INDEX);
    const [image] = await entriesNow();
    await writeIndex([image, listed, tagged(hidden), { ...empty, annotations: { [refName]: "v2" } }]);
    expect(await digests()).toEqual([root.digest, hidden.digest, empty.digest]);
  });

  it("calls unknown what is damaged, absent or a link, and holds the rest", async () => {
    const roots: Descriptor[] = [];
    for (const name of ["sound", "damaged", "absent", "linked"]) {
      roots.push((await writeLayout(directory, { layers: [name], refName: name })).root);
    }
    const [sound, damaged, absent, linked] = roots.map(({ digest }) => blobPath(directory, digest));
    await writeFile(damaged ?? "", "x".repeat(roots[1]?.size ?? 0));
    await rm(absent ?? "");
    await rename(linked ?? "", join(directory, "elsewhere"));
    await symlink(join(directory, "elsewhere"), linked ?? "");
    expect(await digests()).toEqual([roots[0]?.digest]);
    expect(sound).toBeDefined();
    const unknown = await unknownOf(source());
    expect(unknown.map(({ reference, code }) => [reference, code])).toEqual([
      [`${SCOPE}@${roots[1]?.digest}`, "DIGEST_MISMATCH"],
      [`${SCOPE}@${roots[2]?.digest}`, "MANIFEST_UNKNOWN"],
      [`${SCOPE}@${roots[3]?.digest}`, "LAYOUT_INVALID"],
    ]);
  });

  it("refuses a layout whose folder of blobs leads elsewhere, or without a version", async () => {
    await writeLayout(directory);
    const outside = await mkdtemp(join(tmpdir(), "breakwater-outside-"));
    await rename(join(directory, "blobs"), join(outside, "blobs"));
    await symlink(join(outside, "blobs"), join(directory, "blobs"));
    expect(await digests()).toEqual([]);
    expect(await unknownOf(source())).toMatchObject([{ code: "LAYOUT_INVALID" }]);
    await rm(join(directory, "oci-layout"));
    expect(await unknownOf(source())).toMatchObject([
      { code: "LAYOUT_INVALID", reference: `oci-layout:${directory}=${SCOPE}` },
    ]);
    await rm(outside, { recursive: true });
  });

  it("reads an index of more than 4 MiB, with thousands of images and signatures, in one pass", async () => {
    await mkdir(join(directory, "blobs/sha256"), { recursive: true });
    await writeFile(join(directory, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
    const entries: object[] = [];
    const annotations = { note: "n".repeat(900) };
    for (let at = 0; at < 2500; at++) {
      const image = await writeBlob({ schemaVersion: 2, layers: [], at }, OCI_IMAGE_MANIFEST);
      const { manifest, digest } = packTestSignature("the same", image);
      await writeFile(blobPath(directory, digest), manifest);
      const signature = { mediaType: OCI_IMAGE_MANIFEST, digest, size: manifest.length };
      entries.push({ ...image, annotations }, { ...signature, annotations });
    }
    await writeIndex(entries);
    const images = await imagesOf(source());
    expect(images).toHaveLength(2500);
    for (const { signatures: found, descriptor } of images) {
      expect(await found.listSignatures(descriptor)).toHaveLength(1);
    }
  });
});
