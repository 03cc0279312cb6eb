import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ManagedResource } from "../provider/managedResource";
import { connectionOf, expectRefused, newProcess, type Surroundings, surroundings } from "./resources";
import type { StoredRobot } from "./standInApi";
import { replayed } from "./support";

// The life of a robot: its login is tried before it is handed on, replaced without a gap, and never lost by a kill.

let said: string[];
beforeEach(() => {
  said = [];
  vi.spyOn(console, "log").mockImplementation((text: string) => void said.push(text));
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const PROJECT = "notation-project";
const DIRECTORY = "robots/signer";
const DAY_MS = 86_400_000;

async function manned() {
  const around = await surroundings();
  await (await around.resource("project")).up({ harbor: around.connection, projectName: PROJECT, public: false });
  around.harbor.mutations();
  return { around, robot: await around.resource("robot"), robots: around.harbor.store.robots };
}

function declared({ connection }: Pick<Surroundings, "connection">, how: object = {}) {
  return {
    harbor: connection,
    host: new URL(connection.url).host,
    project: PROJECT,
    robotName: "signer",
    permissions: "push",
    duration: -1,
    overlap: "7d",
    directory: DIRECTORY,
    ...how,
  };
}

/** What a client finds in the login's file. */
async function login({ home }: Pick<Surroundings, "home">, directory = DIRECTORY) {
  const file = path.join(home, directory, "docker/config.json");
  const { auths } = JSON.parse(await readFile(file, "utf8")) as { auths: Record<string, { auth: string }> };
  const [[host, { auth }] = ["", { auth: "" }]] = Object.entries(auths);
  const [, username, secret] = /^([^:]*):(.*)$/.exec(Buffer.from(auth, "base64").toString()) ?? [];
  return { host, username, secret, mode: (await stat(file)).mode & 0o777 };
}

async function expectLogin(around: Surroundings, robot: StoredRobot | undefined): Promise<void> {
  const username = robot && around.harbor.store.fullName(robot);
  expect(await login(around)).toEqual({ host: around.harbor.host, username, secret: robot?.secret, mode: 0o600 });
}

/** Times of this process only; sockets keep theirs. */
function at(ms: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: ms });
}

