import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Artifact } from "../../../components/harbor/api/artifacts";
import { type ShadowCheckInputs, shadowCheck, shadowCheckWith } from "../../../components/harbor/shadowCheck.handler";
import { isSignatureIndex, type ShadowImage } from "../../../components/harbor/shadowImages";
import type { GeneratedIdentity } from "../../../components/identity/generateTest";
import { descriptorOf, openRepository, type PinnedImage, referenceOf } from "../../../components/image/pinnedImage";
import { realPorts } from "../../../components/image/ports";
import { signedImage } from "../../../components/image/signedImage.handler";
import { digestOf } from "../../../components/oci/digest";
import { OciError } from "../../../components/oci/error";
import { Repository } from "../../../components/oci/repository";
import { EMPTY_CONFIG, NOTARY_SIGNATURE_ARTIFACT_TYPE } from "../../../components/oci/signatureManifest";
import { configure } from "../../../components/provider/configuration";
import { toHandler } from "../../../components/provider/handler";
import { makeIdentity, pushedPinned, skipping, trusting, writeIdentity } from "../../image/support";
import { codeOf } from "../../local/support";
import { ManagedResource } from "../../provider/managedResource";
import { type GatedRegistry, startGated } from "../../support/gatedRegistry";
import { RIGHT_PASSWORD } from "../recording";
import { ShadowHarbor } from "./harbor";

// Harbor's "Signed" beside what the declared trust says: a real registry behind Harbor's gate, and real signatures.

let registry: GatedRegistry;
let wabbit: GeneratedIdentity;
let stranger: GeneratedIdentity;
let directory: string;
let harbor: ShadowHarbor;
let declared: ShadowCheckInputs;
let check: ManagedResource;
let number = 0;
beforeAll(async () => {
  configure(() => RIGHT_PASSWORD);
  [wabbit, stranger] = await Promise.all([makeIdentity(), makeIdentity("stranger.example")]);
  registry = await startGated("signers");
});
afterAll(async () => {
  configure(undefined);
  await registry?.stop();
});
beforeEach(async () => {
  registry.gate = "signers";
  directory = await mkdtemp(join(tmpdir(), "breakwater-shadow-"));
  harbor = new ShadowHarbor(registry);
  declared = {
    harbor: await harbor.start(directory),
    project: harbor.project.name,
    trust: trusting("strict", wabbit),
    registry: readerOf(registry.dockerConfigDirectory),
  };
  check = new ManagedResource(toHandler(shadowCheck));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await harbor.stop();
  await rm(directory, { recursive: true, force: true });
});

/** A registry of the tests can be killed; the gated one is not, here. */
const processless = { kill: async () => {}, restart: async () => {} };
const readerOf = (dockerConfig: string) => ({ host: registry.host, caFile: registry.caFile, dockerConfig });
const images = () => check.state.images as ShadowImage[];
/** The handler in a new process of the provider, which knows of no declaration. */
const nextProcess = () => toHandler(shadowCheckWith(realPorts));
const verdictOf = ({ digest }: PinnedImage) => images().find(({ reference }) => reference.endsWith(digest));

/** Pushes an image, and has Harbor list it. */
async function pushed(content: string): Promise<PinnedImage> {
  const repository = `team/${content}-${number++}`;
  const image = await pushedPinned(
    { ...registry, ...processless },
    {
      directory,
      repository: `${harbor.project.name}/${repository}`,
      content: `${content}-${number}`,
    },
  );
  harbor.add(repository, image.digest);
  return image;
}

async function sign(image: PinnedImage, identity: GeneratedIdentity): Promise<void> {
  const inputs = { image, identity: await writeIdentity(directory, identity), trust: trusting("strict", identity) };
  await signedImage.create(inputs);
  await harbor.index();
}

