import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { GeneratedIdentity } from "../../components/identity/generateTest";
import { descriptorOf, openRepository, type PinnedImage, partsOf } from "../../components/image/pinnedImage";
import { pushImage } from "../../components/image/push";
import { type PushedImageInputs, pushedImage } from "../../components/image/pushedImage.handler";
import { type SignedImageInputs, signedImage } from "../../components/image/signedImage.handler";
import { openImageSource } from "../../components/image/source";
import { verifiedImage } from "../../components/image/verifiedImage.handler";
import { digestOf } from "../../components/oci/digest";
import { Repository } from "../../components/oci/repository";
import { EMPTY_CONFIG } from "../../components/oci/signatureManifest";
import { toHandler } from "../../components/provider/handler";
import { codeOf, messageOf } from "../local/support";
import { ManagedResource } from "../provider/managedResource";
import { type GatedRegistry, startGated } from "../support/gatedRegistry";
import { writeLayout } from "../support/images";
import { makeIdentity, trusting, writeIdentity } from "./support";

// The gate of content trust is on already when a new, unsigned image arrives; it is never switched off.

let registry: GatedRegistry;
let wabbit: GeneratedIdentity;
let stranger: GeneratedIdentity;
let directory: string;
let number = 0;
let source: PushedImageInputs;
let pushed: ManagedResource;
let signed: ManagedResource;
beforeAll(async () => {
  [wabbit, stranger] = await Promise.all([makeIdentity(), makeIdentity("stranger.example")]);
  registry = await startGated("signers");
});
afterAll(() => registry?.stop());
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "breakwater-gate-"));
  const { host, caFile, dockerConfigDirectory: dockerConfig } = registry;
  const repository = `notation-project/app-${number++}`;
  source = { source: join(directory, "source"), registry: { host, caFile, dockerConfig }, repository, tag: "v1" };
  pushed = new ManagedResource(toHandler(pushedImage));
  signed = new ManagedResource(toHandler(signedImage));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const layout = (name: string, content: string) => writeLayout(join(directory, name), { layers: [content] });
/** What the registry behind the gate has, whoever may see it. */
const behind = () =>
  new Repository({ connection: { ...registry.behind, dockerConfig: "" }, repository: source.repository });
const tagged = async (tag = source.tag) => (await behind().resolve(tag))?.digest;
function pinned(): PinnedImage {
  const { registry, repository, digest, mediaType, size, children } = pushed.state as unknown as PinnedImage;
  return { registry, repository, digest, mediaType, size, ...(children && { children }) };
}
async function declared(identity = wabbit): Promise<SignedImageInputs> {
  const { certificate, keyFile } = await writeIdentity(directory, identity);
  return { image: pinned(), identity: { certificate, keyFile }, trust: trusting("strict", wabbit) };
}
/** Somebody else's unsigned content under our tag. */
async function moveTag(content = "theirs"): Promise<string> {
  const { root } = await layout("theirs", content);
  await pushImage(await openImageSource(join(directory, "theirs")), behind(), { tag: source.tag });
  return root.digest;
}
/** As a client without the right to push sees an image. */
const asPuller = (image: PinnedImage) =>
  openRepository({ ...image, registry: { ...image.registry, dockerConfig: registry.pullerConfigDirectory } });

describe.each(["signers", "nobody", "off"] as const)("Where a gate lets read unsigned images: %s", (gate) => {
  beforeEach(() => {
    registry.gate = gate;
  });

  it("a new image of two platforms is pushed, signed and verified, and nothing changes the second time", async () => {
    await writeLayout(source.source, { platforms: ["linux/amd64", "linux/arm64"] });
    expect(await pushed.up(source)).toBe("create");
    expect(await pushed.up(source)).toBe("same"); // Still unsigned.
    const image = pinned();
    if (gate !== "off") expect(await codeOfRead(image)).toBe("IMAGE_GATED");

    expect(await signed.up(await declared())).toBe("create");
    const verified = new ManagedResource(toHandler(verifiedImage));
    expect(await verified.up({ image, trust: trusting("strict", wabbit) })).toBe("create");
    for (const part of partsOf(image)) expect((await asPuller(image).resolve(part.digest))?.digest).toBe(part.digest);
    expect(await pushed.up(source)).toBe("same");
    expect(await signed.up(await declared())).toBe("same");
    expect(registry.log.filter((line) => line.includes("/sha256-"))).toEqual([]); // no fallback tag, not even asked for
  });

  it("the next image takes the tag of the one before, signed or not", async () => {
    for (const content of ["first", "second", "third"]) {
      await rm(source.source, { recursive: true, force: true });
      const { root } = await layout("source", content);
      expect(await pushed.up(source)).toBe(content === "first" ? "create" : "update");
      expect(await tagged()).toBe(root.digest);
      // The second never gets a signature.
      if (content !== "second") await signed.up(await declared());
    }
  });

  it("an image whose signer the policy refuses gets no signature, so that the gate stays shut", async () => {
    await layout("source", "refused");
    await pushed.up(source);
    expect(await codeOf(signed.up(await declared(stranger)))).toBe("SIGNATURE_REFUSED");
    expect(await behind().referrers(pinned().digest)).toEqual([]);
    expect(await pushed.up(source)).toBe("same");
  });

  it("a tag that was moved to other unsigned content is not taken", async () => {
    await layout("source", "ours");
    await pushed.up(source);
    await signed.up(await declared());
    const theirs = await moveTag();
    expect(await pushed.refresh()).toMatch(/was moved/);
    expect(await codeOf(pushed.up(source))).toBe("TAG_MOVED");
    expect(await tagged()).toBe(theirs);
    expect(await pushed.up({ ...source, acceptTag: true })).toBe("update");
    expect(await tagged()).toBe(pinned().digest);
    expect(await pushed.up(source)).toBe("same");
  });

  it("nor when the image is created, or when its own is gone", async () => {
    const theirs = await moveTag();
    await layout("source", "ours");
    expect(await codeOf(pushed.up(source))).toBe("TAG_MOVED");
    expect(await pushed.up({ ...source, acceptTag: true })).toBe("create");
    await behind().deleteManifest(pinned().digest);
    await moveTag();
    expect(await pushed.refresh()).toMatch(/was moved/);
    expect(await codeOf(pushed.up(source))).toBe("TAG_MOVED");
    expect(await tagged()).toBe(theirs);
  });
});

