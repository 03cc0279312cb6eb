import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { GeneratedIdentity } from "../../components/identity/generateTest";
import { openRepository, type PinnedImage, referenceOf } from "../../components/image/pinnedImage";
import { signedImage } from "../../components/image/signedImage.handler";
import { type VerifiedImageInputs, verifiedImage } from "../../components/image/verifiedImage.handler";
import { referrersTag } from "../../components/oci/referrersTag";
import { toHandler } from "../../components/provider/handler";
import { codeOf, messageOf } from "../local/support";
import { ManagedResource } from "../provider/managedResource";
import { startDistribution, startOlareg, type TestRegistry } from "../support/registries";
import { makeIdentity, pushedPinned, skipping, trusting, writeIdentity } from "./support";

const handler = toHandler(verifiedImage);
let wabbit: GeneratedIdentity;
let stranger: GeneratedIdentity;
let directory: string;
let number = 0;
beforeAll(async () => {
  [wabbit, stranger] = await Promise.all([makeIdentity(), makeIdentity("stranger.example")]);
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "breakwater-verified-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe.each([
  ["distribution", startDistribution],
  ["olareg", startOlareg],
])("A VerifiedImage in %s", (_, start) => {
  let registry: TestRegistry;
  let image: PinnedImage;
  let resource: ManagedResource;
  let declared: VerifiedImageInputs;
  beforeAll(async () => {
    registry = await start();
  });
  afterAll(() => registry?.stop());
  beforeEach(async () => {
    image = await pushedPinned(registry, { directory, repository: `verified/app-${number++}` });
    resource = new ManagedResource(handler);
    declared = { image, trust: trusting("strict", wabbit) };
  });

  /** Digest of the signature. */
  async function sign(identity = wabbit): Promise<string> {
    const inputs = { image, identity: await writeIdentity(directory, identity), trust: trusting("strict", identity) };
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
      reference: `${registry.host}/${image.repository}@${image.digest}`,
      verdict: {
        verdict: "verified",
        enforced: true,
        signatures: [{ digest, signer: { thumbprint: wabbit.thumbprint } }],
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
    await sign(stranger);
    const failed = resource.up(declared);
    expect(await codeOf(failed)).toBe("IMAGE_NOT_VERIFIED");
    for (const part of ["authenticity", "CERTIFICATE_CHAIN_NOT_TRUSTED"]) {
      expect(await messageOf(failed)).toContain(part);
    }
  });

  it("does not exist under a level that enforces no signer", async () => {
    await sign();
    for (const trust of [trusting("audit", wabbit), skipping(image)]) {
      expect(await codeOf(resource.up({ ...declared, trust }))).toBe("IMAGE_VERIFIED_WEAKLY");
    }
  });

  it("exists under the level permissive, which enforces the signer", async () => {
    await sign();
    expect(await resource.up({ ...declared, trust: trusting("permissive", wabbit) })).toBe("create");
  });

  it("does not exist under a policy without a statement for the repository", async () => {
    await sign();
    const trust = trusting("strict", wabbit);
    const trustPolicies = trust.policy.trustPolicies.map((statement) => ({
      ...statement,
      registryScopes: [`${registry.host}/another/repository`],
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
    expect(await codeOf(resource.up({ ...declared, trust: trusting("strict", stranger) }))).toBe("IMAGE_NOT_VERIFIED");
    expect(await resource.up({ ...declared, trust: trusting("strict", stranger, wabbit) })).toBe("update");
  });

  it("of a registry that does not answer is drift and not an error of read; `up` fails; nothing is lost", async () => {
    await sign();
    await resource.up(declared);
    await registry.kill();
    try {
      expect(await resource.refresh()).not.toBe("");
      expect(await resource.preview(declared)).toBe("update");
      expect(await codeOf(resource.up(declared))).toBe("REGISTRY_UNREACHABLE");
    } finally {
      await registry.restart();
    }
    expect(await resource.up(declared)).toBe("same");
  });
});
