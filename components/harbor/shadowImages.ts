import { inPool } from "../concurrency/inPool";
import { messageOf } from "../errors";
import { openRepository, type PinnedImage, referenceOf } from "../image/pinnedImage";
import type { Ports } from "../image/ports";
import { evaluate } from "../image/verdict";
import { CONTENT_DEFECTS } from "../notary/signatureRepository";
import type { TrustDeclaration } from "../notary/trust/declaration";
import type { RegistryConnection } from "../oci/connection";
import { OciError, type OciErrorCode } from "../oci/error";
import { INDEX_MEDIA_TYPES } from "../oci/mediaTypes";
import { type Artifact, findArtifact, listArtifacts, listRepositories } from "./api/artifacts";
import type { HarborClient } from "./api/client";
import { isMissing } from "./api/error";

/** How many images are judged at once. */
const CONCURRENT_IMAGES = 4;
/** What is wrong with one image, or with what somebody has attached to it, keeps no other from being judged. */
const OF_ONE_IMAGE: ReadonlySet<OciErrorCode> = new Set([...CONTENT_DEFECTS, "REFERRERS_INVALID", "IMAGE_GATED"]);

/** Whose images are judged, and by what. */
export interface Shadowed {
  readonly project: string;
  readonly trust: TrustDeclaration;
  /** How the project's registry is read: a login that may pull, and push where the gate is closed. */
  readonly registry: RegistryConnection;
}

/** What the declared trust makes of one image; plain JSON. */
export interface ShadowImage {
  /** `host/project/repository@digest`. */
  readonly reference: string;
  readonly tags: readonly string[];
  /** Harbor's word: there is a signature, whoever made it. */
  readonly signed: boolean;
  readonly verdict: "verified" | "failed" | "skipped";
  /** Authenticity is enforced, and passed. */
  readonly trusted: boolean;
  /** The signer, or the rule that failed. */
  readonly why: string;
}

/** An image, and where Harbor's label for it goes. */
export interface JudgedArtifact {
  readonly image: ShadowImage;
  readonly repository: string;
  readonly artifact: Artifact;
}

/**
 * Judges every artifact of a project, in the order of their references; accessories are none, nor are the indexes of signatures
 * that tools write under fallback tags. What is deleted meanwhile is left out.
 * Throws HarborApiError, OciError, TrustPolicyError: what can't be asked is not judged.
 */
export async function judgeProject(
  client: HarborClient,
  shadowed: Shadowed,
  ports: Omit<Ports, "timestampServer">,
): Promise<JudgedArtifact[]> {
  const found: { repository: string; artifact: Artifact }[] = [];
  for (const repository of await listRepositories(client, shadowed.project)) {
    const artifacts = await artifactsOf(client, shadowed.project, repository);
    const accessories = new Set(artifacts.flatMap((artifact) => artifact.accessories.map(({ digest }) => digest)));
    const images = artifacts.filter((artifact) => !isSignatureIndex(artifact, accessories));
    found.push(...images.map((artifact) => ({ repository, artifact })));
  }
  const judged: JudgedArtifact[] = [];
  await inPool(found, CONCURRENT_IMAGES, async ({ repository, artifact }) => {
    const image = await judgeArtifact(shadowed, repository, artifact, ports);
    if (image !== undefined) judged.push({ image, repository, artifact });
  });
  return judged.sort(({ image: a }, { image: b }) => (a.reference < b.reference ? -1 : 1));
}

/**
 * An index under a fallback tag that lists nothing but what Harbor itself knows as accessories: it can't be run. The tag alone
 * says nothing, or an image could hide behind one. Source: distribution-spec § Referrers Tag Schema.
 */
export function isSignatureIndex(artifact: Artifact, accessories: ReadonlySet<string>): boolean {
  const { manifestMediaType, tags, references } = artifact;
  return (
    INDEX_MEDIA_TYPES.has(manifestMediaType) &&
    tags.length > 0 &&
    tags.every((tag) => /^sha256-[0-9a-f]{64}$/.test(tag)) &&
    references.length > 0 &&
    references.every((digest) => accessories.has(digest))
  );
}

/**
 * All artifacts of a repository, and the manifests below its indexes: Harbor lists those only where they have a tag, and gives
 * them away by their digests all the same. A repository may be deleted while the project is read.
 */
export async function artifactsOf(client: HarborClient, project: string, repository: string): Promise<Artifact[]> {
  try {
    const artifacts = await listArtifacts(client, project, repository);
    const known = new Set(
      artifacts.flatMap(({ digest, accessories }) => [digest, ...accessories.map((a) => a.digest)]),
    );
    // The list grows on the way: an index may hold indexes.
    for (const { references } of artifacts) {
      for (const digest of references.filter((reference) => !known.has(reference))) {
        known.add(digest);
        const child = await findArtifact(client, { project, repository, digest });
        if (child === undefined) continue;
        for (const accessory of child.accessories) known.add(accessory.digest);
        artifacts.push(child);
      }
    }
    return artifacts;
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function judgeArtifact(
  { project, trust, registry }: Shadowed,
  repository: string,
  { digest, tags, accessories, manifestMediaType }: Artifact,
  ports: Omit<Ports, "timestampServer">,
): Promise<ShadowImage | undefined> {
  const pinned = { registry, repository: `${project}/${repository}`, digest };
  const shown = {
    reference: referenceOf({ ...pinned, mediaType: manifestMediaType, size: 0 }),
    tags: [...tags].sort(),
    signed: accessories.some(({ type }) => type.startsWith("signature.")),
  };
  try {
    // Harbor's API gives an image's size, not that of its manifest, which is what was signed.
    const descriptor = await openRepository(pinned).resolve(digest);
    if (descriptor === undefined) return undefined;
    return { ...shown, ...(await wordsOf({ ...pinned, ...descriptor }, trust, ports)) };
  } catch (error) {
    if (!(error instanceof OciError) || !OF_ONE_IMAGE.has(error.code)) throw error;
    const gated = error.code === "IMAGE_GATED" ? "unsigned and gated: " : "";
    return { ...shown, verdict: "failed", trusted: false, why: `${gated}${messageOf(error)}` };
  }
}

async function wordsOf(image: PinnedImage, trust: TrustDeclaration, ports: Omit<Ports, "timestampServer">) {
  const { verdict, refusal } = await evaluate({ image, trust }, ports);
  const signer = verdict.signatures.at(-1)?.signer?.subject;
  const trusted = verdict.verdict === "verified" && verdict.enforced;
  const passed = signer === undefined ? "passed" : `signed by ${signer}`;
  // A refusal names the image first: here it stands beside.
  const why = refusal?.why.replace(`${referenceOf(image)} is `, "") ?? passed;
  return { verdict: verdict.verdict, trusted, why };
}
