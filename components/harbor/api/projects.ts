import type { HarborClient } from "./client";
import { isMissing } from "./error";
import { Fields } from "./fields";
import { assertKept, assertMetadata } from "./metadata";
import { listAll } from "./pages";
import { nameHeader, path } from "./path";
import { assertStorage } from "./quotas";
import { recordOf } from "./responses";
import { settle } from "./settle";

export interface Project {
  readonly id: number;
  readonly name: string;
  /** As Harbor stores them; what was never set is absent. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly repoCount: number;
}

export interface NewProject {
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Bytes, or -1 for no limit; Harbor's default when absent. */
  readonly storageLimit?: number;
}

/**
 * By its exact name. Throws HarborApiError, HARBOR_FORBIDDEN also where the user is no administrator and there is no such
 * project: Harbor does not tell them which.
 */
export async function findProject(client: HarborClient, name: string): Promise<Project | undefined> {
  const what = `Reading project ${name}`;
  try {
    const response = await client.send({ ...projectRequest(name), method: "GET", what });
    return readProject(new Fields(recordOf(response, what), `Project ${name}`));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** All projects that the login may see. Throws HarborApiError. */
export async function listProjects(client: HarborClient): Promise<Project[]> {
  return await listAll(client, { path: "projects", what: "Reading the projects" }, readProject, ({ id }) => id);
}

/**
 * Makes a project, and gives it as Harbor then has it. Throws HarborApiError HARBOR_CONFLICT when there is one of that name,
 * METADATA_NOT_KEPT when it was made, but not as it was to be.
 */
export async function createProject(
  client: HarborClient,
  { name, metadata, storageLimit }: NewProject,
): Promise<Project> {
  assertMetadata(metadata);
  if (storageLimit !== undefined) assertStorage(storageLimit);
  const body = { project_name: name, metadata, ...(storageLimit !== undefined && { storage_limit: storageLimit }) };
  await settle(
    () => client.send({ method: "POST", path: "projects", body, what: `Creating project ${name}` }).then(() => true),
    async () => ((await findProject(client, name)) === undefined ? undefined : true),
  );
  return keptProject(client, name, metadata);
}

/**
 * Writes these metadata and leaves the others as they are; reads back and compares, since Harbor answers 200 to what it does
 * not keep. Throws HarborApiError METADATA_NOT_KEPT, HARBOR_NOT_FOUND.
 */
export async function updateMetadata(
  client: HarborClient,
  name: string,
  changes: Readonly<Record<string, string>>,
): Promise<Project> {
  assertMetadata(changes);
  // The project itself merges keys; its `metadatas` would answer 200 to an absent key, and do nothing.
  const request = { ...projectRequest(name), body: { metadata: changes }, what: `Changing project ${name}` };
  await settle(
    () => client.send({ ...request, method: "PUT" }).then(() => true),
    async () => (isKept(changes, await findProject(client, name)) ? true : undefined),
  );
  return keptProject(client, name, changes);
}

/**
 * Deletes a project; one that is gone is no error. Throws HarborApiError HARBOR_PRECONDITION_FAILED when it holds images.
 */
export async function deleteProject(client: HarborClient, name: string): Promise<void> {
  try {
    await settle(
      () =>
        client.send({ ...projectRequest(name), method: "DELETE", what: `Deleting project ${name}` }).then(() => true),
      async () => ((await findProject(client, name)) === undefined ? true : undefined),
    );
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function keptProject(client: HarborClient, name: string, written: Readonly<Record<string, string>>) {
  const what = `Reading project ${name} back`;
  const response = await client.send({ ...projectRequest(name), method: "GET", what });
  const project = readProject(new Fields(recordOf(response, what), `Project ${name}`));
  assertKept(name, written, project.metadata);
  return project;
}

function isKept(changes: Readonly<Record<string, string>>, project: Project | undefined): boolean {
  return Object.entries(changes).every(([key, value]) => project?.metadata[key] === value);
}

function projectRequest(name: string) {
  return { path: path`projects/${name}`, headers: nameHeader(name) };
}

function readProject(fields: Fields): Project {
  return {
    id: fields.integer("project_id"),
    name: fields.text("name"),
    metadata: fields.fieldsOr("metadata").texts(),
    repoCount: fields.integerOr("repo_count", 0),
  };
}
