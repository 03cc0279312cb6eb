import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BreakwaterError } from "../../components/errors";
import { type Observation, PropertyError, type ResourceDefinition } from "../../components/provider/definition";
import { toHandler } from "../../components/provider/handler";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const PROVIDER = { __provider: "exports.handler = …" };

interface Inputs {
  name: string;
  size?: number;
  hint?: string;
}
interface Outputs {
  serial: number;
}
type Definition = ResourceDefinition<Inputs, Outputs>;

class ShelfError extends BreakwaterError<"SHELF_FULL"> {}

let said: string[];
beforeEach(() => {
  said = [];
  vi.spyOn(console, "log").mockImplementation((text: string) => void said.push(text));
});
afterEach(() => vi.restoreAllMocks());

function handlerOf(parts: Partial<Definition> = {}) {
  return toHandler<Inputs, Outputs>({
    compared: ["name", "size"],
    replaceOn: ["name"],
    create: async ({ name }) => ({ id: name, outputs: { serial: 1 } }),
    observe: async () => ({ drift: "" }),
    update: async ({ serial }) => ({ serial: serial + 1 }),
    delete: async () => undefined,
    ...parts,
  });
}
const observing = (observation: Observation<Outputs>) => ({ observe: async () => observation });
const state = { name: "a", size: 1, serial: 1, drift: "" };

describe("check", () => {
  it("gives the inputs as they are, without the provider's text, when the definition has none", async () => {
    const { inputs, failures } = await handlerOf().check({}, { name: "a", ...PROVIDER });
    expect(inputs).toStrictEqual({ name: "a" });
    expect(failures).toEqual([]);
  });

  it("lets the definition complete the inputs, by the old ones", async () => {
    const handler = handlerOf({ check: async (news, olds) => ({ ...news, size: olds.size ?? 7 }) });
    expect((await handler.check({ size: 3, ...PROVIDER }, { name: "a" })).inputs).toStrictEqual({ name: "a", size: 3 });
    expect((await handler.check({}, { name: "a" })).inputs).toStrictEqual({ name: "a", size: 7 });
  });

  it("turns a PropertyError into a failure of that property", async () => {
    const check = async () => {
      throw new PropertyError("size", "too large");
    };
    const checked = await handlerOf({ check }).check({}, { name: "a", size: 9, ...PROVIDER });
    expect(checked).toStrictEqual({
      inputs: { name: "a", size: 9 },
      failures: [{ property: "size", reason: "too large" }],
    });
  });

  it("has the code of what is behind a PropertyError", async () => {
    const check = async () => {
      throw new PropertyError("size", "too large", { cause: new ShelfError("SHELF_FULL", "no room") });
    };
    const { failures } = await handlerOf({ check }).check({}, { name: "a", size: 9 });
    expect(failures).toEqual([{ property: "size", reason: "too large [SHELF_FULL]" }]);
  });

  it.each([
    ["an object", { url: "https://user:password@host" }],
    ["a long list", Array.from({ length: 100 }, () => "content")],
    ["a whole file", "content".repeat(100)],
  ])("names no property to the engine, which would print all of it, whose value is %s", async (_, size) => {
    const check = async () => {
      throw new PropertyError("size", "too large");
    };
    const { failures } = await handlerOf({ check }).check({}, { name: "a", size });
    expect(failures).toEqual([{ property: "", reason: "size: too large" }]);
  });

  it("fails with the code of any other error", async () => {
    const check = async () => {
      throw new ShelfError("SHELF_FULL", "no room");
    };
    await expect(handlerOf({ check }).check({}, { name: "a" })).rejects.toThrow(/\[SHELF_FULL\]$/);
  });
});

