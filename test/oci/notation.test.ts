import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type GeneratedIdentity, generateTestIdentity } from "../../components/identity/generateTest";
import type { PackedSignature } from "../../components/notary/signatureRepository";
import { localSigner } from "../../components/notary/signing/localSigner";
import { packSignature, type SignatureManifestForm } from "../../components/notary/signing/manifest";
import { signArtifact } from "../../components/notary/signing/signArtifact";
import { fetchSignature } from "../../components/notary/signing/fetchSignature";
import type { Descriptor } from "../../components/oci/descriptor";
import { LayoutSignatureRepository } from "../../components/oci/layoutSignatureRepository";
import { Repository } from "../../components/oci/repository";
import { OciSignatureRepository } from "../../components/oci/signatureRepository";
import { renderTrustDirectory } from "../../components/trust/directory";
import { writeLayout } from "../support/images";
import { startDistribution, type TestRegistry } from "../support/registries";
import { toolPath } from "../support/tools";
import { packTestSignature, pushTestImage } from "./packed";

const run = promisify(execFile);
const clock = () => new Date();
const SCOPE = "example.com/app";

let identity: GeneratedIdentity;
let directory: string;
beforeAll(async () => {
  identity = await generateTestIdentity({ commonName: "signer", keySpec: "EC-256", lifetimeSeconds: 86_400, clock });
  directory = await mkdtemp(join(tmpdir(), "breakwater-notation-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** notation with a folder of its own, in which `identity` signs and is trusted for everything. */
async function configure(environment: Record<string, string>) {
  const config = await mkdtemp(join(directory, "config-"));
  const statement = {
    name: "all",
    registryScopes: ["*"],
    signatureVerification: { level: "strict" as const },
    trustStores: ["ca:signer"],
    trustedIdentities: ["*"],
  };
  const keyPath = join(config, "localkeys/signer.key");
  const certPath = join(config, "localkeys/signer.crt");
  const files = {
    ...renderTrustDirectory({
      policy: { version: "1.0", trustPolicies: [statement] },
      stores: { "ca:signer": [identity.certificate] },
    }),
    "localkeys/signer.key": identity.privateKey,
    "localkeys/signer.crt": identity.certificate,
    "signingkeys.json": JSON.stringify({ default: "signer", keys: [{ name: "signer", keyPath, certPath }] }),
  };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(config, path)), { recursive: true });
    await writeFile(join(config, path), content, { mode: 0o600 });
  }
  const env = { NOTATION_CONFIG: config, HOME: config, ...environment };
  return async (...args: string[]) => (await run(toolPath("notation"), args, { env })).stdout;
}

async function sign(subject: Descriptor, form: SignatureManifestForm): Promise<PackedSignature> {
  const signer = localSigner({ privateKey: identity.privateKey, certificateChain: identity.certificate });
  const { signingTime: created, ...signed } = await signArtifact({ descriptor: subject, signer, clock });
  return packSignature({ ...signed, subject, certificateChain: signer.certificateChain, created, form });
}

describe("An OCI image layout, with notation", () => {
  const prepare = async () => {
    const folder = await mkdtemp(join(directory, "layout-"));
    const { root } = await writeLayout(folder, { refName: "v1" });
    const notation = await configure({ NOTATION_EXPERIMENTAL: "1" });
    return { folder, root, notation, layout: new LayoutSignatureRepository(folder, SCOPE) };
  };

  test("has signatures of ours that notation lists and verifies, by tag and by digest", async () => {
    const { folder, root, notation, layout } = await prepare();
    const signature = await sign(root, "legacy");
    await layout.pushSignature(signature);
    for (const reference of [`${folder}:v1`, `${folder}@${root.digest}`]) {
      expect(await notation("verify", "--oci-layout", "--scope", SCOPE, reference)).toContain("Successfully verified");
    }
    expect(await notation("list", "--oci-layout", `${folder}:v1`)).toContain(signature.digest);
  });

  test("has signatures of notation that we list and read, and keep beside ours", async () => {
    const { folder, root, notation, layout } = await prepare();
    await notation("sign", "--oci-layout", "--key", "signer", `${folder}@${root.digest}`);
    const [theirs] = await layout.listSignatures(root);
    const fetched = await fetchSignature(layout, theirs as Descriptor);
    expect(fetched.envelopeMediaType).toBe("application/jose+json");
    await layout.pushSignature(await sign(root, "legacy"));
    await notation("sign", "--oci-layout", "--key", "signer", `${folder}@${root.digest}`);
    expect(await layout.listSignatures(root)).toHaveLength(3);
    expect(await notation("verify", "--oci-layout", "--scope", SCOPE, `${folder}:v1`)).toContain("Successfully");
    expect(await layout.resolve("v1")).toEqual(root);
  });

  test("hides from notation a signature of the current form, which we find: the reason for the legacy form", async () => {
    const { folder, root, notation, layout } = await prepare();
    await layout.pushSignature(await sign(root, "artifactType"));
    expect(await layout.listSignatures(root)).toHaveLength(1);
    const verify = notation("verify", "--oci-layout", "--scope", SCOPE, `${folder}:v1`);
    await expect(verify).rejects.toMatchObject({ code: 1 });
  });
});

describe("A subject's referrers tag, when several write it at once,", () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startDistribution();
  });
  afterAll(() => registry?.stop());
  const connection = () => {
    const { host, caFile, dockerConfigDirectory: dockerConfig } = registry;
    return { host, caFile, dockerConfig };
  };

  /** The client's modules once more: with queues, sockets and memory of its own, it is to the registry another process. */
  const another = async (repository: string): Promise<OciSignatureRepository> => {
    vi.resetModules();
    const modules = {
      ...(await import("../../components/oci/repository.js")),
      ...(await import("../../components/oci/signatureRepository.js")),
    };
    return new modules.OciSignatureRepository(new modules.Repository({ connection: connection(), repository }));
  };

  test("keeps all of ours, though they know nothing of each other", async () => {
    const repository = new Repository({ connection: connection(), repository: "ours" });
    const image = await pushTestImage(repository, "image");
    const writers = [await another("ours"), await another("ours"), await another("ours")];
    const signatures = writers.flatMap((writer, at) =>
      [0, 1, 2].map((number) => ({ writer, signature: packTestSignature(`${at} ${number}`, image) })),
    );
    await Promise.all(signatures.map(({ writer, signature }) => writer.pushSignature(signature)));
    const listed = (await new OciSignatureRepository(repository).listSignatures(image)).map(({ digest }) => digest);
    expect(listed.sort()).toEqual(signatures.map(({ signature }) => signature.digest).sort());
  });

  test("keeps ours beside two processes of notation, which never look back", async () => {
    const repository = new Repository({ connection: connection(), repository: "beside" });
    const image = await pushTestImage(repository, "image");
    const signatures = new OciSignatureRepository(repository);
    const notation = await configure({
      SSL_CERT_FILE: registry.caFile,
      DOCKER_CONFIG: registry.dockerConfigDirectory,
    });
    const theirs = async () => {
      for (let count = 0; count < 3; count++) {
        await notation("sign", "--key", "signer", `${repository.scope}@${image.digest}`);
      }
    };
    const ours = Array.from({ length: 10 }, (_, number) => packTestSignature(`ours ${number}`, image));
    const push = async () => {
      for (const signature of ours) await signatures.pushSignature(signature);
    };
    await Promise.all([theirs(), theirs(), push()]);
    const listed = (await signatures.listSignatures(image)).map(({ digest }) => digest);
    expect(listed).toEqual(expect.arrayContaining(ours.map(({ digest }) => digest)));
    expect(listed.length).toBeGreaterThan(ours.length);
  });
});
