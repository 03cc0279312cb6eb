import { describe, expect, it, onTestFinished } from "vitest";
import { HarborClient } from "../../../components/harbor/api/client";
import {
  createRobot,
  deleteRobot,
  findRobot,
  type Robot,
  refreshSecret,
  updateRobot,
} from "../../../components/harbor/api/robots";
import { type RobotPermission, samePermissions } from "../../../components/harbor/api/robotPermissions";
import { replayed } from "../support";
import { knownUser, startFake } from "./fake";

const project = { id: 2, name: "notation-project" };
const description = "test robot";

function may(...access: [resource: string, action: string][]): RobotPermission[] {
  return [
    { kind: "project", namespace: project.name, access: access.map(([resource, action]) => ({ resource, action })) },
  ];
}

const ownSecret: Robot = {
  id: 5,
  name: "ownsecret",
  fullName: "robot$notation-project+ownsecret",
  level: "project",
  disabled: false,
  expiresAt: -1,
  duration: -1,
  description: "changed",
  permissions: may(["repository", "pull"]),
};

describe("A robot", () => {
  it("is found by its exact name: the `+` must be encoded twice", async () => {
    const { client } = await replayed(["robot-list-storedname-double-encoded"]);
    expect(await findRobot(client, { project, name: "signer" })).toEqual({
      ...ownSecret,
      id: 1,
      name: "signer",
      fullName: "robot$notation-project+signer",
      description,
      permissions: may(["repository", "push"], ["repository", "pull"]),
    });
  });

  it("is made with a secret that Harbor thinks up, and its full name", async () => {
    const { client } = await replayed(["robot-create-signer"]);
    const permissions = may(["repository", "push"], ["repository", "pull"]);
    const created = await createRobot(client, { project, name: "signer", description, duration: -1, permissions });
    expect(created).toEqual({ id: 1, fullName: "robot$notation-project+signer", secret: "<redacted>" });
  });

  it("that exists is a conflict", async () => {
    const { client } = await replayed(["robot-create-duplicate"]);
    const permissions = may(["repository", "push"], ["repository", "pull"]);
    const again = createRobot(client, { project, name: "signer", description, duration: -1, permissions });
    await expect(again).rejects.toMatchObject({ code: "HARBOR_CONFLICT" });
  });

  it("needs a duration, and days above zero: Harbor's 0 is none", async () => {
    const { replay, client } = await replayed({ pool: [] });
    const robot = { project, name: "dur0", permissions: may(["repository", "pull"]) };
    for (const duration of [0, -2, 0.5]) {
      await expect(createRobot(client, { ...robot, duration })).rejects.toMatchObject({
        code: "HARBOR_REQUEST_REFUSED",
      });
    }
    expect(replay.requests).toEqual([]);
  });

  it("with a name or a permission that Harbor does not know is refused in Harbor's words", async () => {
    const { client } = await replayed(["robot-create-uppercase-name"]);
    const robot = { project, name: "Signer2", description, duration: -1, permissions: may(["repository", "pull"]) };
    await expect(createRobot(client, robot)).rejects.toMatchObject({
      code: "HARBOR_REQUEST_REFUSED",
      harborErrors: [{ message: "robot name is not in lower case or contains illegal characters" }],
    });
  });

  it("is changed under its full name, with all that stays", async () => {
    const { client } = await replayed([
      "robot-put-permissions",
      "robot-put-duration-change",
      "robot-put-disable",
      "robot-put-description",
    ]);
    const more = may(["repository", "pull"], ["repository", "push"], ["artifact", "read"], ["tag", "list"]);
    await updateRobot(client, ownSecret, { permissions: more });
    await updateRobot(client, ownSecret, { duration: 30 });
    await updateRobot(client, ownSecret, { disabled: true });
    await updateRobot(client, { ...ownSecret, description: "test robot" }, { description: "changed" });
  });

  it("can't be renamed", async () => {
    const { client } = await replayed(["robot-put-shortname"]);
    const renamed = { ...ownSecret, fullName: "ownsecret" };
    await expect(updateRobot(client, renamed, {})).rejects.toMatchObject({ code: "HARBOR_REQUEST_REFUSED" });
  });

  it("that is gone is not found when it is changed, and no error when it is deleted", async () => {
    const { client } = await replayed(["robot-put-missing", "robot-delete", "robot-delete-missing"]);
    await expect(updateRobot(client, { ...ownSecret, id: 9999 }, {})).rejects.toMatchObject({
      code: "HARBOR_NOT_FOUND",
    });
    await deleteRobot(client, 5);
    await deleteRobot(client, 5);
  });

  it("gets another secret: one of its own, or one that Harbor thinks up", async () => {
    const { client } = await replayed(["robot-patch-secret-set", "robot-patch-secret-generate"]);
    expect(await refreshSecret(client, 5, "Own-Secret-1")).toBe("Own-Secret-1");
    expect(await refreshSecret(client, 5)).toBe("<redacted>");
  });

  it("gets no secret that is too weak; what was tried is not in the error", async () => {
    const { client } = await replayed(["robot-patch-secret-weak"]);
    const refused = await refreshSecret(client, 5, "weak-secret").catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "HARBOR_REQUEST_REFUSED" });
    expect(String(refused)).not.toContain("weak-secret");
  });

  it("has another full name as soon as Harbor's prefix changes, and is the same robot", async () => {
    const { client } = await replayed(["robot-get-after-prefix-change"]);
    const { body } = await client.send({ method: "GET", path: "robots/1", what: "Reading" });
    expect(JSON.parse(String(body)).name).toBe("bot-notation-project+signer");
  });
});