describe("A robot", () => {
  it("is made, tried, and written to a file of its owner's; a second `up` changes nothing", async () => {
    const { around, robot, robots } = await manned();
    expect(await robot.up(declared(around))).toBe("create");
    expect(around.harbor.mutations()).toEqual(["POST /robots"]);
    expect(robot.state).toMatchObject({
      robotId: robots[0]?.id,
      username: `robot$${PROJECT}+signer`,
      secret: robots[0]?.secret,
      expiresAt: "never",
      previous: [],
      unreadable: [],
    });
    await expectLogin(around, robots[0]);
    expect(await robot.up(declared(around))).toBe("same");
    expect(around.harbor.mutations()).toEqual([]);
  });

  it("may do what is declared, in any order", async () => {
    const { around, robot, robots } = await manned();
    const access = [
      { resource: "repository", action: "pull" },
      { resource: "artifact", action: "read" },
      { resource: "tag", action: "list" },
    ];
    const permissions = (of: typeof access) => [{ kind: "project", namespace: PROJECT, access: of }];
    await robot.up(declared(around, { permissions: permissions(access) }));
    expect(await robot.up(declared(around, { permissions: permissions([...access].reverse()) }))).toBe("same");
    expect(await robot.up(declared(around, { permissions: permissions([...access, ...access]) }))).toBe("same");
    expect(await robot.up(declared(around, { permissions: "pull" }))).toBe("update");
    expect(robots).toMatchObject([{ permissions: permissions(access.slice(0, 1)) }]);
    expect(robots[0]?.secret).toBe(robot.state.secret);
  });

  it.each([
    ["permissions", { permissions: [{ kind: "project", namespace: PROJECT, access: [] }] }, /permissions/],
    ["a switch", { disable: true }, /disabled/],
    ["an end", { duration: 30 }, /duration is 30 days, declared is without an end/],
    ["a description", { description: "mine" }, /description/],
  ])("shows and mends what somebody else has changed: %s", async (_, change, words) => {
    const { around, robot, robots } = await manned();
    await robot.up(declared(around, { description: "signs" }));
    const before = structuredClone(robots[0]);
    Object.assign(robots[0] ?? {}, change);
    expect(await robot.refresh()).toMatch(words);
    expect(await robot.up(declared(around, { description: "signs" }))).toBe("update");
    expect(around.harbor.mutations()).toEqual(["POST /robots", `PUT /robots/${before?.id}`]);
    expect(robots[0]).toMatchObject({ disable: false, duration: -1, secret: before?.secret });
    expect(robots[0]?.description).toMatch(/^signs/);
    expect(await robot.preview(declared(around, { description: "signs" }))).toBe("same");
  });

  it("gets another secret when somebody else has set one", async () => {
    const { around, robot, robots } = await manned();
    await robot.up(declared(around));
    Object.assign(robots[0] ?? {}, { secret: "Somebody-elses-1" });
    expect(await robot.refresh()).toMatch(/its secret is another one now/);
    expect(await robot.up(declared(around))).toBe("update");
    expect(robots[0]?.secret).not.toBe("Somebody-elses-1");
    await expectLogin(around, robots[0]);
    expect(await robot.preview(declared(around))).toBe("same");
  });

  it("has its file written again, by its new name when Harbor's prefix has changed", async () => {
    const { around, robot, robots } = await manned();
    await robot.up(declared(around));
    await writeFile(path.join(around.home, DIRECTORY, "docker/config.json"), "{}");
    expect(await robot.refresh()).toMatch(/edited by hand/);
    expect(await robot.up(declared(around))).toBe("update");
    await expectLogin(around, robots[0]);
    around.harbor.store.prefix = "bot-";
    expect(await robot.refresh()).toMatch(/logs in as bot-notation-project\+signer now/);
    expect(await robot.up(declared(around))).toBe("update");
    expect(robot.state.username).toBe("bot-notation-project+signer");
    await expectLogin(around, robots[0]);
    expect(around.harbor.mutations()).toEqual(["POST /robots"]);
    expect(await robot.preview(declared(around))).toBe("same");
  });

  it("moves its file to another folder", async () => {
    const { around, robot } = await manned();
    await robot.up(declared(around));
    expect(await robot.up(declared(around, { directory: "elsewhere" }))).toBe("update");
    expect(await login(around, "elsewhere")).toMatchObject({ secret: robot.state.secret });
    await expect(login(around)).rejects.toThrow(/ENOENT/);
  });

  it("has a folder of its own: another robot's login there is refused before anything happens", async () => {
    const { around, robot } = await manned();
    const handler = await around.handler("robot");
    robot.continueWith(handler);
    await robot.up(declared(around));
    around.harbor.mutations();
    const other = declared(around, { robotName: "puller", directory: `./${DIRECTORY}/` });
    expect((await handler.check({}, other)).failures).toMatchObject([{ property: "directory" }]);
    expect((await handler.check({}, { ...other, directory: "robots/puller" })).failures).toEqual([]);
    expect(await robot.up(declared(around))).toBe("same");
    expect(around.harbor.mutations()).toEqual([]);
  });

  it("leaves robots alone that have its id in a restored database, and is not disturbed by a project that is gone", async () => {
    const { around, robot, robots } = await manned();
    await robot.up(declared(around));
    await robot.up(declared(around, { rotation: "a" }));
    for (const live of robots) live.name = `foreign-${live.name}`;
    around.harbor.mutations();
    robot.continueWith(await around.handler("robot"));
    await robot.destroy();
    expect(around.harbor.mutations()).toEqual([]);
    await expect(login(around)).rejects.toThrow(/ENOENT/);

    await robot.up(declared(around));
    around.harbor.store.projects.length = 0;
    around.harbor.mutations();
    await robot.destroy();
    expect(around.harbor.mutations()).toEqual([]);
  });

  it("is made again when it is gone, and deleted with its file", async () => {
    const { around, robot, robots } = await manned();
    await robot.up(declared(around));
    robots.length = 0;
    expect(await robot.refresh()).toMatch(/is gone/);
    expect(await robot.up(declared(around))).toBe("update");
    await expectLogin(around, robots[0]);
    await robot.destroy();
    expect(robots).toEqual([]);
    await expect(login(around)).rejects.toThrow(/ENOENT/);
  });

  it("is another one under another name", async () => {
    const { around, robot, robots } = await manned();
    await robot.up(declared(around));
    expect(await robot.up(declared(around, { robotName: "puller" }))).toBe("replace");
    expect(robots.map(({ name }) => name)).toEqual(["puller"]);
    await expectLogin(around, robots[0]);
  });

  it.each([
    ["robotName", { robotName: "Signer" }],
    ["rotation", { rotation: "2026/11" }],
    ["duration", { duration: 0 }],
    ["overlap", { overlap: "a week" }],
    ["permissions", { permissions: [] }],
  ])("is refused before anything happens for a wrong %s", async (property, how) => {
    const { around } = await manned();
    const handler = await around.handler("robot");
    expect((await handler.check({}, declared(around, how))).failures).toMatchObject([{ property }]);
  });

  it("needs its project", async () => {
    const { around, robot } = await manned();
    await expectRefused(robot.up(declared(around, { project: "other" })), "OBJECT_MISSING", /other/);
  });
});

