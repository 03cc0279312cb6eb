import { describe, expect, it, onTestFinished } from "vitest";
import { HarborClient } from "../../../components/harbor/api/client";
import { createProject, deleteProject, findProject, updateMetadata } from "../../../components/harbor/api/projects";
import { findQuota, updateQuota } from "../../../components/harbor/api/quotas";
import { replayed } from "../support";
import { knownUser, recordedAnswer, startFake } from "./fake";

const NAME = "notation-project";

describe("A project", () => {
  it("is found by its exact name, with what Harbor keeps of it", async () => {
    const { client } = await replayed(["project-get-after-content-trust"]);
    expect(await findProject(client, NAME)).toEqual({
      id: 2,
      name: NAME,
      metadata: { enable_content_trust: "true", public: "false" },
      repoCount: 1,
    });
  });

  it("that is missing is undefined for an administrator, and forbidden for others: they can't know", async () => {
    const { client } = await replayed(["project-get-missing"]);
    expect(await findProject(client, NAME)).toBeUndefined();
    const fake = await startFake((asked) => knownUser(asked) ?? recordedAnswer("project-get-missing-nonadmin"));
    onTestFinished(() => fake.stop());
    const outsider = new HarborClient(fake.login);
    await expect(findProject(outsider, "no-such")).rejects.toMatchObject({ code: "HARBOR_FORBIDDEN", status: 403 });
  });

  it("is never looked for by the fuzzy `?name=`", async () => {
    const { replay, client } = await replayed(["project-get-missing"]);
    await findProject(client, NAME);
    expect(replay.requests.map(({ path }) => path)).toEqual([
      "/api/v2.0/users/current",
      "/api/v2.0/projects/notation-project",
    ]);
  });

  it("with a name of digits is not taken for an id", async () => {
    const { client } = await replayed(["project-get-numeric-name-header", "project-delete-numeric"]);
    expect(await findProject(client, "12345")).toMatchObject({ id: 5, name: "12345" });
    await deleteProject(client, "12345");
  });

  it("is made, and read back", async () => {
    const { replay, client } = await replayed(["project-create", "project-get-by-name"]);
    const made = await createProject(client, { name: NAME, metadata: { public: "false" }, storageLimit: -1 });
    expect(made).toMatchObject({ id: 2, metadata: { public: "false" }, repoCount: 0 });
    expect(replay.mutations()).toEqual(["POST /api/v2.0/projects"]);
  });

  it("that exists is a conflict, also when two make it at once", async () => {
    const { client } = await replayed(["project-create-duplicate", "project-create-race-0"]);
    const duplicate = createProject(client, { name: NAME, metadata: { public: "false" } });
    await expect(duplicate).rejects.toMatchObject({ code: "HARBOR_CONFLICT", status: 409 });
    const request = {
      method: "POST",
      path: "projects",
      body: { project_name: "race" },
      what: "Creating race",
    } as const;
    await expect(client.send(request)).rejects.toMatchObject({ code: "HARBOR_CONFLICT" });
  });

  it("with a name that Harbor refuses is refused with Harbor's own words", async () => {
    const { client } = await replayed(["project-create-uppercase"]);
    const body = { project_name: "Notation-Project2" };
    await expect(client.send({ method: "POST", path: "projects", body, what: "Creating" })).rejects.toMatchObject({
      code: "HARBOR_REQUEST_REFUSED",
      harborErrors: [
        { code: "BAD_REQUEST", message: "project name is not in lower case or contains illegal characters" },
      ],
    });
  });

  it("that holds images is not deleted; one that is gone is no error", async () => {
    const { client } = await replayed(["project-delete-not-empty", "project-delete", "project-delete-missing"]);
    await expect(deleteProject(client, NAME)).rejects.toMatchObject({
      code: "HARBOR_PRECONDITION_FAILED",
      status: 412,
    });
    await deleteProject(client, "tmp-hdr");
    await deleteProject(client, "tmp-hdr");
  });

  it("can't be changed while Harbor is read-only, and that is said", async () => {
    const { client } = await replayed(["read-only-project-put"]);
    await expect(updateMetadata(client, NAME, { auto_scan: "true" })).rejects.toMatchObject({
      code: "HARBOR_FORBIDDEN",
      harborErrors: [{ code: "DENIED" }],
    });
  });
});

describe("A project's metadata", () => {
  it("are merged by key, and read back", async () => {
    const { client } = await replayed(["project-put-content-trust-notation", "project-get-after-content-trust"]);
    const project = await updateMetadata(client, NAME, { enable_content_trust: "true" });
    expect(project.metadata).toEqual({ enable_content_trust: "true", public: "false" });
  });

  it("that Harbor answers 200 to and does not keep are an error", async () => {
    const { client } = await replayed(["project-put-content-trust-notation", "project-get-by-name"]);
    await expect(updateMetadata(client, NAME, { enable_content_trust: "true" })).rejects.toMatchObject({
      code: "METADATA_NOT_KEPT",
    });
  });

  it.each([
    { enable_content_trust: "yes" },
    { enable_content_trust: "True" },
    { enable_content_trust_cosign: "1" },
    { prevent_vul: "maybe" },
    { auto_scan: "" },
    { severity: "bogus" },
  ])("that Harbor would store and read as off are not sent: %j", async (metadata) => {
    const { replay, client } = await replayed({ pool: [] });
    const refused = { code: "HARBOR_REQUEST_REFUSED" };
    await expect(updateMetadata(client, NAME, metadata)).rejects.toMatchObject(refused);
    await expect(createProject(client, { name: NAME, metadata })).rejects.toMatchObject(refused);
    expect(replay.requests).toEqual([]);
  });

  it("of a key that is absent are written where that is no no-op: not by the key's own PUT", async () => {
    // The recorded trap: 200, and the key is still absent.
    const { client } = await replayed(["metadata-put-absent-key", "metadata-after-put-absent"]);
    const path = `projects/${NAME}/metadatas`;
    const body = { enable_content_trust_cosign: "true" };
    await client.send({ method: "PUT", path: `${path}/enable_content_trust_cosign`, body, what: "Setting" });
    expect(JSON.parse(String((await client.send({ method: "GET", path, what: "Reading" })).body))).not.toHaveProperty(
      "enable_content_trust_cosign",
    );
  });
});

describe("A quota", () => {
  it("is found by the project, and changed by its own id", async () => {
    const { replay, client } = await replayed(["quota-list-project", "quota-update"]);
    const quota = await findQuota(client, 2);
    expect(quota).toEqual({ id: 2, storage: -1, used: 36650 });
    await updateQuota(client, 2, 10 * 1024 ** 3);
    expect(replay.mutations()).toEqual(["PUT /api/v2.0/quotas/2"]);
  });

  it("of zero is refused before it is sent: Harbor would make a project with no limit of it", async () => {
    const { replay, client } = await replayed({ pool: [] });
    for (const storage of [0, -2, 1.5, Number.NaN]) {
      await expect(updateQuota(client, 2, storage)).rejects.toMatchObject({ code: "HARBOR_REQUEST_REFUSED" });
      const project = { name: "trusted4", metadata: {}, storageLimit: storage };
      await expect(createProject(client, project)).rejects.toMatchObject({ code: "HARBOR_REQUEST_REFUSED" });
    }
    expect(replay.requests).toEqual([]);
  });

  it("that is gone is not found; without limit is -1", async () => {
    const { client } = await replayed(["quota-update-missing", "quota-update-unlimited"]);
    await expect(updateQuota(client, 9999, 5)).rejects.toMatchObject({ code: "HARBOR_NOT_FOUND" });
    await updateQuota(client, 2, -1);
  });
});
