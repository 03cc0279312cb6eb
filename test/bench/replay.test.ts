import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRepository } from "../../components/image/pinnedImage";
import { signedImage } from "../../components/image/signedImage.handler";
import { verifiedImage } from "../../components/image/verifiedImage.handler";
import { recorded } from "../../scripts/bench/recording";
import { replay } from "../../scripts/bench/replay";
import { connectionOf, makeIdentity, pushedPinned, trusting, writeIdentity } from "../image/support";
import { startDistribution, startOlareg, type TestRegistry } from "../support/registries";

describe.each([
  ["distribution", startDistribution],
  ["olareg", startOlareg],
])("The requests of a signature in %s", (_, start) => {
  let registry: TestRegistry;
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "breakwater-replay-"));
    registry = await start();
  });
  afterAll(async () => {
    await registry?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it("are recorded, every one, and make the same signature when they are replayed elsewhere", async () => {
    const identity = await makeIdentity();
    const trust = trusting("strict", identity);
    const inputs = { identity: await writeIdentity(directory, identity), trust };
    const image = (repository: string, content: string) => pushedPinned(registry, { directory, repository, content });
    // The first signature of each repository brings the empty config, and makes the registry known.
    for (const repository of ["bench/from", "bench/to"]) {
      await signedImage.create({ ...inputs, image: await image(repository, "first") });
    }
    const [from, to] = [await image("bench/from", "second"), await image("bench/to", "second")];
    const before = openRepository(from).requests;
    const requests = await recorded(() => signedImage.create({ ...inputs, image: from }));
    expect(requests).toHaveLength(openRepository(from).requests - before);
    expect(requests.filter(({ body }) => body.length > 0).map(({ method }) => method)).toContain("PUT");
    await expect(verifiedImage.create({ image: to, trust })).rejects.toMatchObject({ code: "IMAGE_NOT_VERIFIED" });

    const place = { connection: connectionOf(registry), from: "bench/from", to: "bench/to" };
    const { perSecond, processorMs } = await replay([requests], place, 1);
    expect(perSecond).toBeGreaterThan(0);
    expect(processorMs).toBeGreaterThan(0);
    const [original, copy] = await Promise.all(
      [from, to].map(async (pinned) => (await verifiedImage.create({ image: pinned, trust })).outputs.verdict),
    );
    expect(copy).toEqual(original);
  });

  it("are replayed in vain when the registry refuses one", async () => {
    const place = { connection: connectionOf(registry), from: "bench/from", to: "bench/to" };
    const path = "/v2/bench/from/manifests/v1";
    const headers = { "content-type": "application/vnd.oci.image.manifest.v1+json" };
    const refused = { method: "PUT", path, headers, body: Buffer.from("no manifest") };
    await expect(replay([[refused]], place, 1)).rejects.toThrow(path);
  });
});
