import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GeneratedIdentity, generateTestIdentity } from "../../components/identity/generateTest";
import { KEY_SPECS } from "../../components/notary/certificates/keySpec";
import type { Descriptor } from "../../components/notary/descriptor";
import { localSigner } from "../../components/notary/signing/localSigner";
import { packSignature, type SignatureManifestForm, unpackSignature } from "../../components/notary/signing/manifest";
import { signArtifact } from "../../components/notary/signing/signArtifact";
import { compileTrust, type TrustDeclaration } from "../../components/notary/trust/declaration";
import { verifyArtifact } from "../../components/notary/verification/verifyArtifact";
import { Repository } from "../../components/oci/repository";
import { OciSignatureRepository } from "../../components/oci/signatureRepository";
import { renderTrustDirectory } from "../../components/trust/directory";
import { startDistribution, startOlareg, type TestRegistry } from "../support/registries";
import { unreachable } from "../support/revocation";
import { toolPath } from "../support/tools";

// Both directions with the real notation CLI: its verdict on what we sign and our verdict on what it signs must agree.

const run = promisify(execFile);
const clock = () => new Date();
const identities = new Map<string, GeneratedIdentity>();
let stranger: GeneratedIdentity;

beforeAll(async () => {
  const make = (keySpec: (typeof KEY_SPECS)[number], commonName: string) =>
    generateTestIdentity({ commonName, keySpec, lifetimeSeconds: 86_400, clock });
  for (const keySpec of KEY_SPECS) identities.set(keySpec, await make(keySpec, "wabbit-networks.io"));
  stranger = await make("EC-256", "stranger.example");
});

