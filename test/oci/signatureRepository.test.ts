import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PackedSignature } from "../../components/notary/signatureRepository";
import { fetchSignature } from "../../components/notary/signing/fetchSignature";
import type { Descriptor } from "../../components/oci/descriptor";
import { digestOf } from "../../components/oci/digest";
import { OciError } from "../../components/oci/error";
import { OCI_IMAGE_MANIFEST } from "../../components/oci/mediaTypes";
import { Repository } from "../../components/oci/repository";
import { NOTARY_SIGNATURE_ARTIFACT_TYPE, OciSignatureRepository } from "../../components/oci/signatureRepository";
import { startDistribution, startOlareg, type TestRegistry } from "../support/registries";

const CONFIG = Buffer.from("{}");
const JWS = "application/jose+json";

describe.each([
  ["distribution", startDistribution],
  ["olareg", startOlareg],
])("The signatures of a repository in %s", (_, start) => {
  let registry: TestRegistry;
  let repository: Repository;
  let signatures: OciSignatureRepository;
  let subject: Descriptor;

  beforeAll(async () => {
    registry = await start();
    const { host, caFile, dockerConfigDirectory: dockerConfig } = registry;
    repository = new Repository({ connection: { host, caFile, dockerConfig }, repository: "app/signed" });
    signatures = new OciSignatureRepository(repository);
    const config = descriptorOf(CONFIG, "application/vnd.oci.image.config.v1+json");
    await repository.pushBytes(config, CONFIG);
    const image = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_IMAGE_MANIFEST, config, layers: [] }));
    subject = await repository.pushManifest(image, OCI_IMAGE_MANIFEST, "v1");
  });
  afterAll(() => registry?.stop());

  test("are of the scope that trust policies name", () => {
    expect(signatures.scope).toBe(`${registry.host}/app/signed`);
  });

  test("are listed and come back byte for byte, in both forms of the manifest, and other referrers are left out", async () => {
    const current = pack("envelope one", subject, { artifactType: NOTARY_SIGNATURE_ARTIFACT_TYPE });
    const legacy = pack("envelope two", subject, { configType: NOTARY_SIGNATURE_ARTIFACT_TYPE });
    for (const signature of [current, legacy, pack("other", subject, { artifactType: "application/spdx+json" })]) {
      await signatures.pushSignature(signature);
    }
    const listed = await signatures.listSignatures(subject);
    expect(listed.map(({ digest }) => digest).sort()).toEqual([current.digest, legacy.digest].sort());
    for (const descriptor of listed) {
      const { manifest, envelope } = descriptor.digest === current.digest ? current : legacy;
      expect(await fetchSignature(signatures, descriptor)).toEqual({ manifest, envelope, envelopeMediaType: JWS });
    }
  });

  test("can be pushed beside one that was deleted and is still listed", async () => {
    const [kept, deleted, added] = ["kept", "deleted", "added"].map((text) =>
      pack(`envelope ${text}`, subject, { artifactType: NOTARY_SIGNATURE_ARTIFACT_TYPE }),
    );
    if (!kept || !deleted || !added) throw new Error("three signatures are packed");
    await signatures.pushSignature(kept);
    await signatures.pushSignature(deleted);
    await repository.deleteManifest(deleted.digest);
    await signatures.pushSignature(added);
    const listed = (await signatures.listSignatures(subject)).map(({ digest }) => digest);
    expect(listed).toEqual(expect.arrayContaining([kept.digest, added.digest]));
    expect(listed).not.toContain(deleted.digest);
  });

  test("can be pushed twice and are listed once", async () => {
    const signature = pack("envelope twice", subject, { artifactType: NOTARY_SIGNATURE_ARTIFACT_TYPE });
    await signatures.pushSignature(signature);
    await signatures.pushSignature(signature);
    const listed = await signatures.listSignatures(subject);
    expect(listed.filter(({ digest }) => digest === signature.digest)).toHaveLength(1);
  });

  test("that name several envelopes, or whose bytes are not what the manifest says, are refused", async () => {
    const several = pack("several", subject, { artifactType: NOTARY_SIGNATURE_ARTIFACT_TYPE, layers: 2 });
    await expect(signatures.pushSignature(several)).rejects.toMatchObject({
      name: OciError.name,
      code: "SIGNATURE_MANIFEST_INVALID",
    });
    const other = { ...pack("right", subject, {}), envelope: Buffer.from("wrong") };
    await expect(signatures.pushSignature(other)).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
  });
});

function pack(
  text: string,
  subject: Descriptor,
  form: { artifactType?: string; configType?: string; layers?: number },
): PackedSignature {
  const envelope = Buffer.from(text);
  const layer = descriptorOf(envelope, JWS);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_IMAGE_MANIFEST,
      artifactType: form.artifactType,
      config: descriptorOf(CONFIG, form.configType ?? "application/vnd.oci.empty.v1+json"),
      layers: Array.from({ length: form.layers ?? 1 }, () => layer),
      subject,
    }),
  );
  return { digest: digestOf(manifest), manifest, envelope, envelopeMediaType: JWS, subject };
}

function descriptorOf(bytes: Buffer, mediaType: string): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}