describe("A rotation", () => {
  it("makes a new robot, keeps the old one for the overlap, then removes it", async () => {
    const { around, robot, robots } = await manned();
    const start = Date.now();
    await robot.up(declared(around, { rotation: "a" }));
    const [old] = robots;
    around.harbor.mutations();
    expect(await robot.up(declared(around, { rotation: "b" }))).toBe("update");
    expect(robots.map(({ name }) => name)).toEqual(["signer-a", "signer-b"]);
    expect(around.harbor.mutations()).toEqual(["POST /robots"]);
    expect(robot.state.previous).toMatchObject([{ id: old?.id, name: "signer-a" }]);
    await expectLogin(around, robots[1]);
    expect(await robot.preview(declared(around, { rotation: "b" }))).toBe("same");

    at(start + 6.9 * DAY_MS);
    expect(await robot.preview(declared(around, { rotation: "b" }))).toBe("same");
    at(start + 7.1 * DAY_MS);
    expect(await robot.refresh()).toMatch(/signer-a was replaced.*removed/);
    expect(await robot.up(declared(around, { rotation: "b" }))).toBe("update");
    expect(robots.map(({ name }) => name)).toEqual(["signer-b"]);
    expect(robot.state.previous).toEqual([]);
    expect(await robot.preview(declared(around, { rotation: "b" }))).toBe("same");
  });

  it("may be the first word, and come faster than overlaps end; all are deleted with the resource", async () => {
    const { around, robot, robots } = await manned();
    await robot.up(declared(around));
    await robot.up(declared(around, { rotation: "a" }));
    await robot.up(declared(around, { rotation: "b" }));
    expect(robots.map(({ name }) => name)).toEqual(["signer", "signer-a", "signer-b"]);
    await expectRefused(robot.up(declared(around, { rotation: "a" })), "ROTATION_REUSED", /used once/);
    await robot.destroy();
    expect(robots).toEqual([]);
  });

  it("without an overlap removes the old robot when the new one works, and not before", async () => {
    const { around, robot, robots } = await manned();
    await robot.up(declared(around));
    around.harbor.fault = (request) => (request.startsWith("GET /users") && robots.length > 1 ? "refused" : undefined);
    await expectRefused(robot.up(declared(around, { rotation: "a", overlap: "0h" })), "HARBOR_UNREACHABLE");
    expect(robots).toHaveLength(2);
    around.harbor.fault = () => undefined;
    robot.continueWith(await around.handler("robot"));
    expect(await robot.up(declared(around, { rotation: "a", overlap: "0h" }))).toBe("update");
    expect(robots.map(({ name }) => name)).toEqual(["signer-a"]);
    await expectLogin(around, robots[0]);
  });

  it("removes at the overlap's end no robot that has the old one's id in a restored database", async () => {
    const { around, robot, robots } = await manned();
    await robot.up(declared(around));
    await robot.up(declared(around, { rotation: "a", overlap: "1h" }));
    Object.assign(robots[0] ?? {}, { name: "foreign" });
    at(Date.now() + DAY_MS);
    expect(await robot.up(declared(around, { rotation: "a", overlap: "1h" }))).toBe("update");
    expect(robot.state.previous).toEqual([]);
    expect(robots.map(({ name }) => name)).toEqual(["foreign", "signer-a"]);
  });

  it("takes no robot that somebody else has made", async () => {
    const { around, robot, robots } = await manned();
    await robot.up(declared(around, { adopt: true, lookAhead: true }));
    robots.push({ ...(structuredClone(robots[0]) as StoredRobot), id: 99, name: "signer-a" });
    await expectRefused(robot.up(declared(around, { rotation: "a", adopt: true, lookAhead: true })), "OBJECT_EXISTS");
  });
});