describe.each([
  { registryName: "distribution, referrers tag schema", start: () => startDistribution(), signFlags: [] },
  // By default notation 1.3.2 writes the tag schema even here, and then neither it nor we find the signature by
  // olareg's referrers API.
  { registryName: "olareg, referrers API", start: startOlareg, signFlags: ["--force-referrers-tag=false"] },
])("with $registryName", ({ start, signFlags }) => {
  let registry: TestRegistry;
  let directory: string;
  beforeAll(async () => {
    registry = await start();
    directory = await mkdtemp(join(tmpdir(), "breakwater-notation-"));
  });
  afterAll(async () => {
    await registry?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it.each(KEY_SPECS)("%s: notation verifies, lists and inspects what we sign", async (keySpec) => {
    const { repository, image, reference } = await pushImage(`ours/${keySpec.toLowerCase()}`);
    const identity = identityOf(keySpec);
    const digest = await sign(repository, image, identity, {
      userMetadata: { "io.wabbit-networks.buildId": "<1&2>" },
      expirySeconds: 3600,
    });
    const notation = await configure(trusting(identity, repository.scope));

    expect(await notation("verify", "-m", "io.wabbit-networks.buildId=<1&2>", reference)).toContain(
      "Successfully verified",
    );
    expect(await notation("list", reference)).toContain(digest);
    const inspected = JSON.parse(await notation("inspect", "-o", "json", reference)) as {
      Signatures?: unknown[];
      signatures?: unknown[];
    };
    expect(inspected.signatures ?? inspected.Signatures).toHaveLength(1);
    expect((await verify(repository, image, trusting(identity, repository.scope))).verdict).toBe("verified");
  });

  it.each(KEY_SPECS)("%s: we verify what notation signs", async (keySpec) => {
    const { repository, image, reference } = await pushImage(`theirs/${keySpec.toLowerCase()}`);
    const identity = identityOf(keySpec);
    const trust = trusting(identity, repository.scope);
    const notation = await configure(trust, identity);
    await notation("sign", ...signFlags, "--key", "signer", "-m", "a=<b>", "--expiry", "1h", reference);

    const verdict = await verify(repository, image, trust);
    expect(verdict).toMatchObject({ verdict: "verified", enforced: true, statement: "images" });
    expect(verdict.signatures[0]?.signer?.thumbprint).toBe(identity.thumbprint);
    expect(await notation("verify", reference)).toContain("Successfully verified");
  });

  it("packs the legacy form to the very manifest that notation writes", async () => {
    const { repository, image, reference } = await pushImage("legacy-form");
    const identity = identityOf("EC-256");
    const notation = await configure(trusting(identity, repository.scope), identity);
    await notation("sign", ...signFlags, "--key", "signer", reference);
    const signatures = new OciSignatureRepository(repository);
    const [listed] = await signatures.listSignatures(image);
    const theirs = await signatures.fetchSignature(listed as Descriptor);
    const { annotations, form } = unpackSignature(theirs.manifest);
    const created = new Date(annotations["org.opencontainers.image.created"] ?? "");
    const certificateChain = localSigner({
      privateKey: identity.privateKey,
      certificateChain: identity.certificate,
    }).certificateChain;

    expect(form).toBe("legacy");
    const ours = packSignature({ ...theirs, subject: image, certificateChain, created, form: "legacy" });
    expect(ours.manifest.toString()).toBe(theirs.manifest.toString());
  });

  it("lets notation verify both forms of the signature manifest", async () => {
    for (const form of ["artifactType", "legacy"] as const) {
      const { repository, image, reference } = await pushImage(`form-${form.toLowerCase()}`);
      await sign(repository, image, identityOf("EC-256"), { form });
      const notation = await configure(trusting(identityOf("EC-256"), repository.scope));
      expect(await notation("verify", reference)).toContain("Successfully verified");
    }
  });

  it("refuses, as notation does, a signer that is not trusted", async () => {
    const { repository, image, reference } = await pushImage("untrusted");
    await sign(repository, image, stranger);
    const trust = trusting(identityOf("EC-256"), repository.scope);
    const verdict = await verify(repository, image, trust);
    expect(verdict).toMatchObject({
      verdict: "failed",
      enforced: false,
      signatures: [{ code: "CERTIFICATE_CHAIN_NOT_TRUSTED" }],
    });
    await expect((await configure(trust))("verify", reference)).rejects.toMatchObject({ code: 1 });
  });

  it("refuses, as notation does, an envelope that was altered", async () => {
    const { repository, image, reference } = await pushImage("altered");
    const identity = identityOf("EC-256");
    await sign(repository, image, identity, { alter: true });
    const trust = trusting(identity, repository.scope);
    const verdict = await verify(repository, image, trust);
    expect(verdict).toMatchObject({
      verdict: "failed",
      signatures: [{ code: "ENVELOPE_SIGNATURE_INVALID", signer: null }],
    });
    await expect((await configure(trust))("verify", reference)).rejects.toMatchObject({ code: 1 });
  });

  it("refuses, as notation does, a good signature of another artifact", async () => {
    const { repository, image, reference } = await pushImage("moved");
    const identity = identityOf("EC-256");
    await sign(repository, image, identity, { of: { ...image, size: image.size + 1 } });
    const trust = trusting(identity, repository.scope);
    expect(await verify(repository, image, trust)).toMatchObject({
      verdict: "failed",
      signatures: [{ code: "ARTIFACT_MISMATCH" }],
    });
    await expect((await configure(trust))("verify", reference)).rejects.toMatchObject({ code: 1 });
  });

  it("refuses, as notation does, an artifact without a signature", async () => {
    const { repository, image, reference } = await pushImage("unsigned");
    const trust = trusting(identityOf("EC-256"), repository.scope);
    expect(await verify(repository, image, trust)).toMatchObject({ verdict: "failed", code: "NO_SIGNATURE" });
    await expect((await configure(trust))("verify", reference)).rejects.toMatchObject({ code: 1 });
  });

  async function pushImage(name: string) {
    const { host, caFile, dockerConfigDirectory } = registry;
    const connection = { host, caFile, dockerConfig: dockerConfigDirectory };
    const repository = new Repository({ connection, repository: name });
    const empty = Buffer.from("{}");
    const config = {
      mediaType: "application/vnd.oci.empty.v1+json",
      digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
      size: 2,
    };
    await repository.pushBytes(config, empty);
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    const manifest = {
      schemaVersion: 2,
      mediaType,
      artifactType: "application/vnd.example",
      config,
      layers: [config],
      annotations: { name },
    };
    const image = await repository.pushManifest(Buffer.from(JSON.stringify(manifest)), mediaType);
    return { repository, image, reference: `${repository.scope}@${image.digest}` };
  }

  /** A `notation` with a configuration folder of its own, rendered from the trust. */
  async function configure(trust: TrustDeclaration, identity?: GeneratedIdentity) {
    const config = await mkdtemp(join(directory, "config-"));
    const files = renderTrustDirectory(trust);
    if (identity) {
      const [keyPath, certPath] = [join(config, "localkeys/signer.key"), join(config, "localkeys/signer.crt")];
      files["localkeys/signer.key"] = identity.privateKey;
      files["localkeys/signer.crt"] = identity.certificate;
      files["signingkeys.json"] = JSON.stringify({ default: "signer", keys: [{ name: "signer", keyPath, certPath }] });
    }
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(config, path)), { recursive: true });
      await writeFile(join(config, path), content, { mode: 0o600 });
    }
    const env = {
      NOTATION_CONFIG: config,
      HOME: config,
      SSL_CERT_FILE: registry.caFile,
      DOCKER_CONFIG: registry.dockerConfigDirectory,
    };
    return async (...args: string[]) => (await run(toolPath("notation"), args, { env })).stdout;
  }
});

