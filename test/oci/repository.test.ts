import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Descriptor } from "../../components/oci/descriptor";
import { digestOf } from "../../components/oci/digest";
import { OciError } from "../../components/oci/error";
import { OCI_IMAGE_MANIFEST } from "../../components/oci/mediaTypes";
import { Repository } from "../../components/oci/repository";
import { startDistribution, startOlareg, type TestRegistry } from "../support/registries";

const SIGNATURE = "application/vnd.cncf.notary.signature";

describe.each([
  ["distribution (login, referrers tag schema)", startDistribution],
  ["olareg (referrers API)", startOlareg],
])("A repository of %s", (_, start) => {
  let registry: TestRegistry;

  beforeAll(async () => {
    registry = await start();
  });
  afterAll(() => registry?.stop());

  const open = (repository = "app/web"): Repository => {
    const { host, caFile, dockerConfigDirectory: dockerConfig } = registry;
    return new Repository({ connection: { host, caFile, dockerConfig }, repository });
  };

  test("stores a blob once and gives back its verified bytes", async () => {
    const repository = open();
    const { blob, bytes } = blobOf("some content");
    expect(await repository.hasBlob(blob.digest)).toBe(false);
    expect(await repository.pushBlob(blob, () => Readable.from([bytes]))).toBe(true);
    expect(await repository.pushBlob(blob, () => Readable.from([bytes]))).toBe(false);
    expect(await repository.fetchBlob(blob, 100)).toEqual(bytes);
  });

  test("refuses to read a blob that is larger than the limit or than its descriptor says", async () => {
    const repository = open();
    const { blob, bytes } = blobOf("larger than ten bytes");
    await repository.pushBytes(blob, bytes);
    await expect(repository.fetchBlob(blob, 10)).rejects.toMatchObject(ociError("RESPONSE_TOO_LARGE"));
    await expect(repository.fetchBlob({ ...blob, size: 5 }, 10)).rejects.toMatchObject(ociError("RESPONSE_TOO_LARGE"));
    await expect(repository.fetchBlob({ ...blob, size: 500 }, 500)).rejects.toMatchObject(
      ociError("DESCRIPTOR_MISMATCH"),
    );
  });

  test("does not commit a blob whose content is not what its descriptor says", async () => {
    const repository = open();
    const { blob } = blobOf("the expected content");
    const other = () => Readable.from([Buffer.from("the replaced content")]);
    await expect(repository.pushBlob(blob, other)).rejects.toMatchObject(ociError("DIGEST_MISMATCH"));
    expect(await repository.hasBlob(blob.digest)).toBe(false);
  });

  test("resolves a tag and a digest to the same descriptor, and what is absent to undefined", async () => {
    const repository = open();
    const { bytes, descriptor } = await pushManifestOf(repository, "resolved", "v1");
    expect(await repository.resolve("v1")).toEqual(descriptor);
    expect(await repository.resolve(descriptor.digest)).toEqual(descriptor);
    expect(await repository.resolve("absent")).toBeUndefined();
    expect(await open("app/none").resolve("v1")).toBeUndefined();
    expect((await repository.fetchManifest(descriptor)).bytes).toEqual(bytes);
  });

  test("names a manifest that does not exist or is not what its descriptor says", async () => {
    const repository = open();
    const { descriptor } = await pushManifestOf(repository, "described", "v2");
    const absent = digestOf(Buffer.from("absent"));
    await expect(repository.fetchManifest(absent)).rejects.toMatchObject(ociError("MANIFEST_UNKNOWN"));
    await expect(repository.fetchManifest({ ...descriptor, size: 3 })).rejects.toMatchObject(
      ociError("DESCRIPTOR_MISMATCH"),
    );
    await expect(repository.fetchManifest({ ...descriptor, size: 5_000_000 })).rejects.toMatchObject(
      ociError("RESPONSE_TOO_LARGE"),
    );
  });

  test("deletes a manifest, and says whether there was one", async () => {
    const repository = open();
    const { descriptor } = await pushManifestOf(repository, "deleted", "v3");
    expect(await repository.deleteManifest(descriptor.digest)).toBe(true);
    expect(await repository.resolve(descriptor.digest)).toBeUndefined();
    expect(await repository.deleteManifest(descriptor.digest)).toBe(false);
  });

  test("lists a subject's referrers by artifact type, also the old form that has only a config media type", async () => {
    const repository = open();
    const { descriptor: subject } = await pushManifestOf(repository, "subject", "subject");
    expect(await repository.referrers(subject.digest)).toEqual([]);
    const current = await pushReferrerOf(repository, subject, { artifactType: SIGNATURE });
    const old = await pushReferrerOf(repository, subject, { configType: SIGNATURE });
    const other = await pushReferrerOf(repository, subject, { artifactType: "application/spdx+json" });
    expect(digests(await repository.referrers(subject.digest))).toEqual(digests([current, old, other]));
    expect(digests(await repository.referrers(subject.digest, SIGNATURE))).toEqual(digests([current, old]));
  });

  test("loses no referrer when many are pushed at once", async () => {
    const repository = open();
    const { descriptor: subject } = await pushManifestOf(repository, "contended", "contended");
    const numbers = Array.from({ length: 8 }, (_, index) => String(index));
    const pushed = await Promise.all(
      numbers.map((number) => pushReferrerOf(repository, subject, { artifactType: SIGNATURE, number })),
    );
    expect(digests(await repository.referrers(subject.digest, SIGNATURE))).toEqual(digests(pushed));
  });

  test("needs one connection and few requests when it is warm", async () => {
    const repository = open();
    const { descriptor: subject } = await pushManifestOf(repository, "warm", "warm");
    await repository.referrers(subject.digest);
    const before = repository.requests;
    await repository.resolve("warm");
    await repository.referrers(subject.digest);
    expect(repository.requests - before).toBe(2);
  });
});

