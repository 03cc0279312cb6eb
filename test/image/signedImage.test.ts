import { rm } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { descriptorOf, openRepository, type PinnedImage } from "../../components/image/pinnedImage";
import type { KeptSignature } from "../../components/image/keptSignature";
import { type SignedImageInputs, signedImage } from "../../components/image/signedImage.handler";
import { verifiedImage } from "../../components/image/verifiedImage.handler";
import { referrersTag } from "../../components/oci/referrersTag";
import { toHandler } from "../../components/provider/handler";
import { codeOf, messageOf } from "../local/support";
import { ManagedResource } from "../provider/managedResource";
import { declaredOf, inEachRegistry, setStage, signaturesOf } from "./stage";
import { pushedPinned, skipping, trusting, writeIdentity } from "./support";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const SIGNATURE = "application/vnd.cncf.notary.signature";
const handler = toHandler(signedImage);

const stage = setStage("signed");

inEachRegistry("A SignedImage in %s", (place) => {
  let image: PinnedImage;
  let resource: ManagedResource;
  let declared: SignedImageInputs;
  beforeEach(async () => {
    image = await pushedPinned(place.registry, { directory: stage.directory, repository: stage.repository });
    resource = new ManagedResource(handler);
    declared = await declaredOf(stage, image);
  });
  const listed = async (of = image) => (await signaturesOf(of)).map(({ digest }) => digest);
  const kept = () => resource.state.signature as KeptSignature;
  const removeKey = () => rm(declared.identity.keyFile);

  it("is signed once; its state keeps manifest and envelope, and no key", async () => {
    expect(await resource.up(declared)).toBe("create");
    expect(resource.id).toBe(kept().digest);
    expect(await listed()).toEqual([resource.id]);
    expect(JSON.stringify(resource.state)).not.toContain("PRIVATE KEY");
    const fetched = await openRepository(image).fetchManifest(resource.id);
    expect(fetched.bytes.toString("base64")).toBe(kept().manifest);
    expect(await resource.up(declared)).toBe("same");
  });

  it("reuses the signature that an interrupted run left, without the key", async () => {
    await resource.up(declared);
    const digest = resource.id;
    resource.forget();
    await removeKey();
    expect(await resource.up(declared)).toBe("create");
    expect(resource.id).toBe(digest);
    expect(await listed()).toEqual([digest]);
  });

  it("does not take another identity's signature for its own, and keeps it", async () => {
    const other = new ManagedResource(handler);
    await other.up({
      ...declared,
      identity: await writeIdentity(join(stage.directory, "stranger"), stage.stranger),
      trust: trusting("strict", stage.stranger),
    });
    await resource.up({ ...declared, trust: trusting("strict", stage.wabbit, stage.stranger) });
    expect(resource.id).not.toBe(other.id);
    expect((await listed()).sort()).toEqual([other.id, resource.id].sort());
  });

  it("whose signature was deleted gets the same one again, byte for byte, without the key", async () => {
    await resource.up(declared);
    const digest = resource.id;
    await openRepository(image).deleteManifest(digest);
    await removeKey();
    expect(await resource.preview(declared)).toBe("update");
    expect(await resource.up(declared)).toBe("update");
    expect(kept().digest).toBe(digest);
    expect(await listed()).toEqual([digest]);
    expect((await openRepository(image).fetchManifest(digest)).bytes.toString("base64")).toBe(kept().manifest);
    expect(await resource.up(declared)).toBe("same");
  });

  it("whose signature was deleted together with its entry gets the same one again", async () => {
    await resource.up(declared);
    const [digest, repository] = [resource.id, openRepository(image)];
    await repository.deleteManifest(digest);
    const index = await repository.resolve(referrersTag(image.digest));
    if (index !== undefined) await repository.deleteManifest(index.digest);
    expect(await listed()).toEqual([]);
    await removeKey();
    expect(await resource.up(declared)).toBe("update");
    expect(kept().digest).toBe(digest);
    expect(await listed()).toEqual([digest]);
  });

  it("that the declared trust refuses is not pushed: nothing refers to the image", async () => {
    expect(await codeOf(resource.up({ ...declared, trust: trusting("strict", stage.stranger) }))).toBe(
      "SIGNATURE_REFUSED",
    );
    expect(await openRepository(image).referrers(image.digest)).toEqual([]);
  });

  it("under a level that enforces nothing is not pushed either", async () => {
    for (const trust of [trusting("audit", stage.wabbit), skipping(image)]) {
      expect(await codeOf(resource.up({ ...declared, trust }))).toBe("SIGNATURE_REFUSED");
    }
    expect(await openRepository(image).referrers(image.digest)).toEqual([]);
  });

  it("gets a new signature from a new identity, and the old one stays", async () => {
    await resource.up(declared);
    const old = resource.id;
    const identity = await writeIdentity(join(stage.directory, "stranger"), stage.stranger);
    const next = { ...declared, identity, trust: trusting("strict", stage.wabbit, stage.stranger) };
    expect(await resource.up(next)).toBe("update");
    expect(kept().digest).not.toBe(old);
    expect((await listed()).sort()).toEqual([old, kept().digest].sort());
    expect(await resource.up(next)).toBe("same");
  });

  it("gets another signature with another image, and keeps it with a trust that still accepts it", async () => {
    await resource.up(declared);
    const old = kept().digest;
    expect(await resource.up({ ...declared, trust: trusting("strict", stage.stranger, stage.wabbit) })).toBe("update");
    expect(kept().digest).toBe(old);
    const other = await pushedPinned(place.registry, {
      directory: stage.directory,
      repository: image.repository,
      content: "other",
    });
    expect(await resource.up({ ...declared, image: other })).toBe("update");
    expect(kept().digest).not.toBe(old);
    expect(await listed(other)).toEqual([kept().digest]);
    expect(await listed()).toEqual([old]);
  });

  it("is signed though others put there what is no signature; the gate names what is to be deleted", async () => {
    const repository = openRepository(image);
    const config = {
      mediaType: "application/vnd.oci.empty.v1+json",
      digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
      size: 2,
    };
    await repository.pushBytes(config, Buffer.from("{}"));
    const head = { schemaVersion: 2, mediaType: MANIFEST, artifactType: SIGNATURE, config };
    const huge = { ...config, mediaType: "application/jose+json", size: 64 * 1024 * 1024 };
    const junk: string[] = [];
    for (const layers of [[config, config], [huge]]) {
      const bytes = Buffer.from(JSON.stringify({ ...head, layers, subject: descriptorOf(image) }));
      const descriptor = await repository.pushManifest(bytes, MANIFEST);
      await repository.pushReferrer(bytes, descriptor, descriptorOf(image));
      junk.push(descriptor.digest);
    }
    expect((await listed()).sort()).toEqual([...junk].sort());

    // As in notation, the first that cannot be read is in the way of all behind it; the order is the registry's.
    const gate = new ManagedResource(toHandler(verifiedImage)).up({ image, trust: declared.trust });
    expect(await codeOf(gate)).toBe("IMAGE_NOT_VERIFIED");
    const message = await messageOf(gate);
    expect(message).toContain("SIGNATURE_RETRIEVAL_FAILED");
    expect(junk.filter((digest) => message.includes(digest))).toHaveLength(1);

    expect(await resource.up(declared)).toBe("create");
    expect((await listed()).sort()).toEqual([...junk, resource.id].sort());
    expect(await resource.up(declared)).toBe("same");
    expect(await listed()).toHaveLength(3);
  });

  it("that was deleted between preview and up gets no signature; pushed again, it is signed", async () => {
    expect(await resource.preview(declared)).toBe("create");
    const { bytes, descriptor } = await openRepository(image).fetchManifest(image.digest);
    await openRepository(image).deleteManifest(image.digest);
    expect(await codeOf(resource.up(declared))).toBe("IMAGE_MISSING");
    expect(await listed()).toEqual([]);
    await openRepository(image).pushManifest(bytes, descriptor.mediaType);
    expect(await resource.up(declared)).toBe("create");
    expect(await listed()).toEqual([resource.id]);
  });

  it("keeps its signature in the registry when the resource is deleted", async () => {
    await resource.up(declared);
    const digest = resource.id;
    await resource.destroy();
    expect(await listed()).toEqual([digest]);
  });

  it("whose registry does not answer is read as drift, and is the same afterwards", async () => {
    await resource.up(declared);
    await place.registry.kill();
    try {
      expect(await resource.preview(declared)).toBe("update");
      expect(await codeOf(resource.up(declared))).toBe("REGISTRY_UNREACHABLE");
    } finally {
      await place.registry.restart();
    }
    expect(await resource.up(declared)).toBe("same");
  });
});