interface SignOptions {
  userMetadata?: Record<string, string>;
  expirySeconds?: number;
  form?: SignatureManifestForm;
  /** Signs this descriptor instead. */
  of?: Descriptor;
  alter?: boolean;
}

async function sign(
  repository: Repository,
  image: Descriptor,
  identity: GeneratedIdentity,
  options: SignOptions = {},
): Promise<string> {
  const { form = "artifactType", of = image, alter = false, ...rest } = options;
  const signer = localSigner({ privateKey: identity.privateKey, certificateChain: identity.certificate });
  const signed = await signArtifact({ descriptor: of, signer, clock, ...rest });
  const envelope = alter ? altered(signed.envelope) : signed.envelope;
  const { envelopeMediaType, signingTime: created } = signed;
  const packed = packSignature({
    envelope,
    envelopeMediaType,
    subject: image,
    certificateChain: signer.certificateChain,
    created,
    form,
  });
  await new OciSignatureRepository(repository).pushSignature(packed);
  return packed.digest;
}

/** The envelope with another payload under the same signature. */
function altered(envelope: Buffer): Buffer {
  const jws = JSON.parse(envelope.toString()) as { payload: string };
  const payload = Buffer.from(jws.payload, "base64url").toString().replace("application/", "Application/");
  return Buffer.from(JSON.stringify({ ...jws, payload: Buffer.from(payload).toString("base64url") }));
}

function verify(repository: Repository, artifact: Descriptor, trust: TrustDeclaration) {
  const { scope } = repository;
  return verifyArtifact({
    artifact,
    scope,
    trust: compileTrust(trust),
    signatures: new OciSignatureRepository(repository),
    clock,
    revocation: unreachable,
  });
}

function trusting(identity: GeneratedIdentity, scope: string): TrustDeclaration {
  const statement = {
    name: "images",
    registryScopes: [scope],
    signatureVerification: { level: "strict" as const },
    trustStores: ["ca:wabbit-networks.io"],
    trustedIdentities: ["x509.subject: C=US, ST=WA, L=Seattle, O=Notary, CN=wabbit-networks.io"],
  };
  return {
    policy: { version: "1.0", trustPolicies: [statement] },
    stores: { "ca:wabbit-networks.io": [identity.certificate] },
  };
}

function identityOf(keySpec: string): GeneratedIdentity {
  const identity = identities.get(keySpec);
  if (!identity) throw new Error(`no identity for ${keySpec}`);
  return identity;
}