async function codeOfRead(image: PinnedImage): Promise<string> {
  const error: unknown = await asPuller(image)
    .resolve(image.digest)
    .catch((thrown: unknown) => thrown);
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

describe("Where a gate lets nobody read unsigned images", () => {
  beforeEach(() => {
    registry.gate = "nobody";
  });

  it("a run that was killed after the push goes on with a permission, since nobody can tell whose the tag is", async () => {
    await layout("source", "ours");
    await pushed.up(source);
    pushed.forget();
    const again = pushed.up(source);
    expect(await codeOf(again)).toBe("TAG_GATED");
    expect(await messageOf(again)).toContain("--accept-tag");
    expect(await pushed.up({ ...source, acceptTag: true })).toBe("create");
    expect(await signed.up(await declared())).toBe("create");
    expect(await pushed.up(source)).toBe("same");
  });

  it("another tag of the same image is no tag of ours", async () => {
    await layout("source", "ours");
    await pushed.up(source);
    const manifest = await behind().fetchManifest(pinned().digest);
    await behind().pushManifest(manifest.bytes, manifest.descriptor.mediaType, "v2");
    expect(await codeOf(pushed.up({ ...source, tag: "v2" }))).toBe("TAG_GATED");
  });

  it("with the signer let through, the killed run goes on by itself", async () => {
    registry.gate = "signers";
    await layout("source", "ours");
    await pushed.up(source);
    pushed.forget();
    expect(await pushed.up(source)).toBe("create");
  });
});

describe("Where tags are immutable", () => {
  beforeEach(() => {
    registry.gate = "signers";
    registry.immutable = true;
  });
  afterEach(() => {
    registry.immutable = false;
  });

  it("a killed run goes on: the tag is not pushed over itself", async () => {
    await layout("source", "ours");
    await pushed.up(source);
    pushed.forget();
    expect(await pushed.up(source)).toBe("create");
    expect(await signed.up(await declared())).toBe("create");
    expect(await pushed.up(source)).toBe("same");
  });

  it("another image takes no tag, with the way out; another tag it takes", async () => {
    const { root } = await layout("source", "first");
    await pushed.up(source);
    await rm(source.source, { recursive: true });
    await layout("source", "second");
    expect(await codeOf(pushed.up(source))).toBe("TAG_IMMUTABLE");
    expect(await tagged()).toBe(root.digest);
    expect(await pushed.up({ ...source, tag: "v2" })).toBe("update");
    expect(await pushed.up({ ...source, tag: "v2" })).toBe("same");
  });
});

it("A project whose quota is used up takes no image, with the way out; with room, the next run goes on", async () => {
  await layout("source", "too large");
  registry.isFull = true;
  try {
    expect(await codeOf(pushed.up(source))).toBe("QUOTA_EXCEEDED");
  } finally {
    registry.isFull = false;
  }
  expect(await tagged()).toBeUndefined();
  expect(await pushed.up(source)).toBe("create");
});

it("An SBOM beside the signature changes no verdict, and is taken for no signature", async () => {
  registry.gate = "signers";
  await layout("source", "with an SBOM");
  await pushed.up(source);
  const image = pinned();
  await attachSbom(image);
  const gate = new ManagedResource(toHandler(verifiedImage));
  expect(await codeOf(gate.up({ image, trust: trusting("strict", wabbit) }))).toBe("IMAGE_NOT_VERIFIED");
  expect(await signed.up(await declared())).toBe("create");
  expect(await gate.up({ image, trust: trusting("strict", wabbit) })).toBe("create");
  expect(await signed.up(await declared())).toBe("same");
});

/** Not signed itself: Harbor keeps it back from who may pull only. */
async function attachSbom(image: PinnedImage): Promise<void> {
  const repository = behind();
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const config = { mediaType: "application/vnd.oci.empty.v1+json", digest: digestOf(EMPTY_CONFIG), size: 2 };
  await repository.pushBytes(config, EMPTY_CONFIG);
  const artifactType = "application/vnd.cyclonedx";
  const manifest = {
    schemaVersion: 2,
    mediaType,
    artifactType,
    config,
    layers: [config],
    subject: descriptorOf(image),
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  await repository.pushManifest(bytes, mediaType);
}

describe("Who may pull only", () => {
  it("learns of a new image that it is not signed, not that it is not there", async () => {
    registry.gate = "signers";
    await layout("source", "ours");
    await pushed.up(source);
    const image = { ...pinned(), registry: { ...source.registry, dockerConfig: registry.pullerConfigDirectory } };
    const verified = new ManagedResource(toHandler(verifiedImage));
    expect(await codeOf(verified.up({ image, trust: trusting("strict", wabbit) }))).toBe("IMAGE_NOT_VERIFIED");
    await signed.up(await declared());
    expect(await verified.up({ image, trust: trusting("strict", wabbit) })).toBe("create");
  });
});
