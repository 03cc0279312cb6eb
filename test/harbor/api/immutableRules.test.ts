import { describe, expect, it } from "vitest";
import {
  createImmutableRule,
  deleteImmutableRule,
  listImmutableRules,
  sameSelectors,
  updateImmutableRule,
} from "../../../components/harbor/api/immutableRules";
import { replayed } from "../support";

const NAME = "notation-project";

function rule(pattern: string, disabled = false) {
  return {
    disabled,
    tags: [{ decoration: "matches", pattern }],
    repositories: [{ decoration: "repoMatches", pattern: "**" }],
  };
}

describe("An immutable tag rule", () => {
  it("is made, and found in the list: there is no single one to read", async () => {
    const { client } = await replayed(["immutable-create", "immutable-list"]);
    expect(await createImmutableRule(client, NAME, rule("v*"))).toBe(1);
    // Harbor leaves a false `disabled` out.
    expect(await listImmutableRules(client, NAME)).toEqual([{ id: 1, ...rule("v*") }]);
  });

  it("that exists is a conflict", async () => {
    const { client } = await replayed(["immutable-create-duplicate"]);
    await expect(createImmutableRule(client, NAME, rule("v*"))).rejects.toMatchObject({ code: "HARBOR_CONFLICT" });
  });

  it("changes its selectors with `disabled` as it is", async () => {
    const { replay, client } = await replayed(["immutable-list", "immutable-update", "immutable-list-with-empty-rule"]);
    await updateImmutableRule(client, NAME, { id: 1, ...rule("release-*") });
    expect(replay.mutations()).toHaveLength(1);
  });

  it("changes selectors and `disabled` in two requests, since Harbor ignores the selectors in one that changes both", async () => {
    const { replay, client } = await replayed({
      sequence: [
        "immutable-list-with-empty-rule",
        "immutable-update-selectors-same-disabled",
        "immutable-update-disable",
      ],
    });
    // What the recorded Harbor has at the end of the one request: the selectors from before.
    replay.expect("immutable-list-after-disable");
    const change = updateImmutableRule(client, NAME, { id: 1, ...rule("v*", true) });
    await expect(change).rejects.toMatchObject({ code: "RULE_NOT_KEPT" });
    expect(replay.mutations()).toHaveLength(2);
  });

  it("changes nothing without need", async () => {
    const { replay, client } = await replayed({ pool: ["users-current-admin", "immutable-list"] });
    await updateImmutableRule(client, NAME, { id: 1, ...rule("v*") });
    expect(replay.mutations()).toEqual([]);
  });

  it("that is gone is not found when it is changed, and no error when it is deleted", async () => {
    const { client } = await replayed(["immutable-list", "immutable-delete-empty-rule", "immutable-delete-again"]);
    await expect(updateImmutableRule(client, NAME, { id: 3, ...rule("v*") })).rejects.toMatchObject({
      code: "HARBOR_NOT_FOUND",
    });
    await deleteImmutableRule(client, NAME, 3);
    await deleteImmutableRule(client, NAME, 3);
  });

  it("without selectors, which Harbor makes of nothing, is read as one", async () => {
    const { client } = await replayed(["immutable-list-with-empty-rule"]);
    const rules = await listImmutableRules(client, NAME);
    expect(rules[1]).toEqual({ id: 3, disabled: false, tags: [], repositories: [] });
  });

  it("has the same selectors in any order", () => {
    const [a, b] = [rule("a"), rule("b")];
    const both = { ...a, tags: [...a.tags, ...b.tags] };
    expect(sameSelectors(both, { ...a, tags: [...b.tags, ...a.tags] })).toBe(true);
    expect(sameSelectors(both, a)).toBe(false);
    expect(sameSelectors(a, { ...a, repositories: [] })).toBe(false);
  });
});
