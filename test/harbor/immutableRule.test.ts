import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ManagedResource } from "../provider/managedResource";
import { connectionOf, expectRefused, newProcess, type Surroundings, surroundings } from "./resources";
import { replayed } from "./support";

// The life of a rule that keeps tags where they are.

beforeEach(() => void vi.spyOn(console, "log").mockImplementation(() => undefined));
afterEach(() => vi.restoreAllMocks());

const PROJECT = "notation-project";
const RULES = `/projects/${PROJECT}/immutabletagrules`;

async function ruled() {
  const around = await surroundings();
  await (await around.resource("project")).up({ harbor: around.connection, projectName: PROJECT, public: false });
  around.harbor.mutations();
  return { around, rule: await around.resource("immutableRule"), rules: around.harbor.store.rules };
}

function declared({ connection }: Pick<Surroundings, "connection">, how: object = {}) {
  return { harbor: connection, project: PROJECT, tags: "v*", repositories: "**", disabled: false, ...how };
}

function tagsOf(rules: readonly { tag_selectors: unknown }[]) {
  return rules.map((rule) => (rule.tag_selectors as { decoration: string; pattern: string }[])[0]);
}

describe("An immutable tag rule", () => {
  it("is made as declared, and a second `up` changes nothing", async () => {
    const { around, rule, rules } = await ruled();
    expect(await rule.up(declared(around))).toBe("create");
    expect(rules).toHaveLength(1);
    expect(rule.state.ruleId).toBe(rules[0]?.id);
    expect(around.harbor.mutations()).toEqual([`POST ${RULES}`]);
    expect(await rule.up(declared(around))).toBe("same"); // Harbor leaves `disabled` out when it is false
    expect(around.harbor.mutations()).toEqual([]);
  });

  it("may name what it leaves out", async () => {
    const { around, rule, rules } = await ruled();
    await rule.up(declared(around, { tags: { except: "latest" }, repositories: { except: "tmp/**" } }));
    expect(tagsOf(rules)).toMatchObject([{ decoration: "excludes", pattern: "latest" }]);
    expect(rules[0]?.scope_selectors).toMatchObject({
      repository: [{ decoration: "repoExcludes", pattern: "tmp/**" }],
    });
  });

  it("changes selectors and its switch in requests of their own", async () => {
    const { around, rule, rules } = await ruled();
    await rule.up(declared(around));
    around.harbor.mutations();
    expect(await rule.up(declared(around, { tags: "release-*", disabled: true }))).toBe("update");
    expect(around.harbor.mutations()).toHaveLength(2);
    expect(rules).toMatchObject([{ disabled: true }]);
    expect(tagsOf(rules)).toMatchObject([{ pattern: "release-*" }]);
    expect(await rule.up(declared(around, { tags: "release-*", disabled: true }))).toBe("same");
  });

  it("shows and mends what somebody else has changed", async () => {
    const { around, rule, rules } = await ruled();
    await rule.up(declared(around));
    Object.assign(rules[0] ?? {}, { disabled: true });
    expect(await rule.refresh()).toMatch(/switched off/);
    expect(await rule.up(declared(around))).toBe("update");
    expect(rules).toMatchObject([{ disabled: false }]);
    Object.assign(rules[0] ?? {}, { tag_selectors: [{ kind: "doublestar", decoration: "matches", pattern: "x" }] });
    expect(await rule.refresh()).toMatch(/other tags/);
    expect(await rule.up(declared(around))).toBe("update");
    expect(tagsOf(rules)).toMatchObject([{ pattern: "v*" }]);
  });

  it("is made again when it is gone, and deleted with its resource, also when it is gone", async () => {
    const { around, rule, rules } = await ruled();
    await rule.up(declared(around));
    rules.length = 0;
    expect(await rule.refresh()).toMatch(/is gone/);
    expect(await rule.up(declared(around))).toBe("update");
    expect(rules).toHaveLength(1);
    await rule.destroy();
    expect(rules).toEqual([]);
    await rule.up(declared(around));
    rules.length = 0;
    await rule.destroy();
  });

  it("does not delete what has its id in a restored database, and says so; nothing when its project is gone", async () => {
    const { around, rule, rules } = await ruled();
    await rule.up(declared(around));
    const said = vi.spyOn(console, "log");
    Object.assign(rules[0] ?? {}, { tag_selectors: [{ kind: "doublestar", decoration: "matches", pattern: "x" }] });
    around.harbor.mutations();
    await rule.destroy();
    expect(said.mock.calls.join()).toMatch(/left alone/);

    await rule.up(declared(around));
    around.harbor.store.projects.length = 0;
    await rule.destroy();
    expect(around.harbor.mutations()).toEqual([`POST ${RULES}`]);
  });

  it("is not disturbed by a rule without selectors, which Harbor makes for whoever asks", async () => {
    const { around, rule, rules } = await ruled();
    rules.push({ id: 9, project: PROJECT, disabled: false, tag_selectors: null, scope_selectors: undefined });
    expect(await rule.up(declared(around))).toBe("create");
    expect(await rule.preview(declared(around))).toBe("same");
  });

  it("that is there already is refused without `adopt`", async () => {
    const { around, rule } = await ruled();
    const handler = await around.handler("immutableRule");
    await new ManagedResource(handler).up(declared(around));
    around.harbor.mutations();
    await expectRefused(new ManagedResource(handler).up(declared(around)), "OBJECT_EXISTS", /adopt: true/);
    expect(await rule.up(declared(around, { adopt: true, lookAhead: true }))).toBe("create");
    expect(around.harbor.mutations()).toEqual([]);
  });

  it("is gone on with after a run that was killed", async () => {
    const { around, rules } = await ruled();
    await (await around.resource("immutableRule")).upThenKilled(declared(around));
    const rule = await around.resource("immutableRule");
    expect(await rule.up(declared(around))).toBe("create");
    expect(rules).toHaveLength(1);
    expect(await rule.preview(declared(around))).toBe("same");
  });

  it("selects something", async () => {
    const { around } = await ruled();
    const { failures } = await (await around.handler("immutableRule")).check({}, declared(around, { tags: "" }));
    expect(failures).toMatchObject([{ property: "tags" }]);
  });
});

describe("By the recordings of a real Harbor, a rule", () => {
  const made = async (how: object, ...pool: string[]) => {
    const { replay } = await replayed({ pool: ["users-current-admin", ...pool] });
    const handler = await newProcess("/nonexistent", "immutableRule");
    return { replay, handler, inputs: declared({ connection: connectionOf(replay) }, how) };
  };

  it("is taken over without any change when it is as declared", async () => {
    const { replay, handler, inputs } = await made({ adopt: true, lookAhead: true }, "immutable-list");
    const rule = new ManagedResource(handler);
    expect(await rule.up(inputs)).toBe("create");
    expect(rule.state).toMatchObject({ ruleId: 1 });
    expect(await rule.up(inputs)).toBe("same");
    expect(replay.mutations()).toEqual([]);
  });

  it("is not taken over when something differs, and the preview says what", async () => {
    const { replay, handler, inputs } = await made(
      { adopt: true, lookAhead: true, tags: "release-*" },
      "immutable-list-after-disable",
    );
    expect((await handler.check({}, inputs)).failures).toMatchObject([{ property: "adopt", reason: /switched off/ }]);
    await expectRefused(handler.create(inputs), "OBJECT_DIFFERS");
    expect(replay.mutations()).toEqual([]);
  });
});
