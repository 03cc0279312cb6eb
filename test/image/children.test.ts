import { rm } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import type { KeptSignature } from "../../components/image/keptSignature";
import { openRepository, type PinnedImage, partsOf, referenceOf } from "../../components/image/pinnedImage";
import { type PushedImageInputs, pushedImage } from "../../components/image/pushedImage.handler";
import { type SignedImageInputs, signedImage } from "../../components/image/signedImage.handler";
import { evaluate } from "../../components/image/verdict";
import { verifiedImage } from "../../components/image/verifiedImage.handler";
import { referrersTag } from "../../components/oci/referrersTag";
import { realPorts } from "../../components/image/ports";
import { toHandler } from "../../components/provider/handler";
import type { Wire } from "../../components/provider/wire";
import { codeOf, messageOf } from "../local/support";
import { ManagedResource } from "../provider/managedResource";
import { writeLayout } from "../support/images";
import { declaredOf, inEachRegistry, setStage, signaturesOf } from "./stage";
import { connectionOf, trusting } from "./support";

// A multi-platform image: clients and gates ask for the signature of the manifest that they pull, be it index or child.

const PLATFORMS = ["linux/amd64", "linux/arm64"];
const stage = setStage("children");

inEachRegistry("An image of two platforms in %s", (place) => {
  let pushed: ManagedResource;
  let source: PushedImageInputs;
  let signed: ManagedResource;
  let declared: SignedImageInputs;
  let image: PinnedImage;
  beforeEach(async () => {
    pushed = new ManagedResource(toHandler(pushedImage));
    signed = new ManagedResource(toHandler(signedImage));
    source = {
      source: join(stage.directory, "layout"),
      registry: connectionOf(place.registry),
      repository: stage.repository,
      tag: "v1",
    };
    await writeLayout(source.source, { platforms: PLATFORMS });
    await pushed.up(source);
    image = pinned();
    declared = await declaredOf(stage, image);
  });
  /** As the component hands it on. */
  function pinned(): PinnedImage {
    const { registry, repository, digest, mediaType, size, children } = pushed.state as unknown as PinnedImage;
    return { registry, repository, digest, mediaType, size, ...(children && { children }) };
  }
  const counts = async () => await Promise.all(partsOf(image).map(async (part) => (await signaturesOf(part)).length));
  const kept = () => signed.state.childSignatures as Record<string, KeptSignature>;

  it("has children that its source told, and a signature of each: child by child, the index last", async () => {
    const { children = [] } = image;
    expect(children).toHaveLength(2);
    const { manifests } = JSON.parse((await openRepository(image).fetchManifest(image.digest)).bytes.toString()) as {
      manifests: { digest: string }[];
    };
    expect(children.map(({ digest }) => digest)).toEqual(manifests.map(({ digest }) => digest));

    expect(await signed.up(declared)).toBe("create");
    expect(await counts()).toEqual([1, 1, 1]);
    expect(Object.keys(kept()).sort()).toEqual(children.map(({ digest }) => digest).sort());
    for (const part of partsOf(image)) {
      expect((await evaluate({ image: part, trust: declared.trust }, realPorts)).verdict.verdict).toBe("verified");
    }
    expect(await signed.up(declared)).toBe("same");
    expect(await pushed.up(source)).toBe("same");
  });

  it("whose child lost its signature gets the same one again, byte for byte, without the key", async () => {
    await signed.up(declared);
    const [child] = partsOf(image);
    if (child === undefined) throw new Error("it has children");
    const before = kept()[child.digest];
    await openRepository(image).deleteManifest(before?.digest ?? "");
    await rm(declared.identity.keyFile);
    expect(await signed.refresh()).toContain(before?.digest);
    expect(await signed.up(declared)).toBe("update");
    expect(kept()[child.digest]).toEqual(before);
    const { bytes } = await openRepository(image).fetchManifest(before?.digest ?? "");
    expect(bytes.toString("base64")).toBe(before?.manifest);
    expect(await counts()).toEqual([1, 1, 1]);
    expect(await signed.up(declared)).toBe("same");
  });

  it("whose child lost its signature passes no gate of the signed image, until the child is signed again", async () => {
    await signed.up(declared);
    const [child] = partsOf(image);
    const gate = new ManagedResource(toHandler(verifiedImage));
    const wholly = { image, trust: declared.trust };
    expect(await gate.up(wholly)).toBe("create");
    expect(gate.state).toMatchObject({ reference: referenceOf(image), verdict: { verdict: "verified" } });
    expect(await gate.up(wholly)).toBe("same");

    const repository = openRepository(image);
    await repository.deleteManifest(kept()[child?.digest ?? ""]?.digest ?? "");
    const index = await repository.resolve(referrersTag(child?.digest ?? ""));
    if (index !== undefined) await repository.deleteManifest(index.digest);
    expect(await gate.preview(wholly)).toBe("update");
    const failed = gate.up(wholly);
    expect(await codeOf(failed)).toBe("IMAGE_NOT_VERIFIED");
    for (const part of [image.digest, child?.digest]) expect(await messageOf(failed)).toContain(part);
    // Of an index that others have signed, its own signature is what counts.
    const { children: _, ...root } = image;
    expect(await new ManagedResource(toHandler(verifiedImage)).up({ ...wholly, image: root })).toBe("create");

    await signed.up(declared);
    expect(await gate.up(wholly)).toBe("same");
  });

  it("takes over all signatures that an interrupted run left", async () => {
    await signed.up(declared);
    const [before, id] = [kept(), signed.id];
    signed.forget();
    await rm(declared.identity.keyFile);
    expect(await signed.up(declared)).toBe("create");
    expect([kept(), signed.id]).toEqual([before, id]);
    expect(await counts()).toEqual([1, 1, 1]);
  });

  it("of which the trust refuses one signature gets none at all", async () => {
    expect(await codeOf(signed.up({ ...declared, trust: trusting("strict", stage.stranger) }))).toBe(
      "SIGNATURE_REFUSED",
    );
    expect(await counts()).toEqual([0, 0, 0]);
  });

  it("that an older release pushed and signed gets its children's signatures, and keeps its own", async () => {
    const { children: _, ...root } = image;
    await signed.up({ ...declared, image: root });
    expect(signed.state).not.toHaveProperty("childSignatures");
    expect(await counts()).toEqual([0, 0, 1]);
    const own = signed.state.signature;

    const { inputs } = await toHandler(pushedImage).check({}, source as unknown as Wire);
    const { children: __, ...old } = pushed.state;
    expect(await toHandler(pushedImage).diff(pushed.id, old, inputs)).toMatchObject({ changes: true, replaces: [] });
    expect(await signed.up(declared)).toBe("update");
    expect(signed.state.signature).toEqual(own);
    expect(await counts()).toEqual([1, 1, 1]);
  });

  it("keeps a child's signature in another image that has the same child", async () => {
    await signed.up(declared);
    const before = kept();
    await rm(source.source, { recursive: true });
    await writeLayout(source.source, { platforms: [...PLATFORMS, "linux/s390x"] });
    expect(await pushed.up(source)).toBe("update");
    image = pinned();
    expect(await signed.up({ ...declared, image })).toBe("update");
    expect(kept()).toMatchObject(before);
    expect(await counts()).toEqual([1, 1, 1, 1]);
  });

  it("that becomes one of a single platform has no children any more", async () => {
    await signed.up(declared);
    await rm(source.source, { recursive: true });
    await writeLayout(source.source, {
      platforms: PLATFORMS.slice(0, 1),
      layers: ["only for linux/amd64", "layer two"],
    });
    expect(await pushed.up(source)).toBe("update");
    expect(pushed.state).not.toHaveProperty("children");
    const next = { ...declared, image: pinned() };
    expect(Object.keys(kept())).toContain(next.image.digest); // the same manifest: a child until now
    const before = kept()[next.image.digest];
    expect(await signed.up(next)).toBe("update");
    expect(signed.state).not.toHaveProperty("childSignatures");
    expect(signed.state.signature).toEqual(before);
    expect(await signed.up(next)).toBe("same");
  });
});
