import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InventoryError } from "../../../components/review/inventory/error";
import { openInventory } from "../../../components/review/inventory/openInventory";
import { imagesOfPods, referenceOfPod } from "../../../components/review/inventory/pods";
import { type TestRegistry, startOlareg } from "../../support/registries";
import { connectionOf, pushedPinned } from "../../image/support";
import { contextOf, entriesOf, unknownOf } from "../support";

const digest = (character: string) => `sha256:${character.repeat(64)}`;

/** As `kubectl get pods -A -o json` writes it, shortened. */
const list = (...pods: object[]) => JSON.stringify({ apiVersion: "v1", kind: "List", items: pods });
const pod = (spec: object, status: object = {}) => ({ metadata: { namespace: "prod", name: "web-0" }, spec, status });

describe("A list of pods", () => {
  const references = (...pods: object[]) => imagesOfPods(list(...pods), "pods:test").map(referenceOfPod);

  it("names the images of containers of all kinds, by the digests that the nodes pulled", () => {
    const image = (name: string) => [{ name, image: `registry.example/${name}:v1` }];
    const pulled = (name: string, from: string) => [{ name, imageID: from }];
    const spec = { containers: image("app"), initContainers: image("init"), ephemeralContainers: image("debug") };
    const status = {
      containerStatuses: pulled("app", `registry.example/app@${digest("a")}`),
      initContainerStatuses: pulled("init", `docker-pullable://registry.example/init@${digest("b")}`),
      // The same content was pulled from elsewhere: what counts is what the pod names.
      ephemeralContainerStatuses: pulled("debug", `mirror.example/other@${digest("c")}`),
    };
    expect(references(pod(spec, status))).toEqual([
      `registry.example/app:v1@${digest("a")}`,
      `registry.example/init:v1@${digest("b")}`,
      `registry.example/debug:v1@${digest("c")}`,
    ]);
  });

  it("takes the tag where no node tells a digest that a registry knows, and short names for what they mean", () => {
    const containers = ["nginx", "registry.example/app:v1", `registry.example/app@${digest("d")}`].map((image, at) => ({
      name: `c${at}`,
      image,
    }));
    const containerStatuses = [
      { name: "c1", imageID: digest("e") },
      { name: "c2", imageID: `registry.example/app@${digest("f")}` },
    ];
    expect(references(pod({ containers }, { containerStatuses }))).toEqual([
      "docker.io/library/nginx:latest",
      "registry.example/app:v1",
      `registry.example/app@${digest("d")}`,
    ]);
  });

  it.each(["", "[]", '{"items":{}}', '{"items":[1]}', list(pod({ containers: [{ name: "x" }] }))])(
    "%j is none",
    (text) => {
      expect(() => imagesOfPods(text, "pods:test")).toThrow(
        expect.objectContaining({ name: InventoryError.name, code: "INVENTORY_INVALID" }),
      );
    },
  );
});

describe("The inventory of pods", () => {
  let directory: string;
  let registry: TestRegistry;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "breakwater-pods-"));
    registry = await startOlareg();
  });
  afterAll(async () => {
    await registry?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it("finds each image once in its registry, also when kubectl tells the pods; an absent or nonsensical one is unknown", async () => {
    const image = await pushedPinned(registry, { directory, repository: "team/app" });
    const name = `${registry.host}/team/app`;
    const containers = [`${name}:v1`, `${name}:v1`, `${name}:absent`, "NO NAME"].map((image, at) => ({
      name: `${at}`,
      image,
    }));
    const pods = list(pod({ containers }), pod({ containers: containers.slice(0, 1) }));
    await writeFile(join(directory, "pods.json"), pods);
    await writeFile(
      join(directory, "kubectl"),
      `#!/bin/sh\n[ "$*" = "get pods -A -o json" ] && cat ${directory}/pods.json\n`,
    );
    await chmod(join(directory, "kubectl"), 0o755);
    const environment = { PATH: `${directory}${delimiter}${process.env.PATH}` };
    for (const spec of ["pods:pods.json", "pods:live"]) {
      const context = contextOf(connectionOf(registry), { directory, environment });
      const entries = await entriesOf(openInventory(spec, context));
      expect(entries).toEqual([
        { unknown: expect.objectContaining({ reference: "NO NAME (pod prod/web-0)", code: "REFERENCE_INVALID" }) },
        {
          image: expect.objectContaining({
            reference: `${name}@${image.digest}`,
            scope: name,
            descriptor: { mediaType: image.mediaType, digest: image.digest, size: image.size },
            tags: ["v1"],
            inventory: spec,
          }),
        },
        { unknown: expect.objectContaining({ reference: `${name}:absent`, code: "IMAGE_ABSENT" }) },
      ]);
    }
  });

  it("says what is missing where there is no kubectl, or no cluster", async () => {
    const nowhere = contextOf({}, { environment: { PATH: join(directory, "nowhere") } });
    expect(await unknownOf(openInventory("pods:live", nowhere))).toMatchObject([{ code: "KUBECTL_FAILED" }]);
    const place = await mkdtemp(join(directory, "failing-"));
    await writeFile(join(place, "kubectl"), "#!/bin/sh\necho 'the server is away' >&2\nexit 1\n", { mode: 0o755 });
    const failing = contextOf({}, { environment: { PATH: `${place}${delimiter}${process.env.PATH}` } });
    const [unknown] = await unknownOf(openInventory("pods:live", failing));
    expect(unknown).toMatchObject({ code: "KUBECTL_FAILED", why: expect.stringContaining("the server is away") });
  });
});
