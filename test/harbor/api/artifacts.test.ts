import { describe, expect, it } from "vitest";
import { artifactPath, listArtifacts, listRepositories } from "../../../components/harbor/api/artifacts";
import { path, repositoryPart } from "../../../components/harbor/api/path";
import { replayed } from "../support";

const NAME = "notation-project";

describe("The artifacts of a repository", () => {
  it("come with tags and accessories, and without the accessories among them", async () => {
    const { client } = await replayed(["artifacts-list-with-accessory"]);
    const artifacts = await listArtifacts(client, NAME, "app");
    expect(
      artifacts.map(({ tags, accessories }) => [tags[0]?.slice(0, 8), accessories.map(({ type }) => type)]),
    ).toEqual([
      ["sha256-8", []],
      ["third", ["signature.notation"]],
      ["unsigned", []],
      ["signed", ["signature.notation"]],
    ]);
    const [fallback, , , signed] = artifacts;
    expect(signed).toMatchObject({
      digest: "sha256:8e0dfee9b6f29fe5c58cc221e5ed6a82f70fdb6efb263f662ae966cb02da3157",
      manifestMediaType: "application/vnd.oci.image.manifest.v1+json",
      references: [],
      labels: [],
    });
    // The fallback tag's index is an artifact to Harbor, whose child is the signature.
    expect(fallback?.references).toEqual(signed?.accessories.map(({ digest }) => digest));
  });

  it("of a nested repository are asked for with its `/` encoded twice", async () => {
    const { client } = await replayed(["nested-repo-artifacts-double-encoded"]);
    const request = {
      path: path`projects/${NAME}/repositories/${repositoryPart("team/app")}/artifacts`,
      what: "Reading",
    };
    await client.send({ ...request, method: "GET" });
    expect(artifactPath({ project: NAME, repository: "team/app", digest: "sha256:00" })).toBe(
      `projects/${NAME}/repositories/team%252Fapp/artifacts/sha256:00`,
    );
  });

  it("encoded once are another path, which is no missing repository", async () => {
    const { client } = await replayed(["nested-repo-artifacts-single-encoded"]);
    const request = {
      method: "GET",
      path: `projects/${NAME}/repositories/team%2Fapp/artifacts`,
      what: "Reading",
    } as const;
    await expect(client.send(request)).rejects.toMatchObject({ code: "HARBOR_RESPONSE_INVALID", status: 404 });
  });
});

describe("The repositories of a project", () => {
  it("are named without the project", async () => {
    const { client } = await replayed(["repositories-list"]);
    expect(await listRepositories(client, NAME)).toEqual(["app"]);
  });
});
