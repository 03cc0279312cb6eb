import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe } from "vitest";
import type { GeneratedIdentity } from "../../components/identity/generateTest";
import type { Descriptor } from "../../components/notary/descriptor";
import { descriptorOf, openRepository, type PinnedImage } from "../../components/image/pinnedImage";
import type { SignedImageInputs } from "../../components/image/signedImage.handler";
import { OciSignatureRepository } from "../../components/oci/signatureRepository";
import { startDistribution, startOlareg, type TestRegistry } from "../support/registries";
import { makeIdentity, trusting, writeIdentity } from "./support";

/** What the tests of a file sign with, and where: two signers for all of them, a folder and a repository for each. */
export interface Stage {
  readonly wabbit: GeneratedIdentity;
  readonly stranger: GeneratedIdentity;
  readonly directory: string;
  /** A name that no other test of the file has. */
  readonly repository: string;
}

/** To be called once, before any `describe` of the file; its properties are there when a test runs. */
export function setStage(name: string): Stage {
  const stage = {} as { -readonly [Key in keyof Stage]: Stage[Key] };
  let number = 0;
  beforeAll(async () => {
    [stage.wabbit, stage.stranger] = await Promise.all([makeIdentity(), makeIdentity("stranger.example")]);
  });
  beforeEach(async () => {
    stage.directory = await mkdtemp(join(tmpdir(), `breakwater-${name}-`));
    stage.repository = `${name}/app-${number++}`;
  });
  afterEach(() => rm(stage.directory, { recursive: true, force: true }));
  return stage;
}

/** Describes the same in each registry, by both ways in which signatures are found; `%s` in the title names it. */
export function inEachRegistry(title: string, tests: (place: { readonly registry: TestRegistry }) => void): void {
  describe.each([
    ["distribution, by the referrers tag schema", startDistribution],
    ["olareg, by the referrers API", startOlareg],
  ])(title, (_, start) => {
    const place = {} as { registry: TestRegistry };
    beforeAll(async () => {
      place.registry = await start();
    });
    afterAll(() => place.registry?.stop());
    tests(place);
  });
}

/** An image as wabbit signs it, under a trust in wabbit alone. */
export async function declaredOf(
  { wabbit, directory }: Pick<Stage, "wabbit" | "directory">,
  image: PinnedImage,
): Promise<SignedImageInputs> {
  return {
    image,
    identity: await writeIdentity(join(directory, "wabbit"), wabbit),
    trust: trusting("strict", wabbit),
  };
}

export async function signaturesOf(image: PinnedImage): Promise<Descriptor[]> {
  return await new OciSignatureRepository(openRepository(image)).listSignatures(descriptorOf(image));
}