describe("diff", () => {
  const diff = (news: object, olds: object = state, parts: Partial<Definition> = {}) =>
    handlerOf(parts).diff("a", { ...olds, ...PROVIDER }, { ...news, __provider: "another text" });

  it("sees no change in the same inputs, a hint, or the provider's text", async () => {
    expect(await diff({ name: "a", size: 1, hint: "new" })).toEqual({ changes: false, replaces: [] });
    expect(said).toEqual([]);
  });

  it("sees an input that changed, appeared or disappeared", async () => {
    expect(await diff({ name: "a", size: 2 })).toEqual({ changes: true, replaces: [] });
    expect(await diff({ name: "a", size: 1 }, { name: "a", serial: 1 })).toEqual({ changes: true, replaces: [] });
    expect(await diff({ name: "a" })).toEqual({ changes: true, replaces: [] });
  });

  it("replaces for what can't be changed in place", async () => {
    expect(await diff({ name: "b", size: 1 })).toEqual({ changes: true, replaces: ["name"] });
  });

  it("takes a value that is not known yet for a change, even if the old one looked the same", async () => {
    expect(await diff({ name: "a", size: UNKNOWN })).toEqual({ changes: true, replaces: [] });
    expect(await diff({ name: UNKNOWN, size: 1 }, { ...state, name: UNKNOWN })).toEqual({
      changes: true,
      replaces: ["name"],
    });
  });

  it("turns drift that was read into an update and says it", async () => {
    const olds = { ...state, drift: "the file is missing" };
    expect(await diff({ name: "a", size: 1 }, olds)).toEqual({ changes: true, replaces: [] });
    expect(said).toEqual([expect.stringContaining("the file is missing")]);
  });

  it("does not observe unless it is told to", async () => {
    const parts = observing({ drift: "gone" });
    expect((await diff({ name: "a", size: 1 }, state, parts)).changes).toBe(false);
    expect((await diff({ name: "a", size: 1 }, state, { ...parts, observeInDiff: true })).changes).toBe(true);
    expect(said).toEqual([expect.stringContaining("gone")]);
  });

  it("observes a gate under the new inputs, but not while one is unknown", async () => {
    const seen: unknown[] = [];
    const gate: Partial<Definition> = {
      observeInDiff: true,
      observe: async (value) => {
        seen.push(value);
        return { drift: "" };
      },
    };
    await diff({ name: "a", size: 2 }, state, gate);
    expect(seen).toMatchObject([{ name: "a", size: 2, serial: 1 }]);
    expect(seen[0]).not.toHaveProperty("__provider");
    expect(await diff({ name: "a", size: UNKNOWN }, state, gate)).toMatchObject({ changes: true });
    expect(seen).toHaveLength(1);
  });

  it("takes a gate that can't be observed for drift", async () => {
    const observe = async () => {
      throw new Error("unreachable");
    };
    expect(await diff({ name: "a", size: 1 }, state, { observe, observeInDiff: true })).toMatchObject({
      changes: true,
    });
  });

  it("replaces, saying why, when the definition has a reason", async () => {
    const parts = { replaceBecause: ({ serial }: Inputs & Outputs) => (serial === 1 ? "expired" : undefined) };
    expect(await diff({ name: "a", size: 1 }, state, parts)).toEqual({ changes: true, replaces: ["drift"] });
    expect(said).toEqual([expect.stringContaining("expired")]);
    const renewed = { ...state, serial: 2 };
    expect(await diff({ name: "a", size: 1 }, renewed, parts)).toEqual({ changes: false, replaces: [] });
  });
});

describe("read", () => {
  it("keeps the state, the provider's text too, and adds what was observed afresh", async () => {
    const handler = handlerOf(observing({ drift: "moved", outputs: { serial: 5 } }));
    expect(await handler.read("a", { ...state, ...PROVIDER })).toStrictEqual({
      id: "a",
      props: { ...state, ...PROVIDER, serial: 5, drift: "moved" },
    });
  });

  it("clears the drift of an earlier read", async () => {
    expect((await handlerOf().read("a", { ...state, drift: "old news" })).props.drift).toBe("");
  });

  it("never throws: what can't be observed is an observation", async () => {
    const observe = async () => {
      throw new ShelfError("SHELF_FULL", "can't look behind it");
    };
    expect((await handlerOf({ observe }).read("a", state)).props.drift).toContain("can't look behind it");
  });

  it("finds the reason for a replacement in what was just observed", async () => {
    const handler = handlerOf({
      ...observing({ drift: "", outputs: { serial: 5 } }),
      replaceBecause: ({ serial }) => (serial === 5 ? "worn out" : undefined),
    });
    expect((await handler.read("a", state)).props).toMatchObject({ serial: 5, drift: "worn out" });
  });

  it("records the reason for a replacement", async () => {
    const handler = handlerOf({ ...observing({ drift: "moved" }), replaceBecause: () => "expired" });
    expect((await handler.read("a", state)).props.drift).toBe("expired");
  });
});

describe("create, update and delete", () => {
  it("keep the inputs with the outputs, as plain JSON and without the provider's text", async () => {
    const news = { name: "a", hint: "h", ...PROVIDER };
    expect(await handlerOf().create(news)).toStrictEqual({
      id: "a",
      outs: { name: "a", hint: "h", serial: 1, drift: "" },
    });
    const olds = { ...state, drift: "moved", ...PROVIDER };
    expect(await handlerOf().update("a", olds, { name: "a", size: 4, ...PROVIDER })).toStrictEqual({
      outs: { name: "a", size: 4, serial: 2, drift: "" },
    });
  });

  it("hand the definition neither more nor less than state and inputs", async () => {
    const seen: unknown[] = [];
    const handler = handlerOf({
      update: async (olds, news) => {
        seen.push(olds, news);
        return { serial: 2 };
      },
      delete: async (olds) => void seen.push(olds),
    });
    await handler.update("a", { ...state, ...PROVIDER }, { name: "a", ...PROVIDER });
    await handler.delete("a", { ...state, ...PROVIDER });
    expect(seen).toStrictEqual([state, { name: "a" }, state]);
  });

  it("let only message and code of an error cross, and nothing that the engine would take for a half-made resource", async () => {
    const fail = async () => {
      throw new ShelfError("SHELF_FULL", "no room", { cause: new Error("inside") });
    };
    const handler = handlerOf({ create: fail, update: fail, delete: fail });
    for (const work of [
      handler.create({ name: "a" }),
      handler.update("a", state, { name: "a" }),
      handler.delete("a", state),
    ]) {
      const error: unknown = await work.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect((error as Error).message).toBe("no room [SHELF_FULL]");
      expect((error as Error).cause).toBeUndefined();
      expect(error).not.toHaveProperty("id");
    }
  });

  it("give an error without a code its message alone", async () => {
    const create = async () => {
      throw new Error("unexpected");
    };
    await expect(handlerOf({ create }).create({ name: "a" })).rejects.toThrow(/^unexpected$/);
  });
});
