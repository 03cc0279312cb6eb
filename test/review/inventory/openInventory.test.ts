import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wholeName } from "../../../components/review/inventory/dockerName";
import { InventoryError } from "../../../components/review/inventory/error";
import { Inventories } from "../../../components/review/inventory/inventories";
import type { InventoryEntry } from "../../../components/review/inventory/inventory";
import { openInventory } from "../../../components/review/inventory/openInventory";
import { RegistryHealth } from "../../../components/review/inventory/registryHealth";
import { contextOf, entriesOf, unknownOf } from "../support";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "breakwater-inventory-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("An inventory's text", () => {
  it.each([
    "state",
    "registry:registry.example",
    "registry:registry.example:5000/team/app",
    "harbor:https://harbor.example",
    "pods:pods.json",
    "pods:live",
    "file:images.txt",
    "oci-layout:a=b/c=registry.example/app",
  ])("%s is one, and keeps its name", (spec) => {
    expect(openInventory(spec, contextOf({})).name).toBe(spec);
  });

  it.each([
    "",
    "states",
    "registry",
    "registry:",
    "registry:https://registry.example",
    "registry:registry.example/UPPER",
    "harbor:harbor.example",
    "harbor:http://harbor.example",
    "harbor:https://user:secret@harbor.example",
    "pods:",
    "oci-layout:folder",
    "oci-layout:folder=registry.example",
    "docker:everything",
  ])("%j is refused with the way out", (spec) => {
    expect(() => openInventory(spec, contextOf({}))).toThrow(
      expect.objectContaining({ name: InventoryError.name, code: "INVENTORY_INVALID" }),
    );
  });

  it("names what can't be opened as unknown: a file, a list of pods, a layout; others go on", async () => {
    await writeFile(join(directory, "no-pods.json"), "{}");
    await writeFile(join(directory, "empty.txt"), "# nothing\n\n");
    const context = contextOf({}, { directory });
    const specs = ["file:absent.txt", "pods:no-pods.json", "oci-layout:absent=a.example/b", "file:empty.txt"];
    const sources = specs.map((spec) => openInventory(spec, context));
    const inventories = new Inventories(sources);
    const found = await entriesOf(inventories);
    expect(found.map((entry) => "unknown" in entry && [entry.unknown.reference, entry.unknown.code])).toEqual([
      ["file:absent.txt", "INVENTORY_UNREADABLE"],
      ["pods:no-pods.json", "INVENTORY_INVALID"],
      ["oci-layout:absent=a.example/b", "LAYOUT_UNREADABLE"],
      ["file:empty.txt", "INVENTORY_EMPTY"],
    ]);
    expect(found.every((entry) => "unknown" in entry && entry.unknown.whole)).toBe(true);
    expect(inventories.facts().map(({ state }) => state)).toEqual(["unreadable", "unreadable", "unreadable", "empty"]);
  });

  it("names nothing where there is no image: that is unknown, with the way out", async () => {
    const empty = join(directory, "empty-layout");
    await mkdir(empty);
    await writeFile(join(empty, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
    await writeFile(join(empty, "index.json"), '{"schemaVersion":2,"manifests":[]}');
    await writeFile(join(directory, "no-images.txt"), "# nothing yet\n");
    await writeFile(join(directory, "no-container.json"), '{"items":[{"spec":{"containers":[]}}]}');
    const context = contextOf({}, { directory });
    const specs = [
      "file:no-images.txt",
      "pods:no-container.json",
      "oci-layout:empty-layout=registry.example/app",
      "state",
    ];
    const inventories = new Inventories(specs.map((spec) => openInventory(spec, context)));
    const unknown = await unknownOf(inventories);
    expect(unknown.map(({ reference, code, whole }) => [reference, code, whole])).toEqual(
      specs.map((spec) => [spec, "INVENTORY_EMPTY", true]),
    );
    expect(inventories.facts()).toEqual(
      specs.map((name) => ({
        name,
        state: "empty",
        images: 0,
        code: "INVENTORY_EMPTY",
        why: expect.stringMatching(/^.+: .+\.$/),
      })),
    );
  });

  it("reads nothing more once it was stopped, and says so of what is left", async () => {
    const controller = new AbortController();
    const unknown = { reference: "first", inventory: "one", code: "IMAGE_ABSENT", why: "it is gone" };
    async function* stopping(): AsyncGenerator<InventoryEntry> {
      yield { unknown };
      controller.abort();
      yield { unknown };
    }
    const sources = ["one", "two"].map((name) => ({ name, ifEmpty: "", entries: stopping }));
    const inventories = new Inventories(sources, controller.signal);
    expect((await unknownOf(inventories)).map(({ code }) => code)).toEqual([
      "IMAGE_ABSENT",
      "INTERRUPTED",
      "INTERRUPTED",
    ]);
    expect(inventories.facts().map(({ state }) => state)).toEqual(["broken-off", "unreadable"]);
    const ask = new RegistryHealth(controller.signal).ask("registry.example", async () => "an answer");
    await expect(ask).rejects.toMatchObject({ code: "INTERRUPTED" });
  });

  it("goes on behind a source that breaks off", async () => {
    async function* brokenOff(): AsyncGenerator<InventoryEntry> {
      yield { unknown: { reference: "first", inventory: "broken", code: "IMAGE_ABSENT", why: "it is gone" } };
      throw new InventoryError("KUBECTL_FAILED", "no cluster");
    }
    const broken = { name: "broken", ifEmpty: "", entries: brokenOff };
    const sources = [broken, openInventory("file:absent.txt", contextOf({}, { directory }))];
    const inventories = new Inventories(sources);
    const found = await unknownOf(inventories);
    expect(found.map(({ code }) => code)).toEqual(["IMAGE_ABSENT", "KUBECTL_FAILED", "INVENTORY_UNREADABLE"]);
    expect(inventories.facts().map(({ state }) => state)).toEqual(["broken-off", "unreadable"]);
  });
});

describe("A short name", () => {
  const hex = "a".repeat(64);
  it.each([
    ["nginx", "docker.io/library/nginx:latest"],
    ["nginx:1.25", "docker.io/library/nginx:1.25"],
    ["team/app", "docker.io/team/app:latest"],
    ["docker.io/nginx", "docker.io/library/nginx:latest"],
    ["index.docker.io/team/app:v1", "docker.io/team/app:v1"],
    [`nginx@sha256:${hex}`, `docker.io/library/nginx@sha256:${hex}`],
    ["localhost:5000/app", "localhost:5000/app:latest"],
    ["localhost/app:v1", "localhost/app:v1"],
    ["registry.example/app", "registry.example/app:latest"],
    [`registry.example:8443/a/b:v1@sha256:${hex}`, `registry.example:8443/a/b:v1@sha256:${hex}`],
  ])("%s is %s", (name, whole) => {
    expect(wholeName(name)).toBe(whole);
  });
});
