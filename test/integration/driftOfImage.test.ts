import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestOf } from "../../components/oci/digest";
import { OCI_IMAGE_MANIFEST } from "../../components/oci/mediaTypes";
import type { Repository } from "../../components/oci/repository";
import type { Summary } from "../../scripts/commands/summary";
import { copyProject, type ProjectCopy } from "../support/project";
import {
  expectDrift,
  expectMended,
  expectNothingToDo,
  expectOneSignature,
  LOCAL,
  repositoryOf,
  signaturesOf,
} from "./support";

// Each drift: the preview shows it with its reason and changes nothing, the next `npm start` mends it.

let project: ProjectCopy;
let first: Summary;
let repository: Repository;

beforeAll(async () => {
  project = await copyProject();
  first = await project.json();
  repository = repositoryOf(project, first);
});
afterAll(() => project?.remove());

describe("a signature that was deleted", () => {
  it.each([
    { what: "manifest and referrers index", index: true },
    { what: "manifest alone, its index still names it", index: false },
  ])("is attached again with the same digest: $what", async ({ index }) => {
    const [digest = ""] = await signaturesOf(project, first);
    expect(digest).toBe(first.signature.digest);
    expect(await repository.deleteManifest(digest)).toBe(true);
    if (index) {
      const tag = await repository.resolve(first.image.digest.replace(":", "-"));
      expect(await repository.deleteManifest(tag?.digest ?? "")).toBe(true);
    }

    await expectDrift(project, "SignedImage net-monitor", /signature|sha256/);
    expect(await repository.resolve(digest)).toBeUndefined();

    expectMended(await project.json(), first);
    await expectOneSignature(project, first);
  });
});

describe("the registry's data", () => {
  it("are pushed again when they are gone, with the same signature", async () => {
    await rm(project.path(LOCAL, "registry/data"), { recursive: true });
    await expectDrift(project, "PushedImage net-monitor", /not in the registry/);
    expect(await repository.resolve("v1")).toBeUndefined();

    expectMended(await project.json(), first);
    await expectOneSignature(project, first);
  });
});

describe("a tag that was moved to other content", () => {
  let moved: string;
  beforeAll(async () => {
    const config = Buffer.from("{}");
    const descriptor = {
      mediaType: "application/vnd.oci.empty.v1+json",
      digest: digestOf(config),
      size: config.length,
    };
    await repository.pushBytes(descriptor, config);
    const manifest = { schemaVersion: 2, mediaType: OCI_IMAGE_MANIFEST, config: descriptor, layers: [descriptor] };
    moved = (await repository.pushManifest(Buffer.from(JSON.stringify(manifest)), OCI_IMAGE_MANIFEST, "v1")).digest;
    expect(moved).not.toBe(first.image.digest);
  });

  it("is shown by the preview", async () => {
    await expectDrift(project, "PushedImage net-monitor", new RegExp(`${moved}.*${first.image.digest}`));
  });

  it("fails the run, which names both digests, signs nothing and overwrites nothing", async () => {
    const { code, stderr } = await project.start();
    expect(code).toBe(1);
    expect(stderr).toContain("[TAG_MOVED]");
    expect(stderr).toContain(moved);
    expect(stderr).toContain(first.image.digest);
    expect((await repository.resolve("v1"))?.digest).toBe(moved);
    expect(await repository.referrers(moved)).toEqual([]);
    await expectOneSignature(project, first);
  });

  it("is pointed back by --accept-tag", async () => {
    expectMended(await project.json("--accept-tag"), first);
    expect((await repository.resolve("v1"))?.digest).toBe(first.image.digest);
    await expectOneSignature(project, first);
    await expectNothingToDo(project);
  });
});
