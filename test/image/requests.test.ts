import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRepository } from "../../components/image/pinnedImage";
import { signedImage } from "../../components/image/signedImage.handler";
import { verifiedImage } from "../../components/image/verifiedImage.handler";
import { startDistribution, startOlareg, type TestRegistry } from "../support/registries";
import { makeIdentity, pushedPinned, trusting, writeIdentity } from "./support";

// What one image costs in HTTP requests, once the login is known and the repository has a signature.
describe.each([
  // The image is looked up; signatures are listed by the index; the envelope takes two, its manifest one; the index is written
  // and read back.
  ["distribution, by the referrers tag schema", startDistribution, 7],
  ["olareg, by the referrers API", startOlareg, 5],
])("In %s", (_, start, expected) => {
  let registry: TestRegistry;
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "breakwater-requests-"));
    registry = await start();
  });
  afterAll(async () => {
    await registry?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it(`an image is signed with ${expected} requests, and verified with 4`, async () => {
    const identity = await makeIdentity();
    const trust = trusting("strict", identity);
    // The first warms up. On a busy machine an index may be too old to build upon when it is written, and is read again: the
    // fewest requests of several images are those of one that nothing held up.
    const counts = { sign: Number.POSITIVE_INFINITY, verify: Number.POSITIVE_INFINITY };
    for (const content of ["first", "second", "third", "fourth", "fifth"]) {
      const image = await pushedPinned(registry, { directory, repository: "requests/app", content });
      const count = async (work: () => Promise<unknown>) => {
        const before = openRepository(image).requests;
        await work();
        return openRepository(image).requests - before;
      };
      const inputs = { image, identity: await writeIdentity(directory, identity), trust };
      const sign = await count(() => signedImage.create(inputs));
      const verify = await count(() => verifiedImage.create({ image, trust }));
      counts.sign = Math.min(counts.sign, sign);
      counts.verify = Math.min(counts.verify, verify);
    }
    expect(counts).toEqual({ sign: expected, verify: 4 });
  });
});
