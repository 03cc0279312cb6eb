import { beforeEach, expect, it } from "vitest";
import { openRepository, type PinnedImage, referenceOf } from "../../components/image/pinnedImage";
import { signedImage } from "../../components/image/signedImage.handler";
import { type VerifiedImageInputs, verifiedImage } from "../../components/image/verifiedImage.handler";
import { referrersTag } from "../../components/oci/referrersTag";
import { toHandler } from "../../components/provider/handler";
import { codeOf, messageOf } from "../local/support";
import { ManagedResource } from "../provider/managedResource";
import { inEachRegistry, setStage } from "./stage";
import { pushedPinned, skipping, trusting, writeIdentity } from "./support";

const handler = toHandler(verifiedImage);
const stage = setStage("verified");

inEachRegistry("A VerifiedImage in %s", (place) => {
  let image: PinnedImage;
  let resource: ManagedResource;
  let declared: VerifiedImageInputs;
  beforeEach(async () => {
    image = await pushedPinned(place.registry, { directory: stage.directory, repository: stage.repository });
    resource = new ManagedResource(handler);
    declared = { image, trust: trusting("strict", stage.wabbit) };
  });

  /** Digest of the signature. */
  async function sign(identity = stage.wabbit): Promise<string> {
    const inputs = {
      image,
      identity: await writeIdentity(stage.directory, identity),
      trust: trusting("strict", identity),
    };
    return (await signedImage.create(inputs)).id;
  }

  /** And its entry in the referrers index, where the registry has no referrers API. */
  async function removeSignature(digest: string): Promise<void> {
    const repository = openRepository(image);
    await repository.deleteManifest(digest);
    const index = await repository.resolve(referrersTag(image.digest));
    if (index !== undefined) await repository.deleteManifest(index.digest);
  }

  it("has the reference by digest, and the verdict with its signer", async () => {
    const digest = await sign();
    expect(await resource.up(declared)).toBe("create");
    expect(resource.state).toMatchObject({
      reference: `${place.registry.host}/${image.repository}@${image.digest}`,
      verdict: {
        verdict: "verified",
        enforced: true,
        signatures: [{ digest, signer: { thumbprint: stage.wabbit.thumbprint } }],
      },
    });
    expect(resource.id).toBe(referenceOf(image));
    expect(await resource.up(declared)).toBe("same");
  });

  it("does not exist for an image without a signature, and names the rule", async () => {
    const failed = resource.up(declared);
    expect(await codeOf(failed)).toBe("IMAGE_NOT_VERIFIED");
    for (const part of [image.digest, "wabbit-networks-images", "NO_SIGNATURE"]) {
      expect(await messageOf(failed)).toContain(part);
    }
  });

  it("does not exist for a signer who is not trusted, and names the rule", async () => {
    await sign(stage.stranger);
    const failed = resource.up(declared);
    expect(await codeOf(failed)).toBe("IMAGE_NOT_VERIFIED");
    for (const part of ["authenticity", "CERTIFICATE_CHAIN_NOT_TRUSTED"]) {
      expect(await messageOf(failed)).toContain(part);
    }
  });

  it("does not exist under a level that enforces no signer", async () => {
    await sign();
    for (const trust of [trusting("audit", stage.wabbit), skipping(image)]) {
      expect(await codeOf(resource.up({ ...declared, trust }))).toBe("IMAGE_VERIFIED_WEAKLY");
    }
  });

  it("exists under the level permissive, which enforces the signer", async () => {
    await sign();
    expect(await resource.up({ ...declared, trust: trusting("permissive", stage.wabbit) })).toBe("create");
  });

  it("does not exist under a policy without a statement for the repository", async () => {
    await sign();
    const trust = trusting("strict", stage.wabbit);
    const trustPolicies = trust.policy.trustPolicies.map((statement) => ({
      ...statement,
      registryScopes: [`${place.registry.host}/another/repository`],
    }));
    const failed = resource.up({ ...declared, trust: { ...trust, policy: { ...trust.policy, trustPolicies } } });
    expect(await codeOf(failed)).toBe("IMAGE_NOT_VERIFIED");
    expect(await messageOf(failed)).toContain("NO_APPLICABLE_TRUST_POLICY");
  });

  it("fails as soon as the signature is gone, whatever the state says", async () => {
    const digest = await sign();
    await resource.up(declared);
    await removeSignature(digest);
    expect(await resource.preview(declared)).toBe("update");
    expect(resource.state).toMatchObject({ verdict: { verdict: "failed" } });
    expect(await codeOf(resource.up(declared))).toBe("IMAGE_NOT_VERIFIED");
  });

  it("fails when the image itself is gone, though its signature may have stayed", async () => {
    await sign();
    await resource.up(declared);
    await openRepository(image).deleteManifest(image.digest);
    expect(await resource.refresh()).toContain(image.digest);
    expect(await codeOf(resource.up(declared))).toBe("IMAGE_MISSING");
    expect(await codeOf(new ManagedResource(handler).up(declared))).toBe("IMAGE_MISSING");
  });

  it("fails while the registry lists a signature that it has no more", async () => {
    const digest = await sign();
    await resource.up(declared);
    await openRepository(image).deleteManifest(digest);
    expect(await resource.preview(declared)).toBe("update");
    // With the referrers API the registry itself drops the entry.
    expect(["IMAGE_NOT_VERIFIED", "MANIFEST_UNKNOWN"]).toContain(await codeOf(resource.up(declared)));
  });

  it("is evaluated in a diff without a refresh before it", async () => {
    const digest = await sign();
    await resource.up(declared);
    const state = structuredClone(resource.state);
    expect(await handler.diff(resource.id, state, { ...declared })).toEqual({ changes: false, replaces: [] });
    await openRepository(image).deleteManifest(digest);
    expect(await handler.diff(resource.id, state, { ...declared })).toEqual({ changes: true, replaces: [] });
  });

  it("is evaluated afresh under a trust that changed", async () => {
    await sign();
    await resource.up(declared);
    expect(await codeOf(resource.up({ ...declared, trust: trusting("strict", stage.stranger) }))).toBe(
      "IMAGE_NOT_VERIFIED",
    );
    expect(await resource.up({ ...declared, trust: trusting("strict", stage.stranger, stage.wabbit) })).toBe("update");
  });

  it("of a registry that does not answer is drift and not an error of read; `up` fails; nothing is lost", async () => {
    await sign();
    await resource.up(declared);
    await place.registry.kill();
    try {
      expect(await resource.refresh()).not.toBe("");
      expect(await resource.preview(declared)).toBe("update");
      expect(await codeOf(resource.up(declared))).toBe("REGISTRY_UNREACHABLE");
    } finally {
      await place.registry.restart();
    }
    expect(await resource.up(declared)).toBe("same");
  });
});
