import { describe, expect, it } from "vitest";
import { findProject } from "../../components/harbor/api/projects";
import { currentUser } from "../../components/harbor/api/users";
import { recordings } from "./recording";
import { startReplay } from "./replay";
import { clientOf, replayed } from "./support";

// The server of the other tests: what it must refuse, so that they can fail.

describe("The recordings", () => {
  it("are all there, each under the name of its file", () => {
    expect(recordings().size).toBe(466);
    expect([...recordings().values()].every(({ request, response }) => request.path && response.status)).toBe(true);
  });

  it("hold no secret: no login, no token, no private key", () => {
    const text = JSON.stringify([...recordings().values()]);
    expect(text).not.toMatch(/eyJ[\w-]{8,}\.|BEGIN [A-Z ]*KEY|Basic [A-Za-z0-9+/]{8,}=*"|Bearer [\w.-]{20,}"/);
    expect(text).not.toMatch(/"(secret|password|auth_header|token)":"(?!<redacted>|")/);
  });
});

describe("The replay", () => {
  it("answers with what was recorded", async () => {
    const { client } = await replayed();
    expect(await currentUser(client)).toEqual({ id: 1, username: "admin", administrator: true });
  });

  it("fails for a request that no recording knows, and names it", async () => {
    const replay = await startReplay();
    await expect(findProject(clientOf(replay), "of-nobody")).rejects.toMatchObject({ code: "HARBOR_REQUEST_REFUSED" });
    await expect(replay.stop()).rejects.toThrow("GET /api/v2.0/projects/of-nobody as admin");
  });

  it("fails for one that was answered in more than one way, until the test names which is meant", async () => {
    const replay = await startReplay();
    await expect(findProject(clientOf(replay), "notation-project")).rejects.toMatchObject({ status: 400 });
    await expect(replay.stop()).rejects.toThrow("project-get-missing");
  });

  it("fails for what of the sequence was not asked for", async () => {
    const replay = await startReplay({ sequence: ["project-get-by-name"] });
    await expect(replay.stop()).rejects.toThrow("nobody asked for project-get-by-name");
  });

  it("takes no other login and no other body for what was recorded", async () => {
    for (const login of [{ username: "someone" }, { password: "wrong" }]) {
      const replay = await startReplay({ pool: ["project-get-by-name", "users-current-admin"] });
      await expect(findProject(clientOf(replay, login), "notation-project")).rejects.toMatchObject({ status: 400 });
      await expect(replay.stop()).rejects.toThrow("in no recording");
    }
    const replay = await startReplay({ pool: ["project-create", "users-current-admin"] });
    const body = { project_name: "notation-project", metadata: { public: "true" }, storage_limit: -1 };
    const request = { method: "POST", path: "projects", what: "Creating a project", body } as const;
    await expect(clientOf(replay).send(request)).rejects.toMatchObject({ status: 400 });
    await expect(replay.stop()).rejects.toThrow("in no recording");
  });
});
