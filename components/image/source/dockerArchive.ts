import { type Descriptor, isRecord } from "../../oci/descriptor";
import { digestOf, isDigest } from "../../oci/digest";
import { OCI_IMAGE_CONFIG, OCI_IMAGE_LAYER, OCI_IMAGE_MANIFEST } from "../../oci/mediaTypes";
import { type ArchiveScan, archiveReader, resolveMember } from "./archive";
import { invalid, parseObject, requireDigest } from "./contents";
import { ImageSourceError } from "./error";
import type { ImageSource } from "./imageSource";

interface SavedImage {
  Config: string;
  RepoTags: string[];
  Layers: string[];
}

/**
 * A `docker save` archive from before Docker wrote OCI layouts. It has no manifest, so one is made; the same archive always gives the
 * same bytes: the config as it is, and its layers uncompressed, by the digests that the config itself names (`rootfs.diff_ids`).
 * Source: Docker image specification v1.2 § Combined Image JSON + Filesystem Changeset Format.
 */
export async function openDockerArchive(scan: ArchiveScan): Promise<ImageSource> {
  const { path } = scan;
  const saved = readSavedImage(scan);
  const configMember = resolveMember(scan, saved.Config);
  const configBytes = scan.documents.get(configMember);
  if (configBytes === undefined) {
    throw invalid(path, `its config ${saved.Config} is no JSON document`);
  }
  const config = { mediaType: OCI_IMAGE_CONFIG, digest: digestOf(configBytes), size: configBytes.length };
  requireNamedDigest(path, saved.Config, config.digest);

  const diffIds = readDiffIds(path, configBytes);
  if (diffIds.length !== saved.Layers.length) {
    throw invalid(path, `its config names ${diffIds.length} layers, its manifest.json ${saved.Layers.length}`);
  }
  const memberOf = new Map([[config.digest, configMember]]);
  const layers = saved.Layers.map((name, index) => {
    const member = resolveMember(scan, name);
    const digest = diffIds[index] ?? "";
    memberOf.set(digest, member);
    return { mediaType: OCI_IMAGE_LAYER, digest, size: scan.files.get(member)?.size ?? 0 };
  });

  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_IMAGE_MANIFEST, config, layers }));
  const root = { mediaType: OCI_IMAGE_MANIFEST, digest: digestOf(bytes), size: bytes.length };
  const blobs = [...new Map([config, ...layers].map((blob): [string, Descriptor] => [blob.digest, blob])).values()];
  return {
    path,
    kind: "docker-archive",
    root,
    manifests: [{ descriptor: root, bytes }],
    blobs,
    ...archiveReader(scan, blobs, memberOf),
  };
}

function readSavedImage(scan: ArchiveScan): SavedImage {
  const { path } = scan;
  let list: unknown;
  try {
    list = JSON.parse(scan.documents.get("manifest.json")?.toString("utf8") ?? "");
  } catch (error) {
    throw invalid(path, "manifest.json is not JSON", error);
  }
  const images = Array.isArray(list) ? list.map((value) => readEntry(path, value)) : [];
  const [image] = images;
  if (image === undefined) {
    throw invalid(path, "manifest.json names no image");
  }
  if (images.length > 1) {
    const names = images.map(({ RepoTags, Config }) => RepoTags[0] ?? Config).join(", ");
    throw new ImageSourceError(
      "SOURCE_AMBIGUOUS",
      `${path} holds several images: ${names}. Save the one to push alone.`,
    );
  }
  return image;
}

function readEntry(path: string, value: unknown): SavedImage {
  const { Config, RepoTags, Layers } = isRecord(value) ? value : {};
  if (typeof Config !== "string" || !isTextList(Layers)) {
    throw invalid(path, "an entry of manifest.json has no `Config` or `Layers`");
  }
  const compressed = Layers.find((name) => /\.t?gz$/.test(name));
  if (compressed !== undefined) {
    throw invalid(path, `its layer ${compressed} is compressed, which "docker save" does not do`);
  }
  return { Config, RepoTags: isTextList(RepoTags) ? RepoTags : [], Layers };
}

function readDiffIds(path: string, configBytes: Buffer): string[] {
  const { rootfs } = parseObject(path, "the image's config", configBytes);
  const diffIds = isRecord(rootfs) ? rootfs.diff_ids : undefined;
  if (!isTextList(diffIds) || !diffIds.every(isDigest)) {
    throw invalid(path, "its config has no digests of layers (`rootfs.diff_ids`)");
  }
  return diffIds;
}

/** Docker names the config after its digest. */
function requireNamedDigest(path: string, name: string, actual: string): void {
  const hex = /^([0-9a-f]{64})\.json$/.exec(name)?.[1];
  if (hex !== undefined) {
    requireDigest(path, `sha256:${hex}`, actual);
  }
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