describe("A robot that was recorded under no exact name", () => {
  async function answering(robots: object[]) {
    const shown = { level: "system", duration: -1, expires_at: -1, permissions: null };
    const fake = await startFake(
      (asked) => knownUser(asked) ?? { body: robots.map((robot) => ({ ...shown, ...robot })) },
    );
    onTestFinished(() => fake.stop());
    return { fake, client: new HarborClient(fake.login) };
  }

  it("is found in the whole system by its stored name, whatever the prefix", async () => {
    const { client, fake } = await answering([{ id: 7, name: "bot-sys1" }]);
    expect(await findRobot(client, { project: undefined, name: "sys1" })).toMatchObject({ id: 7, name: "sys1" });
    expect(fake.asked[1]).toBe("GET /api/v2.0/robots?q=name%3Dsys1&page=1&page_size=100");
  });

  it("is found in its project under another prefix", async () => {
    const { client } = await answering([{ id: 1, name: "bot-notation-project+signer", level: "project" }]);
    const found = await findRobot(client, { project, name: "signer" });
    expect(found).toMatchObject({ id: 1, name: "signer", fullName: "bot-notation-project+signer" });
  });

  it("is not taken for another one that Harbor's search finds as well", async () => {
    const { client } = await answering([{ id: 1, name: "robot$notation-project+signer2", level: "project" }]);
    expect(await findRobot(client, { project, name: "signer" })).toBeUndefined();
  });
});

describe("Permissions", () => {
  it("are the same in another order, or in other portions", () => {
    const some = may(["repository", "push"], ["repository", "pull"]);
    expect(samePermissions(some, may(["repository", "pull"], ["repository", "push"]))).toBe(true);
    expect(samePermissions(some, [...may(["repository", "pull"]), ...may(["repository", "push"])])).toBe(true);
  });

  it("differ by one action, one resource, one place", () => {
    const some = may(["repository", "push"], ["repository", "pull"]);
    expect(samePermissions(some, may(["repository", "push"]))).toBe(false);
    expect(samePermissions(may(["repository", "push"]), some)).toBe(false);
    expect(samePermissions(some, may(["repository", "push"], ["artifact", "pull"]))).toBe(false);
    expect(samePermissions(some, [{ ...some[0], namespace: "*" } as RobotPermission])).toBe(false);
  });
});
