import type { GeneratedIdentity } from "../../components/identity/generateTest";
import type { Descriptor } from "../../components/notary/descriptor";
import type { SignatureRepository } from "../../components/notary/signatureRepository";
import { localSigner } from "../../components/notary/signing/localSigner";
import { packSignature } from "../../components/notary/signing/manifest";
import { signArtifact } from "../../components/notary/signing/signArtifact";
import { compileTrust, type TrustDeclaration } from "../../components/notary/trust/declaration";
import type { TrustPolicyStatement } from "../../components/notary/trust/document";
import type { RegistryConnection } from "../../components/oci/connection";
import type { InventoryContext } from "../../components/review/inventory/context";
import type { InventoryEntry, InventoryImage, InventorySource } from "../../components/review/inventory/inventory";
import { RegistryHealth } from "../../components/review/inventory/registryHealth";
import type { UnknownImage } from "../../components/review/report/report";
import type { StackState, TrustState } from "../../components/review/state/state";
import { stackSettings } from "./semantic/support";

export const now = () => new Date();

/** Signs and pushes; what was pushed. */
export async function sign(
  signatures: SignatureRepository,
  descriptor: Descriptor,
  { certificate, privateKey }: GeneratedIdentity,
  more: { expirySeconds?: number; clock?: () => Date } = {},
): Promise<Descriptor> {
  const signer = localSigner({ privateKey, certificateChain: certificate });
  const { clock = now, ...options } = more;
  const signed = await signArtifact({ descriptor, signer, clock, ...options });
  const { certificateChain } = signer;
  const packed = packSignature({ ...signed, subject: descriptor, certificateChain, created: signed.signingTime });
  await signatures.pushSignature(packed);
  return {
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    digest: packed.digest,
    size: packed.manifest.length,
  };
}

/** A statement that trusts these identities, strictly and everywhere unless told otherwise. */
export function declared(
  identities: readonly GeneratedIdentity[],
  { level = "strict" as TrustPolicyStatement["signatureVerification"]["level"], ...more }: StatementOptions = {},
): TrustDeclaration {
  const store = "ca:signers";
  const trusting = level === "skip" ? {} : { trustStores: [store], trustedIdentities: ["*"] };
  const signatureVerification = { level };
  const statement = { name: "images", registryScopes: ["*"], signatureVerification, ...trusting, ...more };
  const stores = level === "skip" ? {} : { [store]: identities.map(({ certificate }) => certificate) };
  return { policy: { version: "1.0", trustPolicies: [statement] }, stores };
}

type StatementOptions = Partial<TrustPolicyStatement> & {
  level?: TrustPolicyStatement["signatureVerification"]["level"];
};

/** A side with these stacks; a stack's registry is `hostname`. */
export function side(
  name: string,
  stacks: Record<string, { trust: TrustDeclaration | "unreadable"; hostname?: string }>,
): TrustState {
  const stateOf = (stack: string, { trust, hostname }: (typeof stacks)[string]): StackState => ({
    stack,
    trust:
      trust === "unreadable"
        ? { problem: { code: "POLICY_MALFORMED", message: "it is no JSON" } }
        : { value: compileTrust(trust) },
    identities: new Map(),
    settings: hostname === undefined ? undefined : { value: stackSettings({ hostname }) },
  });
  return {
    name,
    stacks: new Map(Object.entries(stacks).map(([stack, content]) => [stack, stateOf(stack, content)])),
  };
}

/** What inventories share, with nothing kept between runs. */
export function contextOf(
  connection: Partial<RegistryConnection>,
  more: Partial<InventoryContext> = {},
): InventoryContext {
  return {
    connectionTo: (host) => ({ ...connection, host }),
    stateImages: [],
    health: new RegistryHealth(),
    directory: "/",
    environment: {},
    ...more,
  };
}

export async function entriesOf(source: Pick<InventorySource, "entries">): Promise<InventoryEntry[]> {
  const entries: InventoryEntry[] = [];
  for await (const entry of source.entries()) entries.push(entry);
  return entries;
}

export async function imagesOf(source: InventorySource): Promise<InventoryImage[]> {
  return (await entriesOf(source)).flatMap((entry) => ("image" in entry ? [entry.image] : []));
}

export async function unknownOf(source: Pick<InventorySource, "entries">): Promise<UnknownImage[]> {
  return (await entriesOf(source)).flatMap((entry) => ("unknown" in entry ? [entry.unknown] : []));
}