describe("The referrers tag of a registry without the referrers API", () => {
  let registry: TestRegistry;
  let repository: Repository;
  let subject: Descriptor;
  let tag: string;

  beforeAll(async () => {
    registry = await startDistribution();
    const { host, caFile, dockerConfigDirectory: dockerConfig } = registry;
    repository = new Repository({ connection: { host, caFile, dockerConfig }, repository: "app/tagged" });
    subject = (await pushManifestOf(repository, "subject", "v1")).descriptor;
    tag = subject.digest.replace(":", "-");
  });
  afterAll(() => registry?.stop());

  test("keeps entries and members that others wrote, and finds signatures in entries without an artifact type", async () => {
    const config = blobOf("{}");
    await repository.pushBytes(config.blob, config.bytes);
    const foreign = manifestOf(config.blob, { artifactType: SIGNATURE, subject, number: "foreign" });
    const described = await repository.pushManifest(foreign, OCI_IMAGE_MANIFEST);
    const theirs = { ...described, "x-theirs": true };
    const index = {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      "x-more": 1,
      manifests: [theirs],
    };
    await repository.pushManifest(Buffer.from(JSON.stringify(index)), index.mediaType, tag);

    const ours = await pushReferrerOf(repository, subject, { artifactType: SIGNATURE, number: "ours" });
    const stored = await repository.resolve(tag);
    const document = JSON.parse((await repository.fetchManifest(stored?.digest ?? "")).bytes.toString());
    expect(document).toMatchObject({
      "x-more": 1,
      manifests: [theirs, { digest: ours.digest, artifactType: SIGNATURE }],
    });
    const listed = await repository.referrers(subject.digest, SIGNATURE);
    expect(listed.map(({ digest }) => digest)).toEqual([described.digest, ours.digest]);
  });

  test("is never overwritten when it names something else than an index", async () => {
    const other = (await pushManifestOf(repository, "other subject", "v2")).descriptor;
    const squatted = other.digest.replace(":", "-");
    const { descriptor } = await pushManifestOf(repository, "no index", squatted);
    const push = pushReferrerOf(repository, other, { artifactType: SIGNATURE });
    await expect(push).rejects.toMatchObject(ociError("REFERRERS_INVALID"));
    await expect(repository.referrers(other.digest)).rejects.toMatchObject(ociError("REFERRERS_INVALID"));
    expect((await repository.resolve(squatted))?.digest).toBe(descriptor.digest);
  });
});

function blobOf(text: string): { blob: Descriptor; bytes: Buffer } {
  const bytes = Buffer.from(text);
  return { blob: { mediaType: "application/octet-stream", digest: digestOf(bytes), size: bytes.length }, bytes };
}

interface ManifestOptions {
  artifactType?: string;
  configType?: string;
  subject?: Descriptor;
  number?: string;
}

function manifestOf(config: Descriptor, options: ManifestOptions): Buffer {
  const { artifactType, configType, subject, number } = options;
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_IMAGE_MANIFEST,
      artifactType,
      config: { ...config, mediaType: configType ?? "application/vnd.oci.empty.v1+json" },
      layers: [],
      subject,
      annotations: { number: number ?? "" },
    }),
  );
}

async function pushManifestOf(
  repository: Repository,
  text: string,
  tag: string,
): Promise<{ bytes: Buffer; descriptor: Descriptor }> {
  const config = blobOf(JSON.stringify({ text }));
  await repository.pushBytes(config.blob, config.bytes);
  const bytes = manifestOf(config.blob, { number: text });
  return { bytes, descriptor: await repository.pushManifest(bytes, OCI_IMAGE_MANIFEST, tag) };
}

async function pushReferrerOf(
  repository: Repository,
  subject: Descriptor,
  options: ManifestOptions,
): Promise<Descriptor> {
  const config = blobOf("{}");
  await repository.pushBytes(config.blob, config.bytes);
  const bytes = manifestOf(config.blob, { ...options, subject });
  const descriptor = { mediaType: OCI_IMAGE_MANIFEST, digest: digestOf(bytes), size: bytes.length };
  await repository.pushReferrer(bytes, descriptor, subject);
  return descriptor;
}

function digests(descriptors: Descriptor[]): string[] {
  return descriptors.map(({ digest }) => digest).sort();
}

function ociError(code: string): object {
  return { name: OciError.name, code };
}
