import { PropertyError, type ResourceDefinition } from "../provider/definition";
import { isUnknown } from "../provider/wire";
import type { HarborClient } from "./api/client";
import { HarborApiError } from "./api/error";
import { createProject, deleteProject, findProject, type Project, updateMetadata } from "./api/projects";
import { findQuota, updateQuota } from "./api/quotas";
import type { HarborConnection } from "./connection";
import { journalOf } from "./creationJournal";
import { HarborError } from "./error";
import { openHarbor } from "./open";
import {
  type DeclaredProject,
  declaredMetadata,
  metadataToWrite,
  shownMetadata,
  undeclaredMetadata,
} from "./projectMetadata";
import { shownBytes, storageLimit, UNLIMITED } from "./storageQuota";
import { orAlreadyThere, previewTakeOver, requireTakeOver } from "./takeOver";

export interface ProjectInputs extends DeclaredProject {
  readonly harbor: HarborConnection;
  readonly projectName: string;
  /** `10GiB`, `unlimited`; absent: left as it is. */
  readonly storageQuota?: string;
  /** A permission: an equal project that is there already is taken over. */
  readonly adopt?: boolean;
  /** `check` looks at what is to be taken over: Harbor is there in a preview already. */
  readonly lookAhead?: boolean;
  /** Bytes of `storageQuota`; computed by `check`. */
  readonly storageLimit?: number;
}

export interface ProjectOutputs {
  readonly projectId: number;
}

type State = ProjectInputs & ProjectOutputs;

/** What Harbor takes for the name of a project. */
const NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/** A project of Harbor's. What is not declared is left alone; images in it are never deleted. */
export const harborProject: ResourceDefinition<ProjectInputs, ProjectOutputs> = {
  compared: ["harbor", "projectName", "public", "metadata", "storageLimit"],
  replaceOn: ["projectName"],

  async check(news, olds) {
    assertName(news);
    const inputs = { ...news, ...limitOf(news) };
    if (news.lookAhead && olds.projectName === undefined && !isUnknown(news)) {
      await previewTakeOver(nameOf(inputs), async () => {
        const client = openHarbor(inputs.harbor);
        const live = await findProject(client, inputs.projectName);
        return live === undefined ? [] : differences(inputs, live, await limitAt(client, inputs, live));
      });
    }
    return inputs;
  },

  async create(inputs) {
    return { id: nameOf(inputs), outputs: await makeOrTakeOver(inputs) };
  },

  async observe(state) {
    await journal(state).saved(state.projectId);
    const client = openHarbor(state.harbor);
    const live = await findProject(client, state.projectName);
    if (live === undefined) return { drift: `project ${state.projectName} is gone` };
    const remade = live.id === state.projectId ? [] : [`somebody else has deleted it and made it anew`];
    return { drift: [...remade, ...differences(state, live, await limitAt(client, state, live))].join("; ") };
  },

  async update(state, inputs) {
    const client = openHarbor(inputs.harbor);
    const live = await findProject(client, inputs.projectName);
    // Under another address it is the same project, or not this stack's.
    const isOther = live?.id !== state.projectId && inputs.harbor.url !== state.harbor.url;
    if (live === undefined || isOther) return await makeOrTakeOver(inputs);
    await settle(client, live, inputs, undeclaredMetadata(declaredMetadata(state), declaredMetadata(inputs)));
    return { projectId: live.id };
  },

  async delete(state) {
    const client = openHarbor(state.harbor);
    const live = await findProject(client, state.projectName);
    await journal(state).forget();
    if (live === undefined || live.id !== state.projectId) return; // what has its name now is somebody else's
    if (live.repoCount > 0) throw notEmpty(state);
    try {
      await deleteProject(client, state.projectName);
    } catch (error) {
      throw isRefusedAsFull(error) ? notEmpty(state, error) : error;
    }
  },
};

/** Goes on with what an earlier run began, takes over what is declared to be, else makes the project. */
async function makeOrTakeOver(inputs: ProjectInputs): Promise<ProjectOutputs> {
  const client = openHarbor(inputs.harbor);
  const live = await findProject(client, inputs.projectName);
  if (live === undefined) return await make(client, inputs);
  const begun = await journal(inputs).begun();
  // Made by this stack, by its id; or made after this stack had looked, and nobody has used it yet.
  if (begun !== undefined && (begun.id === live.id || (begun.id === undefined && live.repoCount === 0))) {
    await journal(inputs).write({ id: live.id });
    await settle(client, live, inputs, {});
  } else {
    requireTakeOver(nameOf(inputs), inputs.adopt, differences(inputs, live, await limitAt(client, inputs, live)));
  }
  return { projectId: live.id };
}

