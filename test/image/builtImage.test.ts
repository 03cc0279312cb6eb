import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BuiltImage, type BuiltImageArgs, SignedImage, SigningIdentity, Trust, VerifiedImage } from "../../components";
import { projectRoot } from "../../components/files/paths";
import { type Registered, registerByMocks, known } from "../support/mocks";
import { type GitRepository, makeRepository } from "./context/repository";

// What a BuiltImage registers, under the SDK's mocks; the engine's plugin for Docker is not called.

const ID = `sha256:${"c".repeat(64)}`;
const DIGEST = `sha256:${"a".repeat(64)}`;
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
let registered: Registered;
let directory: string;
let repository: GitRepository;
let commit: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "breakwater-built-"));
  repository = makeRepository(directory);
  commit = repository.commit({ Dockerfile: "FROM scratch\n", "docker/Dockerfile": "FROM scratch\n" });
  registered = await registerByMocks({
    Image: { repoDigest: ID },
    PushedImage: { digest: DIGEST, mediaType: MANIFEST, size: 1 },
    SignedImage: { signature: { digest: ID } },
  });
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
  await rm(join(projectRoot, ".breakwater", "contexts", `net-monitor-${commit}`), { recursive: true, force: true });
});

const registry = { host: "registry.example" };
const place = { registry, repository: "notation-project/net-monitor", tag: "v1" };
const build = (name: string, args: Pick<BuiltImageArgs, "context"> & Partial<BuiltImageArgs>) =>
  new BuiltImage(name, { ...place, ...args });

describe("A BuiltImage", () => {
  it("of a Git URL builds the commit that the branch names, and shows it", async () => {
    const image = build("git", { context: `${repository.url}#main:docker`, platform: "linux/amd64" });
    expect(image.commit).toBe(commit);
    expect(await known(image.pinned)).toEqual({
      registry,
      repository: place.repository,
      digest: DIGEST,
      mediaType: MANIFEST,
      size: 1,
    });
    const context = join(projectRoot, ".breakwater", "contexts", `net-monitor-${commit}`, "tree", "docker");
    expect(registered.get("Image git")).toMatchObject({
      build: { context, dockerfile: join(context, "Dockerfile"), platform: "linux/amd64" },
      skipPush: true,
    });
    // What is pushed is the image that was built, by its id, whatever becomes of its name in the engine.
    expect(registered.get("PushedImage git")).toMatchObject({ ...place, source: `docker-daemon:${ID}` });
    expect(registered.get("PushedImage git")?.origin).toMatch(new RegExp(`main is commit ${commit}$`));
  });

  it("of a folder builds what is there", async () => {
    const context = join(directory, "app");
    mkdirSync(context);
    writeFileSync(join(context, "App.Dockerfile"), "FROM scratch\n");
    const image = build("folder", {
      context,
      dockerfile: "App.Dockerfile",
      args: { VERSION: "1" },
      target: "app",
      acceptTag: true,
    });
    expect(image.commit).toBeUndefined();
    await known(image.pinned);
    expect(registered.get("Image folder")?.build).toEqual({
      context,
      dockerfile: join(context, "App.Dockerfile"),
      args: { VERSION: "1" },
      target: "app",
    });
    expect(registered.get("PushedImage folder")).toMatchObject({ acceptTag: true, origin: `the folder ${context}` });
  });

  it("is built again with another word for `rebuild`, though nothing changed", async () => {
    const triggers: unknown[] = [];
    const context = join(directory, "again");
    mkdirSync(context);
    writeFileSync(join(context, "Dockerfile"), "FROM scratch\n");
    for (const rebuild of [undefined, "pruned"]) {
      const image = new BuiltImage(
        `again ${rebuild}`,
        { ...place, context, ...(rebuild !== undefined && { rebuild }) },
        {
          transformations: [
            ({ type, opts }) => {
              if (type.startsWith("docker:")) triggers.push((opts as CustomResourceOptions).replacementTrigger);
              return undefined;
            },
          ],
        },
      );
      await known(image.pinned);
    }
    // Without a word there is one all the same: the engine compares the first one with nothing, and takes it for no change.
    expect(triggers).toEqual(["", "pruned"]);
    expect(registered.get("Image again pruned")).toEqual(registered.get("Image again undefined"));
  });

  it("fails at once, with a code, where its context can't be had: nothing is registered for the engine", () => {
    const named = (code: string) => expect.objectContaining({ code });
    expect(() => build("no ref", { context: `${repository.url}#missing` })).toThrow(named("GIT_REF_NOT_FOUND"));
    expect(() => build("no folder", { context: "missing" })).toThrow(named("CONTEXT_MISSING"));
    expect([...registered.keys()].filter((key) => /^(Pushed)?Image no /.test(key))).toEqual([]);
  });

  it("is signed and verified as a pushed image is", async () => {
    const image = build("signed", { context: `${repository.url}#${commit}` });
    const identity = new SigningIdentity("wabbit", { directory: "identity" });
    const policy = { version: "1.0" as const, trustPolicies: [] };
    const trust = new Trust("trust", { policy, stores: {}, directory: "trust" });
    await known(new SignedImage("signed", { image, identity, trust }).pinned);
    await known(new VerifiedImage("built", { image, trust }).reference);
    for (const key of ["SignedImage signed", "VerifiedImage built"]) {
      expect(registered.get(key)?.image).toMatchObject({ digest: DIGEST, repository: place.repository });
    }
  });
});
