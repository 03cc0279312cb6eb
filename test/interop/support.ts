import { execFile } from "node:child_process";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { GeneratedIdentity } from "../../components/identity/generateTest";
import { parseCertificatesPem } from "../../components/notary/certificates/pem";
import type { Descriptor } from "../../components/notary/descriptor";
import { localSigner } from "../../components/notary/signing/localSigner";
import { packSignature, type SignatureManifestForm } from "../../components/notary/signing/manifest";
import { signArtifact } from "../../components/notary/signing/signArtifact";
import { compileTrust, type TrustDeclaration } from "../../components/notary/trust/declaration";
import { verifyArtifact } from "../../components/notary/verification/verifyArtifact";
import type { Repository } from "../../components/oci/repository";
import { OciSignatureRepository } from "../../components/oci/signatureRepository";
import { httpRevocationSource } from "../../components/pki/revocationSource";
import { httpTimestampServer } from "../../components/pki/timestampServer";
import { renderTrustDirectory } from "../../components/trust/directory";
import type { TestRegistry } from "../support/registries";
import { pushImage } from "../support/smallImage";
import { toolPath } from "../support/tools";

// An image, a trust and a signer, as ours and as the notation CLI's.

const run = promisify(execFile);
const clock = () => new Date();
const revocation = httpRevocationSource();

export interface PushedArtifact {
  repository: Repository;
  image: Descriptor;
  /** `host/repository@digest` */
  reference: string;
}

export async function pushArtifact(registry: TestRegistry, name: string): Promise<PushedArtifact> {
  const { repository, descriptor: image, pinned: reference } = await pushImage(registry, name);
  return { repository, image, reference };
}

/** A `notation` with a configuration folder of its own below `directory`, rendered from the trust; `identity` is its key "signer". */
export async function configureNotation(
  registry: TestRegistry,
  directory: string,
  trust: TrustDeclaration,
  identity?: GeneratedIdentity,
) {
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

export interface SignOptions {
  format?: "jws" | "cose";
  userMetadata?: Record<string, string>;
  expirySeconds?: number;
  timestamp?: { url: string; rootPem: string };
  form?: SignatureManifestForm;
  /** Signs this descriptor instead. */
  of?: Descriptor;
  /** Changes the envelope after it was signed. */
  alter?: (envelope: Buffer) => Buffer;
}

/** Signs as we do and pushes; returns the signature manifest's digest. */
export async function sign(
  { repository, image }: PushedArtifact,
  identity: GeneratedIdentity,
  options: SignOptions = {},
): Promise<string> {
  const { form = "artifactType", of = image, alter = (envelope) => envelope, timestamp, ...rest } = options;
  const signer = localSigner({ privateKey: identity.privateKey, certificateChain: identity.certificate });
  const timestamping = timestamp && {
    server: httpTimestampServer(timestamp.url),
    roots: parseCertificatesPem(timestamp.rootPem),
    revocation,
  };
  const signed = await signArtifact({
    descriptor: of,
    signer,
    clock,
    ...rest,
    ...(timestamping && { timestamping }),
  });
  const packed = packSignature({
    envelope: alter(signed.envelope),
    envelopeMediaType: signed.envelopeMediaType,
    subject: image,
    certificateChain: signer.certificateChain,
    created: signed.signingTime,
    form,
  });
  await new OciSignatureRepository(repository).pushSignature(packed);
  return packed.digest;
}

/** Our verdict, from the registry, now. */
export function verify(
  { repository, image: artifact }: PushedArtifact,
  trust: TrustDeclaration,
  userMetadata: Record<string, string> = {},
) {
  return verifyArtifact({
    artifact,
    scope: repository.scope,
    trust: compileTrust(trust),
    signatures: new OciSignatureRepository(repository),
    clock,
    revocation,
    userMetadata,
  });
}

/** Strict trust in one identity, for one repository; with the root of a time stamping authority, its token must be there. */
export function trusting(identity: GeneratedIdentity, scope: string, tsaRootPem?: string): TrustDeclaration {
  const statement = {
    name: "images",
    registryScopes: [scope],
    signatureVerification: { level: "strict" as const },
    trustStores: ["ca:wabbit-networks.io", ...(tsaRootPem === undefined ? [] : ["tsa:tsa"])],
    trustedIdentities: ["x509.subject: C=US, ST=WA, L=Seattle, O=Notary, CN=wabbit-networks.io"],
  };
  return {
    policy: { version: "1.0", trustPolicies: [statement] },
    stores: {
      "ca:wabbit-networks.io": [identity.certificate],
      ...(tsaRootPem !== undefined && { "tsa:tsa": [tsaRootPem] }),
    },
  };
}
