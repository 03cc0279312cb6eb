import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, request as httpsRequest } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { GeneratedIdentity } from "../../../components/identity/generateTest";
import type { Descriptor } from "../../../components/oci/descriptor";
import { digestOf } from "../../../components/oci/digest";
import { OCI_IMAGE_INDEX } from "../../../components/oci/mediaTypes";
import { Repository } from "../../../components/oci/repository";
import { OciSignatureRepository } from "../../../components/oci/signatureRepository";
import { openInventory } from "../../../components/review/inventory/openInventory";
import { verdictDiff } from "../../../components/review/verdicts/verdictDiff";
import { ShadowHarbor } from "../../harbor/shadow/harbor";
import { makeIdentity } from "../../image/support";
import { pushTestImage } from "../../oci/packed";
import { type GatedRegistry, startGated } from "../../support/gatedRegistry";
import { makeLoopbackTls } from "../../support/registries";
import { contextOf, declared, entriesOf, imagesOf, now, side, sign, unknownOf } from "../support";

// Harbor's API as it was recorded and a real registry behind Harbor's gate, at one address as in a Harbor.

const noRevocation = {
  askOcsp: () => Promise.reject(new Error("nobody answers")),
  fetchCrl: () => Promise.reject(new Error("nobody answers")),
};
let registry: GatedRegistry;
let wabbit: GeneratedIdentity;
let directory: string;
let harbor: ShadowHarbor;
let front: { url: string; host: string; stop(): void };
beforeAll(async () => {
  wabbit = await makeIdentity();
  registry = await startGated("signers");
});
afterAll(() => registry?.stop());
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "breakwater-harbor-inventory-"));
  harbor = new ShadowHarbor(registry);
  front = await startFront((await harbor.start(directory)).url);
});
afterEach(async () => {
  front.stop();
  await harbor.stop();
  await rm(directory, { recursive: true, force: true });
});

/** nginx of a Harbor: what is no API is the registry's. */
async function startFront(api: string): Promise<typeof front> {
  const tls = await makeLoopbackTls();
  await writeFile(join(directory, "front-ca.crt"), tls.ca);
  const server: Server & { closeAllConnections(): void } = createServer(
    { cert: tls.certificate, key: tls.key },
    ({ url: path = "", method, headers }, response) => {
      const target = path.startsWith("/api/") ? api : `https://${registry.host}`;
      const onward = httpsRequest(new URL(path, target), { method, headers, rejectUnauthorized: false }, (answer) => {
        const challenge = answer.headers["www-authenticate"]?.replace(registry.host, host);
        const given = { ...answer.headers, ...(challenge !== undefined && { "www-authenticate": challenge }) };
        response.writeHead(answer.statusCode ?? 502, given);
        answer.pipe(response);
      });
      onward.on("error", () => response.destroy());
      onward.end();
    },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `https://${host}`, host, stop };
}

const login = () => ({ HARBOR_USERNAME: registry.username, HARBOR_PASSWORD: registry.password });
const source = (environment: NodeJS.ProcessEnv = login()) => {
  const caFile = join(directory, "front-ca.crt");
  // Harbor has an https address: plain HTTP to its host is not for it.
  const connection = { caFile, dockerConfig: directory, plainHttp: true };
  return openInventory(`harbor:${front.url}`, contextOf(connection, { environment }));
};

/** The registry behind the gate, where images get to. */
const behind = (repository: string) => {
  const { host, caFile } = registry.behind;
  return new Repository({ connection: { host, caFile }, repository: `notation-project/${repository}` });
};

async function pushed(repository: string, text: string, more: { tags?: string[] } = {}): Promise<Descriptor> {
  const image = await pushTestImage(behind(repository), text);
  harbor.add(repository, image.digest, more);
  return image;
}

describe("Harbor as inventory", () => {
  it("tells the artifacts of all projects, with and without tags, and their signatures; accessories are none", async () => {
    const signed = await pushed("team/app", "signed", { tags: ["v1", "latest"] });
    await sign(new OciSignatureRepository(behind("team/app")), signed, wabbit);
    const untagged = await pushed("team/app", "untagged", { tags: [] });
    await harbor.index();
    const scope = `${front.host}/notation-project/team/app`;
    const images = await imagesOf(source());
    expect(images.map(({ reference, tags }) => [reference, tags.join()])).toEqual([
      [`${scope}@${signed.digest}`, "latest,v1"],
      [`${scope}@${untagged.digest}`, ""],
    ]);
    expect(images[0]?.descriptor).toEqual(signed);
    const base = side("base", { production: { trust: declared([wabbit]) } });
    const head = side("head", { production: { trust: declared([await makeIdentity()]) } });
    const args = { images: source().entries(), base, head, clock: now, revocation: noRevocation };
    const { flips, unchanged, unknown } = await verdictDiff(args);
    expect(flips).toMatchObject([{ digest: signed.digest, towards: "distrust" }]);
    expect({ unchanged, unknown }).toEqual({ unchanged: { verified: 0, failed: 1, skipped: 0 }, unknown: [] });
  });

  it("judges what a gate keeps back from a login that only pulls: it has no signature", async () => {
    const image = await pushed("gated/app", "kept back");
    registry.gate = "nobody";
    try {
      expect((await imagesOf(source())).map(({ descriptor }) => descriptor)).toEqual([{ ...image, size: 0 }]);
    } finally {
      registry.gate = "signers";
    }
  });

  it("tells of an index the manifests that are signed by themselves", async () => {
    const repository = behind("index/app");
    const [one, two] = [await pushTestImage(repository, "one"), await pushTestImage(repository, "two")];
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests: [one, two] }));
    const index = await repository.pushManifest(bytes, OCI_IMAGE_INDEX);
    await sign(new OciSignatureRepository(repository), two, wabbit);
    harbor.add("index/app", index.digest, { mediaType: OCI_IMAGE_INDEX, references: [one.digest, two.digest] });
    for (const { digest } of [one, two]) harbor.add("index/app", digest, { tags: [] });
    await harbor.index();
    const digests = (await imagesOf(source())).map(({ descriptor }) => descriptor.digest);
    expect(digests).toEqual([index.digest, two.digest]);
  });

  it("asks with the login of the environment, else with Docker's, and names what is missing", async () => {
    await writeFile(join(directory, "config.json"), "{}");
    const [unknown] = await unknownOf(source({}));
    expect(unknown).toMatchObject({ reference: `harbor:${front.url}`, code: "HARBOR_LOGIN_MISSING" });
    const auth = Buffer.from(`${registry.username}:${registry.password}`).toString("base64");
    await writeFile(join(directory, "config.json"), JSON.stringify({ auths: { [front.host]: { auth } } }));
    const image = await pushed("login/app", "login");
    for (const environment of [{}, login()]) {
      expect(await imagesOf(source(environment))).toMatchObject([{ descriptor: { digest: image.digest } }]);
    }
  });

  it("calls unknown an artifact that its registry does not have, and all of a Harbor that does not answer", async () => {
    const digest = digestOf(Buffer.from("of nothing"));
    harbor.add("app", digest);
    const reference = `${front.host}/notation-project/app@${digest}`;
    expect(await entriesOf(source())).toMatchObject([{ unknown: { reference, code: "IMAGE_ABSENT" } }]);
    front.stop();
    expect(await unknownOf(source())).toMatchObject([{ reference: `harbor:${front.url}`, code: "HARBOR_UNREACHABLE" }]);
  });
});
