import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import type { Descriptor } from "../../components/oci/descriptor";
import { digestOf } from "../../components/oci/digest";
import {
  OCI_IMAGE_CONFIG,
  OCI_IMAGE_INDEX,
  OCI_IMAGE_LAYER,
  OCI_IMAGE_MANIFEST,
} from "../../components/oci/mediaTypes";

/** Small images on disk whose bytes depend on nothing but the arguments. */
export interface LayoutOptions {
  /** Contents of the layers; a layer's bytes need be no tar archive for a registry. */
  layers?: (string | Buffer)[];
  /** As in `linux/amd64`. More than one makes a multi-platform index; the first layer of each platform differs. */
  platforms?: string[];
  /** `org.opencontainers.image.ref.name` of the entry in index.json. */
  refName?: string;
}

export interface WrittenLayout {
  /** Of the image: the manifest, or the index when there are several platforms. */
  root: Descriptor;
  /** Digests of configs and layers, without duplicates. */
  blobs: string[];
}

type TarEntry = { name: string; data: Buffer } | { name: string; linkTo: string };

/** Writes an OCI image layout folder. Called again on the same folder, it adds an entry to index.json. */
export async function writeLayout(directory: string, options: LayoutOptions = {}): Promise<WrittenLayout> {
  const { layers = ["layer one", "layer two"], platforms = ["linux/amd64"], refName } = options;
  const blobs = new Set<string>();
  const manifests: Descriptor[] = [];
  await mkdir(join(directory, "blobs", "sha256"), { recursive: true });

  for (const platform of platforms) {
    const [os = "linux", architecture = "amd64"] = platform.split("/");
    const contents = platforms.length === 1 ? layers : [`only for ${platform}`, ...layers.slice(1)];
    const layerDescriptors: Descriptor[] = [];
    for (const content of contents) {
      layerDescriptors.push(await writeBlob(directory, Buffer.from(content), OCI_IMAGE_LAYER));
    }
    const config = await writeJson(directory, configOf(os, architecture, layerDescriptors), OCI_IMAGE_CONFIG);
    const manifest = { schemaVersion: 2, mediaType: OCI_IMAGE_MANIFEST, config, layers: layerDescriptors };
    manifests.push({ ...(await writeJson(directory, manifest, OCI_IMAGE_MANIFEST)), platform: { architecture, os } });
    for (const { digest } of [config, ...layerDescriptors]) {
      blobs.add(digest);
    }
  }

  const [first] = manifests;
  if (first === undefined) {
    throw new Error("An image has at least one platform.");
  }
  const { platform: _, ...single } = first;
  const index = { schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests };
  const root = manifests.length === 1 ? single : await writeJson(directory, index, OCI_IMAGE_INDEX);
  await writeFile(join(directory, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await addToIndex(directory, root, refName);
  return { root, blobs: [...blobs] };
}

/** Packs a layout folder as an OCI archive: a tar file, gzipped on demand. */
export async function writeOciArchive(
  layout: string,
  file: string,
  options: { gzip?: boolean; extra?: TarEntry[] } = {},
): Promise<void> {
  const entries: TarEntry[] = [];
  for (const name of ["oci-layout", "index.json"]) {
    entries.push({ name, data: await readFile(join(layout, name)) });
  }
  for (const hex of (await readdir(join(layout, "blobs", "sha256"))).sort()) {
    entries.push({ name: `blobs/sha256/${hex}`, data: await readFile(join(layout, "blobs", "sha256", hex)) });
  }
  const tar = await makeTar([...entries, ...(options.extra ?? [])]);
  await writeFile(file, options.gzip ? gzipSync(tar) : tar);
}

/**
 * Writes a `docker save` archive of the time before OCI layouts: manifest.json, config and `<id>/layer.tar`. When `repeatLayer` is set,
 * the last layer is the first one again, as a symbolic link, which is how Docker wrote duplicates.
 */
export async function writeDockerArchive(
  file: string,
  options: { images?: string[]; layers?: string[]; repeatLayer?: boolean } = {},
): Promise<{ config: string; layers: string[] }> {
  const { images = ["example.com/app:v1"], layers = ["layer one", "layer two"], repeatLayer = false } = options;
  const contents = layers.map((text) => Buffer.from(text));
  const entries: TarEntry[] = contents.map((data, index) => ({ name: `layer${index}/layer.tar`, data }));
  const digests = contents.map((data) => digestOf(data));
  const names = entries.map(({ name }) => name);
  const [firstDigest] = digests;
  if (repeatLayer && firstDigest !== undefined) {
    // Before what it points to, as happens in real archives.
    entries.unshift({ name: "again/layer.tar", linkTo: "../layer0/layer.tar" });
    names.push("again/layer.tar");
    digests.push(firstDigest);
  }
  const config = Buffer.from(
    JSON.stringify({ architecture: "amd64", os: "linux", rootfs: { type: "layers", diff_ids: digests } }),
  );
  const configName = `${digestOf(config).slice("sha256:".length)}.json`;
  const manifest = images.map((tag) => ({ Config: configName, RepoTags: [tag], Layers: names }));
  entries.push({ name: configName, data: config });
  entries.push({ name: "manifest.json", data: Buffer.from(JSON.stringify(manifest)) });
  await writeFile(file, await makeTar(entries));
  return { config: digestOf(config), layers: digests };
}

/** A tar archive of these entries, with fixed times and owners. */
export async function makeTar(entries: TarEntry[]): Promise<Buffer> {
  const archive = pack();
  const mtime = new Date(0);
  for (const entry of entries) {
    if ("data" in entry) {
      archive.entry({ name: entry.name, mtime }, entry.data);
    } else {
      archive.entry({ name: entry.name, mtime, type: "symlink", linkname: entry.linkTo });
    }
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

export function blobPath(directory: string, digest: string): string {
  return join(directory, "blobs", ...digest.split(":"));
}

function configOf(os: string, architecture: string, layers: Descriptor[]): object {
  return { architecture, os, config: {}, rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) } };
}

function writeJson(directory: string, value: object, mediaType: string): Promise<Descriptor> {
  return writeBlob(directory, Buffer.from(JSON.stringify(value)), mediaType);
}

async function writeBlob(directory: string, bytes: Buffer, mediaType: string): Promise<Descriptor> {
  const digest = digestOf(bytes);
  await writeFile(blobPath(directory, digest), bytes);
  return { mediaType, digest, size: bytes.length };
}

async function addToIndex(directory: string, root: Descriptor, refName: string | undefined): Promise<void> {
  const file = join(directory, "index.json");
  const before = await readFile(file, "utf8").catch(() => '{"manifests":[]}');
  const { manifests } = JSON.parse(before) as { manifests: Descriptor[] };
  const annotations = refName === undefined ? {} : { annotations: { "org.opencontainers.image.ref.name": refName } };
  const index = {
    schemaVersion: 2,
    mediaType: OCI_IMAGE_INDEX,
    manifests: [...manifests, { ...root, ...annotations }],
  };
  await writeFile(file, JSON.stringify(index));
}
