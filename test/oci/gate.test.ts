import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { OciError } from "../../components/oci/error";
import { referrersTag } from "../../components/oci/referrersTag";
import { Repository } from "../../components/oci/repository";
import { OciSignatureRepository } from "../../components/oci/signatureRepository";
import { type GatedRegistry, startGated } from "../support/gatedRegistry";
import { packTestSignature, pushTestImage } from "./packed";
import { DIGEST, type Scripted, sendErrors, startScripted } from "./scripted";

let registry: GatedRegistry;
let number = 0;
let name: string;
beforeAll(async () => {
  registry = await startGated("signers");
});
afterAll(() => registry?.stop());
beforeEach(() => {
  registry.gate = "signers";
  name = `gated/app-${number++}`;
});
const open = (dockerConfig: string) =>
  new Repository({ connection: { host: registry.host, caFile: registry.caFile, dockerConfig }, repository: name });
const asSigner = () => open(registry.dockerConfigDirectory);
const asPuller = () => open(registry.pullerConfigDirectory);
const gated = { name: OciError.name, code: "IMAGE_GATED" };

describe("A gate that lets signers read", () => {
  test("is passed with a token that may push, once the gate has spoken", async () => {
    const repository = asSigner();
    const image = await pushTestImage(repository, "unsigned");
    registry.log.length = 0;
    expect(await repository.resolve(image.digest)).toEqual(image);
    expect((await repository.fetchManifest(image)).bytes).toHaveLength(image.size);
    // Both tokens are there since the push; what may only pull is tried first.
    const path = `/v2/${name}/manifests/${image.digest}`;
    expect(registry.log.filter((line) => /^(GET|HEAD)/.test(line))).toEqual([
      `HEAD ${path} 412`,
      `HEAD ${path} 200`,
      `GET ${path} 412`,
      `GET ${path} 200`,
    ]);
    expect(registry.log.filter((line) => line.startsWith("token"))).toEqual([]);
  });

  test("stays shut for who may pull only: the image is unsigned and gated, not absent", async () => {
    const image = await pushTestImage(asSigner(), "unsigned");
    const repository = asPuller();
    for (const read of [() => repository.resolve(image.digest), () => repository.fetchManifest(image)]) {
      await expect(read()).rejects.toMatchObject({ ...gated, status: 412 });
    }
    const error: unknown = await repository.resolve(image.digest).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ registryErrors: [{ code: "PROJECTPOLICYVIOLATION" }] });
    expect(String(error)).toMatch(/unsigned and gated/);
  });

  test("is no gate for a signed image, nor for what is absent, nor for signatures", async () => {
    const image = await pushTestImage(asSigner(), "signed");
    const signature = packTestSignature("signed", image);
    await new OciSignatureRepository(asSigner()).pushSignature(signature);
    expect(await asPuller().resolve(image.digest)).toEqual(image);
    expect(await asPuller().resolve("no-such-tag")).toBeUndefined();
    const [listed] = await new OciSignatureRepository(asPuller()).listSignatures(image);
    expect(listed?.digest).toBe(signature.digest);
    expect((await asPuller().fetchManifest(signature.digest)).bytes).toEqual(signature.manifest);
  });
});

describe("A gate that lets nobody read", () => {
  test("is told as such to a signer, too, who signs by what he pushed; no fallback tag is written", async () => {
    registry.gate = "nobody";
    const repository = asSigner();
    const image = await pushTestImage(repository, "unsigned");
    await expect(repository.resolve(image.digest)).rejects.toMatchObject(gated);
    registry.log.length = 0;
    await new OciSignatureRepository(repository).pushSignature(packTestSignature("late", image));
    expect(registry.log.filter((line) => line.includes(referrersTag(image.digest)))).toEqual([]);
    expect(await repository.resolve(image.digest)).toEqual(image);
    expect(await asPuller().resolve(referrersTag(image.digest))).toBeUndefined();
  });
});

test("A gate that is off is none", async () => {
  registry.gate = "off";
  const image = await pushTestImage(asSigner(), "plain");
  expect(await asPuller().resolve(image.digest)).toEqual(image);
});

describe("A registry with a plain login", () => {
  let scripted: Scripted;
  beforeAll(async () => {
    scripted = await startScripted();
  });
  afterAll(() => scripted.stop());
  const serve = (code: string, message: string) =>
    scripted.serve((request, response) => {
      if (request.headers.authorization === undefined) {
        sendErrors(response, 401, "UNAUTHORIZED", { "www-authenticate": 'Basic realm="harbor"' });
        return;
      }
      const body = JSON.stringify({ errors: [{ code, message }] });
      response.writeHead(412).end(request.method === "HEAD" ? undefined : body);
    });

  test("is not asked twice by a login that is the same the second time", async () => {
    const repository = await scripted.open(
      await serve("PROJECTPOLICYVIOLATION", "The image is not signed by notation."),
    );
    await expect(repository.fetchManifest(DIGEST)).rejects.toMatchObject(gated);
    expect(repository.requests).toBe(2);
    // After HEAD, GET tells why.
    await expect(repository.resolve("v1")).rejects.toMatchObject({ ...gated, registryErrors: [{}] });
    expect(repository.requests).toBe(4);
  });

  test("may have another policy: the image is not said to be unsigned", async () => {
    const repository = await scripted.open(
      await serve("PROJECTPOLICYVIOLATION", "current image has 3 vulnerabilities"),
    );
    const error: unknown = await repository.resolve("v1").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(gated);
    expect(String(error)).not.toMatch(/unsigned/);
  });

  test("that answers 412 for another reason is no gate", async () => {
    const repository = await scripted.open(await serve("PRECONDITION", "the tag is immutable"));
    await expect(repository.fetchManifest(DIGEST)).rejects.toMatchObject({ code: "REGISTRY_ERROR" });
  });
});