async function make(client: HarborClient, inputs: ProjectInputs): Promise<ProjectOutputs> {
  const { projectName: name, storageLimit: limit } = inputs;
  const project = { name, metadata: declaredMetadata(inputs), ...(limit !== undefined && { storageLimit: limit }) };
  try {
    const made = await journal(inputs).around({}, () => createProject(client, project));
    await settle(client, made, inputs, {}); // a limit is ignored where the user may not set one
    return { projectId: made.id };
  } catch (error) {
    throw orAlreadyThere(nameOf(inputs), error);
  }
}

/** Writes what differs, and nothing when nothing does. */
async function settle(
  client: HarborClient,
  live: Project,
  inputs: ProjectInputs,
  undeclared: Readonly<Record<string, string>>,
): Promise<void> {
  const toWrite = metadataToWrite(live.metadata, { ...undeclared, ...declaredMetadata(inputs) });
  if (Object.keys(toWrite).length > 0) await updateMetadata(client, live.name, toWrite);
  if (inputs.storageLimit === undefined) return;
  const quota = await findQuota(client, live.id);
  if (quota === undefined || quota.storage === inputs.storageLimit) return;
  if (inputs.storageLimit !== UNLIMITED && inputs.storageLimit < quota.used) {
    throw new HarborError(
      "QUOTA_BELOW_USE",
      `project ${live.name} holds ${shownBytes(quota.used)} already: a quota of ${shownBytes(inputs.storageLimit)} would ` +
        "refuse every push. Declare a larger one, or delete images and collect garbage first",
    );
  }
  await updateQuota(client, quota.id, inputs.storageLimit);
}

function differences(inputs: ProjectInputs, live: Project, limit: number | undefined): string[] {
  const toWrite = metadataToWrite(live.metadata, declaredMetadata(inputs));
  const texts = shownMetadata(live.metadata, toWrite);
  if (inputs.storageLimit === undefined || limit === undefined || limit === inputs.storageLimit) return texts;
  return [...texts, `its quota is ${shownBytes(limit)}, declared is ${shownBytes(inputs.storageLimit)}`];
}

/** The live limit, where one is declared. */
async function limitAt(client: HarborClient, inputs: ProjectInputs, live: Project): Promise<number | undefined> {
  return inputs.storageLimit === undefined ? undefined : (await findQuota(client, live.id))?.storage;
}

function assertName({ projectName }: ProjectInputs): void {
  if (isUnknown(projectName) || (NAME.test(projectName) && projectName.length <= 255)) return;
  throw new PropertyError(
    "projectName",
    "at most 255 lower-case letters and digits, with `.`, `_` or `-` between them; a repository in it may have `/`",
  );
}

function limitOf({ storageQuota }: ProjectInputs): { storageLimit?: number } {
  if (storageQuota === undefined || isUnknown(storageQuota)) return {};
  try {
    return { storageLimit: storageLimit(storageQuota) };
  } catch (error) {
    throw error instanceof HarborError ? new PropertyError("storageQuota", error.message) : error;
  }
}

function journal({ harbor, projectName }: ProjectInputs) {
  return journalOf(harbor.url, "project", projectName);
}

function nameOf({ harbor, projectName }: ProjectInputs): string {
  return `project ${new URL(harbor.url).host}/${projectName}`;
}

function isRefusedAsFull(error: unknown): error is HarborApiError {
  return error instanceof HarborApiError && error.code === "HARBOR_PRECONDITION_FAILED";
}

/** Harbor's own words, where it refused: it may hold something else than images. */
function notEmpty(state: State, refusal?: HarborApiError): HarborError {
  const words = refusal?.harborErrors.map(({ message }) => message).join("; ");
  const holds = words ? `is not deleted by Harbor: ${JSON.stringify(words)}` : "holds images";
  return new HarborError(
    "PROJECT_NOT_EMPTY",
    `${nameOf(state)} ${holds}; this stack never deletes what is in a project. Delete its repositories in Harbor first; or ` +
      "keep the project and let the stack forget it: declare it with `retainOnDelete: true`, run once, then remove it",
    { cause: refusal },
  );
}
