import { inspect } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { HarborClient } from "../../../components/harbor/api/client";
import { findProject } from "../../../components/harbor/api/projects";
import { currentUser } from "../../../components/harbor/api/users";
import { RIGHT_PASSWORD } from "../recording";
import { clientOf, replayed } from "../support";
import { recordedAnswer, startFake } from "./fake";

// A wrong password, which Harbor answers with 200 in places, and locks the user for.

const WRONG = "not-the-Passw0rd";
const SYSTEM_INFO = { method: "GET", path: "systeminfo", what: "Reading Harbor's version" } as const;

describe("A wrong password", () => {
  it("is found out before anything that Harbor would answer as to nobody", async () => {
    const { replay, client } = await replayed(
      { locks: true, pool: ["wrong-password", "wrong-password-systeminfo"] },
      { password: WRONG },
    );
    await expect(client.send(SYSTEM_INFO)).rejects.toMatchObject({ code: "HARBOR_UNAUTHORIZED", status: 401 });
    expect(replay.requests.map(({ path }) => path)).toEqual(["/api/v2.0/users/current"]);
  });

  it("is sent once by many at a time: all share one failure, and the user is not locked again and again", async () => {
    const { replay } = await replayed({ locks: true, pool: ["wrong-password"] });
    const clients = Array.from({ length: 20 }, () => clientOf(replay, { password: WRONG }));
    const results = await Promise.allSettled(
      clients.flatMap((client) => [findProject(client, "a"), currentUser(client), client.send(SYSTEM_INFO)]),
    );
    expect(
      results.every((result) => result.status === "rejected" && result.reason.code === "HARBOR_UNAUTHORIZED"),
    ).toBe(true);
    expect(replay.requests).toHaveLength(1);
    expect(replay.mostAtOnce).toBe(1);
  });

  it("keeps the right one waiting until the lock is over, and no longer", async () => {
    const { replay } = await replayed({ locks: true, pool: ["wrong-password", "users-current-admin"] });
    await expect(currentUser(clientOf(replay, { password: WRONG }))).rejects.toMatchObject({
      code: "HARBOR_UNAUTHORIZED",
    });
    const started = performance.now();
    expect(await currentUser(clientOf(replay))).toMatchObject({ username: "admin", administrator: true, id: 1 });
    expect(performance.now() - started).toBeGreaterThan(1_000);
    expect(replay.requests.map(({ password }) => password)).toEqual([WRONG, RIGHT_PASSWORD, RIGHT_PASSWORD]);
  });

  it("is in no error, and in nothing that is printed of the client", async () => {
    const { client } = await replayed({ locks: true, pool: ["wrong-password"] }, { password: WRONG });
    const error = await findProject(client, "a").catch((reason: unknown) => reason);
    const printed = inspect([error, client], { depth: 20, showHidden: true }) + JSON.stringify([error, client]);
    expect(printed).toContain("HARBOR_UNAUTHORIZED");
    expect(printed).not.toContain(WRONG);
    expect(printed).not.toContain(Buffer.from(`admin:${WRONG}`).toString("base64"));
  });
});

describe("The right password", () => {
  it("is asked about once by a client, however many requests it sends at once", async () => {
    const { replay, client } = await replayed({ pool: ["users-current-admin", "project-get-by-id"] });
    await Promise.all(
      Array.from({ length: 10 }, () => client.send({ method: "GET", path: "projects/2", what: "Reading" })),
    );
    expect(replay.requests.filter(({ path }) => path.endsWith("/users/current"))).toHaveLength(1);
  });

  it("is accepted when somebody else locked the user just then", async () => {
    const answers = [
      recordedAnswer("login-correct-password-while-locked"),
      { body: { user_id: 1, username: "admin", sysadmin_flag: true } },
    ];
    const fake = await startFake(({ before }) => answers[Math.min(before, 1)] ?? {});
    onTestFinished(() => fake.stop());
    const started = performance.now();
    expect(await currentUser(new HarborClient(fake.login))).toMatchObject({ id: 1 });
    expect(performance.now() - started).toBeGreaterThan(1_900);
  });

  it("that is refused in the middle of the work is asked about again, and the work goes on", async () => {
    const locked = { status: 401, body: { errors: [{ code: "UNAUTHORIZED", message: "unauthorized" }] } };
    const user = { user_id: 1, username: "admin" };
    const answers = [{ body: user }, locked, { body: user }];
    const fake = await startFake(({ method }) => answers.shift() ?? (method === "POST" ? { status: 201 } : {}));
    onTestFinished(() => fake.stop());
    const create = { method: "POST", path: "projects", body: { project_name: "a" }, what: "Creating a" } as const;
    await new HarborClient(fake.login).send(create);
    expect(fake.asked).toEqual([
      "GET /api/v2.0/users/current",
      "POST /api/v2.0/projects",
      "GET /api/v2.0/users/current",
      "POST /api/v2.0/projects",
    ]);
  });

  it("may be a robot's, whom Harbor answers 412 as it is no user", async () => {
    const robot = { username: "robot$notation-project+auditor" };
    const fake = await startFake(({ path }) =>
      path.endsWith("/users/current")
        ? { status: 412, body: { errors: [{ code: "PRECONDITION", message: "get current user not available" }] } }
        : { body: { project_id: 2, name: "notation-project", metadata: {}, repo_count: 0 } },
    );
    onTestFinished(() => fake.stop());
    const client = new HarborClient({ ...fake.login, ...robot });
    expect(await findProject(client, "notation-project")).toMatchObject({ id: 2 });
    expect(await currentUser(client)).toBeUndefined();
  });

  it("of a robot with push and pull only has no right to the API, and that is not called missing", async () => {
    const { client } = await replayed(
      { pool: ["robot-api-users-current", "robot-api-project-get"] },
      { username: "robot$notation-project+signer" },
    );
    await expect(findProject(client, "notation-project")).rejects.toMatchObject({ code: "HARBOR_FORBIDDEN" });
  });
});

describe("Cookies", () => {
  it("are never sent back, though every answer sets one: Harbor would refuse the write", async () => {
    const { replay, client } = await replayed(["project-get-by-name", "basic-auth-post-no-csrf"]);
    await findProject(client, "notation-project");
    const request = { method: "POST", path: "projects", body: { project_name: "csrf1" }, what: "Creating" } as const;
    expect((await client.send(request)).header("set-cookie")).toContain("sid=");
    expect(replay.requests.every(({ headers }) => headers.cookie === undefined)).toBe(true);
  });

  it("sent back are what the recorded Harbor refuses", async () => {
    const { client } = await replayed({ pool: ["users-current-admin", "basic-auth-post-stale-sid-cookie"] });
    const headers = { cookie: "sid=0" };
    const request = {
      method: "POST",
      path: "projects",
      body: { project_name: "csrf2" },
      headers,
      what: "Creating",
    } as const;
    await expect(client.send(request)).rejects.toMatchObject({ code: "HARBOR_FORBIDDEN" });
  });
});
