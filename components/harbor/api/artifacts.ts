import type { HarborClient } from "./client";
import { isMissing } from "./error";
import { Fields } from "./fields";
import { listAll } from "./pages";
import { nameHeader, path, repositoryPart } from "./path";
import { recordOf } from "./responses";

const DETAILS = { with_accessory: "true", with_label: "true", with_tag: "true" };

export interface ArtifactPlace {
  readonly project: string;
  /** Without the project: `team/app`. */
  readonly repository: string;
  readonly digest: string;
}

/** What is pushed to a repository, signatures and other accessories apart. */
export interface Artifact {
  readonly digest: string;
  /** The config's media type for a manifest, the manifest's for an index; `artifactType` where there is one. */
  readonly mediaType: string;
  readonly manifestMediaType: string;
  /** Empty where this Harbor does not say. */
  readonly artifactType: string;
  readonly tags: readonly string[];
  readonly accessories: readonly Accessory[];
  /** Digests of an index's manifests. */
  readonly references: readonly string[];
  readonly labels: readonly { readonly id: number; readonly name: string }[];
}

/** What is attached to an artifact. That it is a signature says nothing of who made it. */
export interface Accessory {
  readonly digest: string;
  /** `signature.notation`, `signature.cosign`, `sbom.harbor` … */
  readonly type: string;
}

/**
 * The artifacts of a repository, with tags, labels and accessories. What has no tag and belongs to an index is not among them:
 * see `references`. Throws HarborApiError HARBOR_NOT_FOUND.
 */
export async function listArtifacts(client: HarborClient, project: string, repository: string): Promise<Artifact[]> {
  return await listAll(
    client,
    {
      path: path`projects/${project}/repositories/${repositoryPart(repository)}/artifacts`,
      query: DETAILS,
      headers: nameHeader(project),
      what: `Reading the artifacts of ${project}/${repository}`,
    },
    readArtifact,
    ({ digest }) => digest,
  );
}

/** One artifact by its digest, also one that is not listed. Throws HarborApiError. */
export async function findArtifact(client: HarborClient, place: ArtifactPlace): Promise<Artifact | undefined> {
  const what = `Reading artifact ${place.project}/${place.repository}@${place.digest}`;
  const request = { path: artifactPath(place), query: DETAILS, headers: nameHeader(place.project), what };
  try {
    return readArtifact(new Fields(recordOf(await client.send({ ...request, method: "GET" }), what), "An artifact"));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The names of a project's repositories, without the project's. Throws HarborApiError HARBOR_NOT_FOUND. */
export async function listRepositories(client: HarborClient, project: string): Promise<string[]> {
  const names = await listAll(
    client,
    {
      path: path`projects/${project}/repositories`,
      headers: nameHeader(project),
      what: `Reading the repositories of project ${project}`,
    },
    (entry) => entry.text("name"),
    (name) => name,
  );
  const prefix = `${project}/`;
  return names.map((name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name));
}

export function artifactPath({ project, repository, digest }: ArtifactPlace): string {
  return path`projects/${project}/repositories/${repositoryPart(repository)}/artifacts/${digest}`;
}

function readArtifact(fields: Fields): Artifact {
  return {
    digest: fields.text("digest"),
    mediaType: fields.textOr("media_type", ""),
    manifestMediaType: fields.text("manifest_media_type"),
    artifactType: fields.textOr("artifact_type", ""),
    tags: fields.list("tags").map((tag) => tag.text("name")),
    accessories: fields
      .list("accessories")
      .map((accessory) => ({ digest: accessory.text("digest"), type: accessory.text("type") })),
    references: fields.list("references").map((reference) => reference.text("child_digest")),
    labels: fields.list("labels").map((label) => ({ id: label.integer("id"), name: label.text("name") })),
  };
}
