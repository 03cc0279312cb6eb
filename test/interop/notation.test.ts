import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GeneratedIdentity, generateTestIdentity } from "../../components/identity/generateTest";
import { KEY_SPECS } from "../../components/notary/certificates/keySpec";
import type { Descriptor } from "../../components/notary/descriptor";
import { fetchSignature } from "../../components/notary/signing/fetchSignature";
import { localSigner } from "../../components/notary/signing/localSigner";
import { packSignature, unpackSignature } from "../../components/notary/signing/manifest";
import type { TrustDeclaration } from "../../components/notary/trust/declaration";
import { OciSignatureRepository } from "../../components/oci/signatureRepository";
import { startDistribution, startOlareg, type TestRegistry } from "../support/registries";
import { configureNotation, pushArtifact, sign, trusting, verify } from "./support";

// Both directions with the real notation CLI: its verdict on what we sign and our verdict on what it signs must agree.

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

  it("makes signatures that notation lists and inspects", async () => {
    const artifact = await pushImage("inspected");
    const digest = await sign(artifact, identityOf("EC-256"));
    const notation = await configure(trusting(identityOf("EC-256"), artifact.repository.scope));
    expect(await notation("list", artifact.reference)).toContain(digest);
    const inspected = JSON.parse(await notation("inspect", "-o", "json", artifact.reference)) as {
      Signatures: unknown[];
    };
    expect(inspected.Signatures).toHaveLength(1);
  });

  it("packs the legacy form to the very manifest that notation writes", async () => {
    const artifact = await pushImage("legacy-form");
    const { repository, image, reference } = artifact;
    const identity = identityOf("EC-256");
    const notation = await configure(trusting(identity, repository.scope), identity);
    await notation("sign", ...signFlags, "--key", "signer", reference);
    const signatures = new OciSignatureRepository(repository);
    const [listed] = await signatures.listSignatures(image);
    const theirs = await fetchSignature(signatures, listed as Descriptor);
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
      const artifact = await pushImage(`form-${form.toLowerCase()}`);
      const { repository, reference } = artifact;
      await sign(artifact, identityOf("EC-256"), { form });
      const notation = await configure(trusting(identityOf("EC-256"), repository.scope));
      expect(await notation("verify", reference)).toContain("Successfully verified");
    }
  });

  it("refuses, as notation does, a signer that is not trusted", async () => {
    const artifact = await pushImage("untrusted");
    const { repository, reference } = artifact;
    await sign(artifact, stranger);
    const trust = trusting(identityOf("EC-256"), repository.scope);
    const verdict = await verify(artifact, trust);
    expect(verdict).toMatchObject({
      verdict: "failed",
      enforced: false,
      signatures: [{ code: "CERTIFICATE_CHAIN_NOT_TRUSTED" }],
    });
    await expect((await configure(trust))("verify", reference)).rejects.toMatchObject({ code: 1 });
  });

  it("refuses, as notation does, an envelope that was altered", async () => {
    const artifact = await pushImage("altered");
    const { repository, reference } = artifact;
    const identity = identityOf("EC-256");
    await sign(artifact, identity, { alter: altered });
    const trust = trusting(identity, repository.scope);
    const verdict = await verify(artifact, trust);
    expect(verdict).toMatchObject({
      verdict: "failed",
      signatures: [{ code: "ENVELOPE_SIGNATURE_INVALID", signer: null }],
    });
    await expect((await configure(trust))("verify", reference)).rejects.toMatchObject({ code: 1 });
  });

  it("refuses, as notation does, a good signature of another artifact", async () => {
    const artifact = await pushImage("moved");
    const { repository, image, reference } = artifact;
    const identity = identityOf("EC-256");
    await sign(artifact, identity, { of: { ...image, size: image.size + 1 } });
    const trust = trusting(identity, repository.scope);
    expect(await verify(artifact, trust)).toMatchObject({
      verdict: "failed",
      signatures: [{ code: "ARTIFACT_MISMATCH" }],
    });
    await expect((await configure(trust))("verify", reference)).rejects.toMatchObject({ code: 1 });
  });

  it("refuses, as notation does, an artifact without a signature", async () => {
    const artifact = await pushImage("unsigned");
    const { repository, reference } = artifact;
    const trust = trusting(identityOf("EC-256"), repository.scope);
    expect(await verify(artifact, trust)).toMatchObject({ verdict: "failed", code: "NO_SIGNATURE" });
    await expect((await configure(trust))("verify", reference)).rejects.toMatchObject({ code: 1 });
  });

  const pushImage = (name: string) => pushArtifact(registry, name);
  const configure = (trust: TrustDeclaration, identity?: GeneratedIdentity) =>
    configureNotation(registry, directory, trust, identity);
});

/** The envelope with another payload under the same signature. */
function altered(envelope: Buffer): Buffer {
  const jws = JSON.parse(envelope.toString()) as { payload: string };
  const payload = Buffer.from(jws.payload, "base64url").toString().replace("application/", "Application/");
  return Buffer.from(JSON.stringify({ ...jws, payload: Buffer.from(payload).toString("base64url") }));
}

function identityOf(keySpec: string): GeneratedIdentity {
  const identity = identities.get(keySpec);
  if (!identity) throw new Error(`no identity for ${keySpec}`);
  return identity;
}