describe("A shadow check", () => {
  it("shows beside Harbor's word what the trust says, and labels the images; none fails it", async () => {
    const [ours, theirs, none] = [await pushed("ours"), await pushed("theirs"), await pushed("unsigned")];
    await sign(ours, wabbit);
    await sign(theirs, stranger);

    expect(await check.up(declared)).toBe("create");
    expect(verdictOf(ours)).toEqual({
      reference: referenceOf(ours),
      tags: ["v1"],
      signed: true,
      verdict: "verified",
      trusted: true,
      why: expect.stringContaining("wabbit-networks.io"),
    });
    expect(verdictOf(theirs)).toMatchObject({ signed: true, verdict: "failed", trusted: false });
    expect(verdictOf(theirs)?.why).toContain("authenticity");
    expect(verdictOf(none)).toMatchObject({ signed: false, verdict: "failed", trusted: false });
    expect([ours, theirs, none].map(({ digest }) => harbor.labelsOf(digest))).toEqual([
      ["trusted"],
      ["not trusted"],
      ["not trusted"],
    ]);
    expect([...harbor.labels.values()].every(({ color }) => /^#[0-9A-F]{6}$/.test(color))).toBe(true);

    harbor.mutations();
    expect(await check.up(declared)).toBe("same");
    expect(harbor.mutations()).toEqual([]);
  });

  it("calls junk that opens Harbor's gate signed, and not trusted", async () => {
    const image = await pushed("junk");
    const repository = openRepository(image);
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    const config = { mediaType: "application/vnd.oci.empty.v1+json", digest: digestOf(EMPTY_CONFIG), size: 2 };
    await repository.pushBytes(config, EMPTY_CONFIG);
    const layers = [{ ...config, mediaType: "application/jose+json" }];
    const subject = descriptorOf(image);
    const manifest = {
      schemaVersion: 2,
      mediaType,
      artifactType: NOTARY_SIGNATURE_ARTIFACT_TYPE,
      config,
      layers,
      subject,
    };
    const bytes = Buffer.from(JSON.stringify(manifest));
    await repository.pushReferrer(bytes, { mediaType, digest: digestOf(bytes), size: bytes.length }, subject);
    await harbor.index();
    await check.up(declared);
    expect(verdictOf(image)).toMatchObject({ signed: true, verdict: "failed", trusted: false });
    expect(harbor.labelsOf(image.digest)).toEqual(["not trusted"]);
  });

  it("judges the others when somebody has attached more to an image than is read, and does not trust that one", async () => {
    const [ours, flooded] = [await pushed("ours"), await pushed("flooded")];
    await Promise.all([sign(ours, wabbit), sign(flooded, wabbit)]);
    const { referrers } = Repository.prototype;
    vi.spyOn(Repository.prototype, "referrers").mockImplementation(function (this: Repository, digest, type) {
      if (digest !== flooded.digest) return referrers.call(this, digest, type);
      return Promise.reject(new OciError("RESPONSE_TOO_LARGE", "the list of its referrers is too large"));
    });
    await check.up(declared);
    expect(verdictOf(ours)).toMatchObject({ trusted: true });
    expect(verdictOf(flooded)).toMatchObject({ signed: true, verdict: "failed", trusted: false });
    expect(harbor.labelsOf(flooded.digest)).toEqual(["not trusted"]);
  });

  it("says of an image that its reader may not read: unsigned and gated", async () => {
    const [ours, none] = [await pushed("ours"), await pushed("unsigned")];
    await sign(ours, wabbit);
    await check.up({ ...declared, registry: readerOf(registry.pullerConfigDirectory) });
    expect(verdictOf(ours)).toMatchObject({ trusted: true });
    expect(verdictOf(none)).toMatchObject({ signed: false, verdict: "failed", trusted: false });
    expect(verdictOf(none)?.why).toContain("unsigned and gated");
  });

  it("trusts nobody under a policy that verifies nothing or only logs", async () => {
    const [skipped, logged] = [await pushed("skipped"), await pushed("logged")];
    await sign(skipped, stranger);
    await sign(logged, stranger);
    const { policy, stores } = trusting("audit", wabbit);
    const [skip] = skipping(skipped).policy.trustPolicies;
    const trustPolicies = [...policy.trustPolicies, ...(skip ? [{ ...skip, name: "skipped" }] : [])];
    await check.up({ ...declared, trust: { policy: { ...policy, trustPolicies }, stores } });
    expect(verdictOf(skipped)).toMatchObject({ verdict: "skipped", trusted: false });
    expect(verdictOf(logged)).toMatchObject({ verdict: "verified", trusted: false });
    expect(verdictOf(logged)?.why).toContain("authenticity");
  });

  it("sees a new signature, and moves the label: off before on", async () => {
    const image = await pushed("late");
    await check.up(declared);
    expect(harbor.labelsOf(image.digest)).toEqual(["not trusted"]);
    await sign(image, wabbit);
    harbor.mutations();
    const { changes } = await toHandler(shadowCheck).diff(check.id, check.state, { ...declared });
    expect(changes).toBe(true);
    expect(await check.up(declared)).toBe("update");
    expect(harbor.mutations().map((request) => request.split(" ")[0])).toEqual(["DELETE", "POST"]);
    expect(harbor.labelsOf(image.digest)).toEqual(["trusted"]);
    expect(await check.up(declared)).toBe("same");
  });

  it("sees that a trust which changed no longer passes an image", async () => {
    const image = await pushed("distrusted");
    await sign(image, wabbit);
    await check.up(declared);
    expect(await check.up({ ...declared, trust: trusting("strict", stranger) })).toBe("update");
    expect(verdictOf(image)).toMatchObject({ signed: true, trusted: false });
    expect(harbor.labelsOf(image.digest)).toEqual(["not trusted"]);
  });

  it("sees new images and deleted ones, also without a refresh before", async () => {
    const first = await pushed("first");
    await check.up(declared);
    const second = await pushed("second");
    harbor.remove(first.digest);
    const { changes } = await toHandler(shadowCheck).diff(check.id, check.state, { ...declared });
    expect(changes).toBe(true);
    expect(await check.up(declared)).toBe("update");
    expect(images().map(({ reference }) => reference)).toEqual([referenceOf(second)]);
  });

  it("judges what is below an index as well, which Harbor does not list: it is pulled by its digest", async () => {
    const child = await pushed("child");
    const [listed] = harbor.artifacts;
    if (listed === undefined) throw new Error("nothing was pushed");
    listed.tags = [];
    const mediaType = "application/vnd.oci.image.index.v1+json";
    const index = { schemaVersion: 2, mediaType, manifests: [descriptorOf(child)] };
    const repository = openRepository(child);
    const { digest } = await repository.pushManifest(Buffer.from(JSON.stringify(index)), mediaType);
    const gone = digestOf(Buffer.from("deleted meanwhile"));
    harbor.add(listed.repository, digest, { mediaType, references: [child.digest, gone] });
    await check.up(declared);
    expect(images().map(({ reference }) => reference.split("@")[1])).toEqual([child.digest, digest].sort());
    expect(harbor.labelsOf(child.digest)).toEqual(["not trusted"]);
    await sign(child, wabbit);
    await check.up(declared);
    expect(harbor.labelsOf(child.digest)).toEqual(["trusted"]);
    expect(harbor.labelsOf(digest)).toEqual(["not trusted"]);
    expect(await check.up(declared)).toBe("same");
  });

  it("goes on under another address of its Harbor when the one before answers no more", async () => {
    const image = await pushed("moved");
    await check.up(declared);
    const before = { ...check.state, harbor: { ...declared.harbor, url: "https://127.0.0.1:1" } };
    const { outs } = await toHandler(shadowCheck).update(check.id, before, { ...declared });
    expect(outs.images).toEqual(images());
    expect(harbor.labelsOf(image.digest)).toEqual(["not trusted"]);
  });

  it("deletes no label that has the id of one of its own, as after a restored database", async () => {
    await check.up(declared);
    const [id = 0] = harbor.labels.keys();
    harbor.labels.set(id, { name: "somebody's", color: "#000000", description: "" });
    check.continueWith(nextProcess());
    await check.destroy();
    expect([...harbor.labels.values()].map(({ name }) => name)).toEqual(["somebody's"]);
  });

  it("leaves out an image that is deleted while it looks", async () => {
    const image = await pushed("kept");
    harbor.add("team/gone", digestOf(Buffer.from("deleted meanwhile")));
    await check.up(declared);
    expect(images().map(({ reference }) => reference)).toEqual([referenceOf(image)]);
  });

  it("puts labels back that somebody took off or put on, or deleted altogether", async () => {
    const image = await pushed("relabelled");
    await check.up(declared);
    const [artifact] = harbor.artifacts;
    const idOf = (name: string) => [...harbor.labels].find(([, label]) => label.name === name)?.[0] ?? 0;
    artifact?.labels.clear();
    artifact?.labels.add(idOf("trusted"));
    expect(await check.refresh()).toContain("label");
    expect(await check.up(declared)).toBe("update");
    expect(harbor.labelsOf(image.digest)).toEqual(["not trusted"]);
    harbor.labels.clear();
    artifact?.labels.clear();
    expect(await check.up(declared)).toBe("update");
    expect(harbor.labelsOf(image.digest)).toEqual(["not trusted"]);
    expect(await check.up(declared)).toBe("same");
  });

  it("takes the project's own labels of these names for its own, and leaves other labels alone", async () => {
    const image = await pushed("labelled");
    harbor.labels.set(100, { name: "not trusted", color: "#000000", description: "" });
    harbor.labels.set(101, { name: "really trusted", color: "#000000", description: "" });
    harbor.artifacts[0]?.labels.add(101);
    await check.up(declared);
    expect(harbor.labelsOf(image.digest).sort()).toEqual(["not trusted", "really trusted"]);
    expect(harbor.labels.get(100)?.color).toBe("#C92100");
  });

  it("that can't ask is no failure of a refresh, and no verdict", async () => {
    await pushed("unreachable");
    await check.up(declared);
    const before = images();
    harbor.projectExists = false;
    expect(await check.refresh()).toContain("is gone");
    harbor.projectExists = true;
    await harbor.stop();
    expect(await check.refresh()).toContain("can't be looked at");
    expect(images()).toEqual(before);
  });

  it("does not exist for a project that does not", async () => {
    harbor.projectExists = false;
    expect(await codeOf(check.up(declared))).toBe("OBJECT_MISSING");
  });

  it("judges an empty project, and takes its labels with it at the end", async () => {
    expect(await check.up(declared)).toBe("create");
    expect(images()).toEqual([]);
    expect(harbor.labels.size).toBe(2);
    check.continueWith(nextProcess());
    await check.destroy();
    expect(harbor.labels.size).toBe(0);
  });

  it("keeps its labels when its declaration is renamed", async () => {
    const image = await pushed("renamed");
    await check.up(declared);
    const next = nextProcess();
    check.continueWith(next);
    const renamed = new ManagedResource(next);
    expect(await renamed.up(declared)).toBe("create");
    await check.destroy();
    expect(harbor.labelsOf(image.digest)).toEqual(["not trusted"]);
    expect(await renamed.up(declared)).toBe("same");
  });

  it("labels beside another one under a prefix of its own, and takes only its own labels with it", async () => {
    const image = await pushed("shared");
    await sign(image, wabbit);
    const other = new ManagedResource(nextProcess()); // of another stack
    const theirs = { ...declared, trust: trusting("strict", stranger), labelPrefix: "staging" };
    await check.up(declared);
    await other.up(theirs);
    expect(harbor.labelsOf(image.digest).sort()).toEqual(["staging: not trusted", "trusted"]);
    expect([await check.up(declared), await other.up(theirs)]).toEqual(["same", "same"]);

    other.continueWith(nextProcess());
    expect(await other.up({ ...theirs, labelPrefix: "test" })).toBe("replace");
    expect(harbor.labelsOf(image.digest).sort()).toEqual(["test: not trusted", "trusted"]);
    other.continueWith(nextProcess());
    await other.destroy();
    expect(harbor.labelsOf(image.digest)).toEqual(["trusted"]);
  });

  it("is refused in a preview beside another one of the program that has the same labels and another trust", async () => {
    const handler = nextProcess();
    await new ManagedResource(handler).up(declared);
    const theirs = { ...declared, trust: trusting("strict", stranger) };
    const failuresOf = async (news: object) => (await handler.check({}, { ...news })).failures;
    expect(await failuresOf(theirs)).toMatchObject([{ property: "labelPrefix" }]);
    expect(await failuresOf({ ...theirs, labelPrefix: "staging" })).toEqual([]);
    expect(await failuresOf(declared)).toEqual([]); // as the engine checks one declaration twice
    expect(await failuresOf({ ...declared, labelPrefix: "a b" })).toMatchObject([{ property: "labelPrefix" }]);
  });
});

describe("An index of signatures under a fallback tag", () => {
  const signature = digestOf(Buffer.from("signature"));
  const index: Artifact = {
    digest: digestOf(Buffer.from("index")),
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifestMediaType: "application/vnd.oci.image.index.v1+json",
    artifactType: "",
    tags: [signature.replace(":", "-")],
    accessories: [],
    references: [signature],
    labels: [],
  };
  const accessories = new Set([signature]);

  it("is no image", () => {
    expect(isSignatureIndex(index, accessories)).toBe(true);
  });

  it.each<[string, Partial<Artifact>]>([
    ["has something else in it", { references: [signature, digestOf(Buffer.from("image"))] }],
    ["has nothing in it", { references: [] }],
    ["has another tag as well", { tags: [...index.tags, "v1"] }],
    ["has no tag", { tags: [] }],
    ["is no index", { manifestMediaType: "application/vnd.oci.image.manifest.v1+json" }],
  ])("is one when it %s: nothing hides behind such a tag", (_, difference) => {
    expect(isSignatureIndex({ ...index, ...difference }, accessories)).toBe(false);
  });
});