describe("A robot's end", () => {
  it("is spoken of a week before, without stopping anything", async () => {
    const { around, robot } = await manned();
    const start = Date.now();
    await robot.up(declared(around, { duration: 30 }));
    const made = Date.parse(String(robot.state.expiresAt)) - 30 * DAY_MS; // in Harbor's whole seconds, whenever it was asked
    expect(made).toBeGreaterThanOrEqual(Math.floor(start / 1000) * 1000);
    expect(made).toBeLessThanOrEqual(Date.now());
    at(start + 22 * DAY_MS);
    expect(await robot.preview(declared(around, { duration: 30 }))).toBe("same");
    at(start + 24 * DAY_MS);
    around.harbor.mutations();
    expect(await robot.up(declared(around, { duration: 30 }))).toBe("update");
    expect(said.join()).toMatch(/expires on .* declare another `rotation`/);
    expect(around.harbor.mutations()).toEqual([]);
  });

  it.each([1, 7, 14])("of %i days is spoken of in the last tenth of its life, not at every `up`", async (duration) => {
    const { around, robot } = await manned();
    const start = Date.now();
    await robot.up(declared(around, { duration }));
    expect(await robot.preview(declared(around, { duration }))).toBe("same");
    at(start + 0.89 * duration * DAY_MS);
    expect(await robot.preview(declared(around, { duration }))).toBe("same");
    at(start + 0.91 * duration * DAY_MS);
    expect(await robot.refresh()).toMatch(/expires on/);
  });

  it("is an error afterwards, until a rotation or a longer duration", async () => {
    const { around, robot, robots } = await manned();
    const start = Date.now();
    await robot.up(declared(around, { duration: 30 }));
    at(start + 31 * DAY_MS);
    await expectRefused(robot.up(declared(around, { duration: 30 })), "ROBOT_EXPIRED", /rotation/);
    expect(await robot.up(declared(around, { duration: 30, rotation: "a" }))).toBe("update");
    expect(robots).toHaveLength(2);
    await expectLogin(around, robots[1]);
  });
});

