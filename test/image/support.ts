import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type GeneratedIdentity, generateTestIdentity } from "../../components/identity/generateTest";
import { openRepository, type PinnedImage, scopeOf } from "../../components/image/pinnedImage";
import { pushImage } from "../../components/image/push";
import type { SignedImageInputs } from "../../components/image/signedImage.handler";
import { openImageSource } from "../../components/image/source";
import type { TrustDeclaration } from "../../components/notary/trust/declaration";
import type { RegistryConnection } from "../../components/oci/repository";
import { anHourAgo } from "../support/clock";
import { writeLayout } from "../support/images";
import type { TestRegistry } from "../support/registries";

export function connectionOf({ host, caFile, dockerConfigDirectory }: TestRegistry): RegistryConnection {
  return { host, caFile, dockerConfig: dockerConfigDirectory };
}

/** Pushes an image of one layer with this content. */
export async function pushedPinned(
  registry: TestRegistry,
  place: { directory: string; repository: string; content?: string },
): Promise<PinnedImage> {
  const { repository, content = repository } = place;
  const layout = join(place.directory, `layout-${content}`.replaceAll("/", "-"));
  await writeLayout(layout, { layers: [content] });
  const connection = connectionOf(registry);
  const target = openRepository({ registry: connection, repository });
  return {
    registry: connection,
    repository,
    ...(await pushImage(await openImageSource(layout), target, { tag: "v1" })),
  };
}

export function makeIdentity(commonName = "wabbit-networks.io"): Promise<GeneratedIdentity> {
  return generateTestIdentity({ commonName, keySpec: "EC-256", lifetimeSeconds: 86_400, clock: anHourAgo });
}

/** The identity as a `SignedImage` takes it, its key in a file. */
export async function writeIdentity(
  directory: string,
  { certificate, privateKey }: GeneratedIdentity,
): Promise<SignedImageInputs["identity"]> {
  await mkdir(directory, { recursive: true });
  const keyFile = join(directory, "signer.key");
  await writeFile(keyFile, privateKey, { mode: 0o600 });
  return { certificate, keyFile };
}

/** A policy for every repository that trusts these identities' certificates. */
export function trusting(
  level: "strict" | "permissive" | "audit",
  ...identities: GeneratedIdentity[]
): TrustDeclaration {
  const store = "ca:wabbit-networks.io";
  const statement = {
    name: STATEMENT,
    registryScopes: ["*"],
    signatureVerification: { level },
    trustStores: [store],
    trustedIdentities: ["*"],
  };
  return {
    policy: { version: "1.0", trustPolicies: [statement] },
    stores: { [store]: identities.map(({ certificate }) => certificate) },
  };
}

/** A policy that verifies nothing in the image's repository. */
export function skipping(image: PinnedImage): TrustDeclaration {
  const signatureVerification = { level: "skip" as const };
  const statement = { name: STATEMENT, registryScopes: [scopeOf(image)], signatureVerification };
  return { policy: { version: "1.0", trustPolicies: [statement] }, stores: {} };
}

const STATEMENT = "wabbit-networks-images";
