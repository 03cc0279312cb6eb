import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fetchSignature } from "../../components/notary/signing/fetchSignature";
import { Repository } from "../../components/oci/repository";
import { OciSignatureRepository } from "../../components/oci/signatureRepository";
import { startDistribution, startOlareg, type TestRegistry } from "../support/registries";
import { packTestSignature, pushTestImage } from "./packed";

/** The figures of a warm client, on which a batch's speed rests: exact, not at most. */
describe.each([
  { name: "the referrers API (olareg)", start: startOlareg, push: 3 },
  // The index of referrers is read, written and read back.
  { name: "the referrers tag schema (distribution)", start: () => startDistribution(), push: 6 },
])("The number of requests with $name", ({ start, push }) => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await start();
  });
  afterAll(() => registry?.stop());
  const open = (repository: string): Repository => {
    const { host, caFile, dockerConfigDirectory: dockerConfig } = registry;
    return new Repository({ connection: { host, caFile, dockerConfig }, repository });
  };
  const counted = async (repository: Repository, work: () => Promise<unknown>): Promise<number> => {
    const before = repository.requests;
    await work();
    return repository.requests - before;
  };

  test(`is ${push} for each of many signatures that are pushed, with the resolution ${push + 1}, and 4 to verify one`, async () => {
    const repository = open("app/one");
    const signatures = new OciSignatureRepository(repository);
    const first = await pushTestImage(repository, "first");
    await signatures.listSignatures(first);
    await signatures.pushSignature(packTestSignature("first", first));

    const images = await Promise.all(Array.from({ length: 20 }, (_, at) => pushTestImage(repository, `image ${at}`)));
    const sent = await counted(repository, () =>
      Promise.all(images.map((image, at) => signatures.pushSignature(packTestSignature(`signature ${at}`, image)))),
    );
    expect(sent).toBe(push * images.length);
    // The list and the write share what was read, if they follow each other fast: on a busy machine not each time.
    const listedAndPushed: number[] = [];
    for (let attempt = 0; attempt < 5; attempt++) {
      const count = await counted(repository, async () => {
        await signatures.listSignatures(first);
        await signatures.pushSignature(packTestSignature(`another ${attempt}`, first));
      });
      listedAndPushed.push(count);
    }
    expect(Math.min(...listedAndPushed)).toBe(Math.max(push, 4));
    expect(Math.max(...listedAndPushed)).toBeLessThanOrEqual(push + 1);
    expect(await signatures.listSignatures(first)).toHaveLength(6);

    for (const image of images.slice(0, 3)) {
      const read = await counted(repository, async () => {
        const subject = await repository.resolve(image.digest);
        const [listed] = subject === undefined ? [] : await signatures.listSignatures(subject);
        if (listed === undefined) throw new Error("the signature is listed");
        await fetchSignature(signatures, listed);
      });
      expect(read).toBe(4);
    }
  });

  test("is one more in a repository that has no signature yet, where the empty config is mounted from another", async () => {
    const known = open("app/known");
    const first = await pushTestImage(known, "first");
    await new OciSignatureRepository(known).pushSignature(packTestSignature("first", first));

    const repository = open("app/new");
    const image = await pushTestImage(repository, "image");
    const signature = packTestSignature("signature", image);
    const sent = await counted(known, () => new OciSignatureRepository(repository).pushSignature(signature));
    expect(sent).toBe(push + 1);
    expect(
      await fetchSignature(new OciSignatureRepository(repository), {
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        digest: signature.digest,
        size: signature.manifest.length,
      }),
    ).toMatchObject({ envelope: signature.envelope });
  });
});