describe("A run that was killed while it made a robot", () => {
  it("is gone on with, with the secret that it had got", async () => {
    const { around, robots } = await manned();
    await (await around.resource("robot")).upThenKilled(declared(around));
    const secret = robots[0]?.secret;
    around.harbor.mutations();
    const robot = await around.resource("robot");
    expect(await robot.up(declared(around))).toBe("create");
    expect(around.harbor.mutations()).toEqual([]);
    expect(robot.state.secret).toBe(secret);
    await expectLogin(around, robots[0]);
  });

  it("is gone on with when the secret was never seen: the robot carries this stack's mark, and gets another one", async () => {
    const { around, robots } = await manned();
    let made = false;
    around.harbor.fault = (request) => {
      if (request === "POST /robots") made = true;
      return made ? (request.startsWith("POST") ? "lost" : "refused") : undefined;
    };
    await expectRefused((await around.resource("robot")).up(declared(around)), "HARBOR_UNREACHABLE");
    const unseen = robots[0]?.secret;
    around.harbor.fault = () => undefined;
    const robot = await around.resource("robot");
    expect(await robot.up(declared(around))).toBe("create");
    expect(robots).toHaveLength(1);
    expect(robots[0]?.secret).not.toBe(unseen);
    await expectLogin(around, robots[0]);
    expect(await robot.preview(declared(around))).toBe("same");
  });

  it("in the middle of a rotation is gone on with, and both robots serve", async () => {
    const { around, robot, robots } = await manned();
    await robot.up(declared(around));
    await robot.upThenKilled(declared(around, { rotation: "a" }));
    robot.continueWith(await around.handler("robot"));
    expect(await robot.up(declared(around, { rotation: "a" }))).toBe("update");
    expect(robots.map(({ name }) => name)).toEqual(["signer", "signer-a"]);
    expect(robot.state.previous).toMatchObject([{ name: "signer" }]);
    await expectLogin(around, robots[1]);
    expect(await robot.preview(declared(around, { rotation: "a" }))).toBe("same");
  });

  it("in the middle of a rotation that is taken back: the new robot is removed, and the old login written again", async () => {
    const { around, robot, robots } = await manned();
    await robot.up(declared(around));
    await robot.upThenKilled(declared(around, { rotation: "a" }));
    await expectLogin(around, robots[1]);
    robot.continueWith(await around.handler("robot"));
    expect(await robot.refresh()).toMatch(/robot signer-a was begun by a run that did not end/);
    expect(await robot.up(declared(around))).toBe("update");
    expect(robots.map(({ name }) => name)).toEqual(["signer"]);
    await expectLogin(around, robots[0]);
    expect(await robot.preview(declared(around))).toBe("same");
    expect(await robot.up(declared(around, { rotation: "a" }))).toBe("update"); // the word is free again
  });

  it("in the middle of a rotation, and of the next: only what is declared at last serves beside the old one", async () => {
    const { around, robot, robots } = await manned();
    await robot.up(declared(around));
    for (const rotation of ["a", "b"]) {
      await robot.upThenKilled(declared(around, { rotation })).catch(() => undefined);
      robot.continueWith(await around.handler("robot"));
    }
    expect(await robot.up(declared(around, { rotation: "c" }))).toBe("update");
    expect(robots.map(({ name }) => name)).toEqual(["signer", "signer-c"]);
    await expectLogin(around, robots[1]);
  });

  it("before the second of two rotations was done keeps in mind what the first has made", async () => {
    const { around, robot, robots } = await manned();
    await robot.up(declared(around));
    await robot.upThenKilled(declared(around, { rotation: "a" }));
    robot.continueWith(await around.handler("robot"));
    around.harbor.fault = (request) => (request.startsWith("DELETE") ? "refused" : undefined);
    await expectRefused(robot.up(declared(around, { rotation: "b" })), "HARBOR_UNREACHABLE");
    around.harbor.fault = () => undefined;
    expect(robots.map(({ name }) => name)).toEqual(["signer", "signer-a", "signer-b"]);
    robot.continueWith(await around.handler("robot"));
    expect(await robot.up(declared(around))).toBe("update");
    expect(robots.map(({ name }) => name)).toEqual(["signer"]);
  });

  it("does not remove a robot of the same name that somebody else has made since", async () => {
    const { around, robot, robots } = await manned();
    await robot.up(declared(around));
    await robot.upThenKilled(declared(around, { rotation: "a" }));
    Object.assign(robots[1] ?? {}, { id: 99, description: "[breakwater 0123456789abcdef]" });
    robot.continueWith(await around.handler("robot"));
    expect(await robot.up(declared(around))).toBe("update");
    expect(robots.map(({ name }) => name)).toEqual(["signer", "signer-a"]);
  });

  it("is gone on with under another word: the robot that it made for the first is removed, also by a deletion", async () => {
    const { around, robots } = await manned();
    await (await around.resource("robot")).upThenKilled(declared(around, { rotation: "a" }));
    const robot = await around.resource("robot");
    expect(await robot.up(declared(around, { rotation: "b" }))).toBe("create");
    expect(robots.map(({ name }) => name)).toEqual(["signer-b"]);
    await robot.upThenKilled(declared(around, { rotation: "c" }));
    robot.continueWith(await around.handler("robot"));
    await robot.destroy();
    expect(robots).toEqual([]);
  });

  it("leaves a journal that only its owner reads, and no longer than needed", async () => {
    const { around, robot } = await manned();
    await robot.up(declared(around));
    const journals = path.join(around.home, ".breakwater/harbor");
    const modes = (await readdir(journals)).map(async (name) => (await stat(path.join(journals, name))).mode & 0o777);
    expect(new Set(await Promise.all(modes))).toEqual(new Set([0o600]));
    await robot.refresh();
    const left = await Promise.all(
      (await readdir(journals)).map((name) => readFile(path.join(journals, name), "utf8")),
    );
    expect(left.join()).not.toContain(robot.state.secret);
  });

  it("does not let this stack take a robot whose mark is another one: its secret is not touched", async () => {
    const { around, robots } = await manned();
    await (await around.resource("robot")).upThenKilled(declared(around));
    Object.assign(robots[0] ?? {}, { id: 99, description: "[breakwater 0123456789abcdef]" });
    const secret = robots[0]?.secret;
    await expectRefused((await around.resource("robot")).up(declared(around)), "OBJECT_EXISTS", /adopt: true/);
    await rm(path.join(around.home, ".breakwater"), { recursive: true });
    await expectRefused((await around.resource("robot")).up(declared(around)), "OBJECT_EXISTS", /another `rotation`/);
    expect(robots[0]?.secret).toBe(secret);
    const robot = await around.resource("robot");
    expect(await robot.up(declared(around, { rotation: "a" }))).toBe("create");
    expect(robots.map(({ name }) => name)).toEqual(["signer", "signer-a"]);
    await expectLogin(around, robots[1]);
  });
});

