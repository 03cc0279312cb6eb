import { type ArtifactPlace, artifactPath } from "./artifacts";
import type { HarborClient } from "./client";
import { HarborApiError, isMissing } from "./error";
import type { Fields } from "./fields";
import { listAll } from "./pages";
import { nameHeader, path } from "./path";
import { createdId } from "./responses";
import { settle } from "./settle";

/** A mark for artifacts, of one project or of all (`g`). Source: Harbor's API, swagger.yaml, Label. */
export interface Label {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  /** `#RRGGBB` */
  readonly color: string;
}

export type LabelScope = { readonly scope: "g" } | { readonly scope: "p"; readonly projectId: number };
export type LabelContent = Omit<Label, "id">;

/** By its exact name, among those of a project or the global ones. Throws HarborApiError. */
export async function findLabel(
  client: HarborClient,
  place: LabelScope & { name: string },
): Promise<Label | undefined> {
  const { name, scope } = place;
  const query = { scope, ...(scope === "p" && { project_id: place.projectId }), name };
  // Harbor's `name` finds every label that contains it.
  const labels = await listAll(
    client,
    { path: "labels", query, what: `Reading label ${name}` },
    readLabel,
    ({ id }) => id,
  );
  return labels.find((label) => label.name === name);
}

/** Throws HarborApiError HARBOR_CONFLICT when there is one of that name. */
export async function createLabel(client: HarborClient, place: LabelScope, label: LabelContent): Promise<number> {
  const { name } = label;
  const what = `Creating label ${name}`;
  const body = bodyOf(place, label);
  return await settle(
    async () => createdId(await client.send({ method: "POST", path: "labels", body, what }), what),
    async () => (await findLabel(client, { ...place, name }))?.id,
  );
}

/** Throws HarborApiError HARBOR_NOT_FOUND. */
export async function updateLabel(client: HarborClient, place: LabelScope, label: Label): Promise<void> {
  const { id, name } = label;
  const body = bodyOf(place, label);
  const write = () => client.send({ method: "PUT", path: path`labels/${id}`, body, what: `Changing label ${name}` });
  await settle(
    () => write().then(() => true),
    async () => undefined,
  );
}

/** Deletes a label, also from all artifacts; one that is gone is no error. Throws HarborApiError. */
export async function deleteLabel(client: HarborClient, id: number): Promise<void> {
  const write = () => client.send({ method: "DELETE", path: path`labels/${id}`, what: `Deleting label ${id}` });
  await unless("HARBOR_NOT_FOUND", () => write());
}

/** Puts a label on an artifact; one that it has is no error. Throws HarborApiError HARBOR_NOT_FOUND. */
export async function addLabel(client: HarborClient, artifact: ArtifactPlace, labelId: number): Promise<void> {
  const what = `Putting label ${labelId} on ${artifact.repository}@${artifact.digest}`;
  const request = { path: `${artifactPath(artifact)}/labels`, headers: nameHeader(artifact.project), what };
  await unless("HARBOR_CONFLICT", () => client.send({ ...request, method: "POST", body: { id: labelId } }));
}

/** Takes a label off an artifact; one that it has not is no error, nor an artifact that is gone. Throws HarborApiError. */
export async function removeLabel(client: HarborClient, artifact: ArtifactPlace, labelId: number): Promise<void> {
  const what = `Taking label ${labelId} off ${artifact.repository}@${artifact.digest}`;
  const request = { path: `${artifactPath(artifact)}/labels/${labelId}`, headers: nameHeader(artifact.project), what };
  await unless("HARBOR_NOT_FOUND", () => client.send({ ...request, method: "DELETE" }));
}

/** A write that may be sent again when it is not known whether it was done: then `done` is what a second one is answered. */
async function unless(done: "HARBOR_NOT_FOUND" | "HARBOR_CONFLICT", write: () => Promise<unknown>): Promise<void> {
  try {
    await settle(
      () => write().then(() => true),
      async () => undefined,
    );
  } catch (error) {
    if (error instanceof HarborApiError && error.code === done) return;
    if (done === "HARBOR_NOT_FOUND" && isMissing(error)) return;
    throw error;
  }
}

function readLabel(fields: Fields): Label {
  return {
    id: fields.integer("id"),
    name: fields.text("name"),
    description: fields.textOr("description", ""),
    color: fields.textOr("color", ""),
  };
}

function bodyOf(place: LabelScope, { name, description, color }: LabelContent) {
  const { scope } = place;
  return { name, description, color, scope, ...(place.scope === "p" && { project_id: place.projectId }) };
}