describe("A robot that is there already, by the recordings of a real Harbor,", () => {
  const POOL = ["users-current-admin", "project-get-by-name", "robot-list-storedname-double-encoded"];

  it("is taken over without any change when it is as declared; its secret is listed as unreadable", async () => {
    const { replay } = await replayed({ pool: POOL });
    const robot = new ManagedResource(await newProcess("/nonexistent", "robot"));
    const inputs = declared({ connection: connectionOf(replay) }, { adopt: true, lookAhead: true });
    expect(await robot.up(inputs)).toBe("create");
    expect(robot.state).toMatchObject({ robotId: 1, username: `robot$${PROJECT}+signer`, unreadable: ["secret"] });
    expect(robot.state).not.toHaveProperty("secret");
    expect(await robot.up(inputs)).toBe("same");
    expect(replay.mutations()).toEqual([]);
  });

  it("is not taken over when something differs, and the preview says what", async () => {
    const { replay } = await replayed({ pool: POOL });
    const handler = await newProcess("/nonexistent", "robot");
    const inputs = declared(
      { connection: connectionOf(replay) },
      { adopt: true, lookAhead: true, permissions: "pull", duration: 90 },
    );
    const { failures } = await handler.check({}, inputs);
    expect(failures).toMatchObject([{ property: "adopt", reason: /permissions.*duration is without an end.*90 days/ }]);
    await expectRefused(handler.create(inputs), "OBJECT_DIFFERS");
    expect(replay.mutations()).toEqual([]);
  });

  it("gets a login of this stack's by a rotation, and serves others until the overlap is over", async () => {
    const { around, robot, robots } = await manned();
    around.harbor.store.answer({
      method: "POST",
      parts: ["robots"],
      query: new URLSearchParams(),
      byName: false,
      body: {
        name: "signer",
        duration: -1,
        level: "project",
        permissions: [{ kind: "project", namespace: PROJECT, access: [{ resource: "repository", action: "pull" }] }],
      },
    });
    const inputs = declared(around, { adopt: true, lookAhead: true, permissions: "pull" });
    expect(await robot.up(inputs)).toBe("create");
    expect(robot.state.unreadable).toEqual(["secret"]);
    expect(await robot.up({ ...inputs, rotation: "a" })).toBe("update");
    expect(robot.state).toMatchObject({ unreadable: [], previous: [{ name: "signer" }] });
    await expectLogin(around, robots[1]);
  });
});

describe("Another address", () => {
  it("is the same Harbor's when the login is accepted there", async () => {
    const { around, robot } = await manned();
    await robot.up(declared(around));
    around.harbor.mutations();
    const url = around.harbor.otherUrl;
    const moved = { ...around.connection, url };
    expect(await robot.up(declared({ connection: moved }))).toBe("update");
    expect(around.harbor.mutations()).toEqual([]);
    expect(await login(around)).toMatchObject({ host: new URL(url).host });
  });

  it("of another Harbor has other robots: none there is touched by an id of this one", async () => {
    const { around, robot, robots } = await manned();
    await robot.up(declared(around));
    await robot.up(declared(around, { rotation: "a" }));
    const other = await manned();
    const foreign = await other.around.resource("robot");
    await foreign.up(declared(other.around, { robotName: "foreign", directory: "foreign" }));
    const inputs = declared({ connection: other.around.connection }, { rotation: "a", overlap: "0h" });
    expect(await robot.up(inputs)).toBe("update");
    expect(other.robots.map(({ name }) => name)).toEqual(["foreign", "signer-a"]);
    expect(robots).toHaveLength(2);
    expect(robot.state.previous).toEqual([]);
  });
});
