import type { HarborClient } from "./api/client";
import { HarborApiError, isMissing } from "./api/error";
import {
  addLabel,
  createLabel,
  deleteLabel,
  findLabel,
  type LabelContent,
  removeLabel,
  updateLabel,
} from "./api/labels";
import type { JudgedArtifact } from "./shadowImages";

/** Ids of a project's two labels. */
export interface ShadowLabels {
  readonly trusted: number;
  readonly notTrusted: number;
}

/** Where the labels are: a project, and what their names begin with, for the sake of others who label it as well. */
export interface ShadowPlace {
  readonly projectId: number;
  readonly prefix: string | undefined;
}

/** In colours that Harbor's own palette has. */
const LABELS: Readonly<Record<keyof ShadowLabels, LabelContent>> = {
  trusted: {
    name: "trusted",
    description: "Signed by a signer whom the declared trust policy trusts",
    color: "#48960C",
  },
  notTrusted: {
    name: "not trusted",
    description: "Not signed, or by nobody whom the declared trust policy trusts",
    color: "#C92100",
  },
};

function named(label: LabelContent, prefix: string | undefined): LabelContent {
  return prefix === undefined ? label : { ...label, name: `${prefix}: ${label.name}` };
}

/** What is to change on one artifact. */
export interface LabelChange {
  readonly reference: string;
  readonly repository: string;
  readonly digest: string;
  readonly remove: readonly number[];
  readonly add: readonly number[];
}

/** The project's two labels, made or corrected where need be. Throws HarborApiError. */
export async function ensureLabels(client: HarborClient, { projectId, prefix }: ShadowPlace): Promise<ShadowLabels> {
  const ensure = async (label: LabelContent): Promise<number> => {
    const wanted = named(label, prefix);
    const place = { scope: "p", projectId } as const;
    const live = await findLabel(client, { ...place, name: wanted.name });
    if (live === undefined) return await createOrFind(client, place, wanted);
    if (live.color.toLowerCase() !== wanted.color.toLowerCase() || live.description !== wanted.description) {
      await updateLabel(client, place, { ...wanted, id: live.id });
    }
    return live.id;
  };
  return { trusted: await ensure(LABELS.trusted), notTrusted: await ensure(LABELS.notTrusted) };
}

/** The ids of those that are there. Throws HarborApiError. */
export async function findLabels(
  client: HarborClient,
  { projectId, prefix }: ShadowPlace,
): Promise<Partial<ShadowLabels>> {
  const idOf = async (label: LabelContent) =>
    (await findLabel(client, { scope: "p", projectId, name: named(label, prefix).name }))?.id;
  const [trusted, notTrusted] = [await idOf(LABELS.trusted), await idOf(LABELS.notTrusted)];
  return { ...(trusted !== undefined && { trusted }), ...(notTrusted !== undefined && { notTrusted }) };
}

/** Which labels are wrong, given what the artifacts carry; an absent label is carried by none. */
export function changesOf(judged: readonly JudgedArtifact[], labels: Partial<ShadowLabels>): LabelChange[] {
  return judged.flatMap(({ image, repository, artifact }) => {
    const carried = new Set(artifact.labels.map(({ id }) => id));
    const right = image.trusted ? labels.trusted : labels.notTrusted;
    const wrong = image.trusted ? labels.notTrusted : labels.trusted;
    const remove = wrong !== undefined && carried.has(wrong) ? [wrong] : [];
    const add = right !== undefined && !carried.has(right) ? [right] : [];
    const place = { reference: image.reference, repository, digest: artifact.digest };
    return right === undefined || remove.length + add.length > 0 ? [{ ...place, remove, add }] : [];
  });
}

/** Brings the labels in step; what is deleted meanwhile needs none. Throws HarborApiError. */
export async function applyChanges(
  client: HarborClient,
  project: string,
  changes: readonly LabelChange[],
): Promise<void> {
  for (const { repository, digest, remove, add } of changes) {
    const artifact = { project, repository, digest };
    // First off, then on: an image is never called both.
    for (const label of remove) await removeLabel(client, artifact, label);
    for (const label of add) await addLabel(client, artifact, label).catch(unlessGone);
  }
}

/**
 * Takes both labels off all artifacts, by deleting them; an id that is no more that of such a label is somebody else's.
 * Throws HarborApiError.
 */
export async function removeLabels(client: HarborClient, place: ShadowPlace, labels: ShadowLabels): Promise<void> {
  const { trusted, notTrusted } = await findLabels(client, place);
  if (trusted === labels.trusted) await deleteLabel(client, trusted);
  if (notTrusted === labels.notTrusted) await deleteLabel(client, notTrusted);
}

/** Two `up`s at once: the other one was faster. */
async function createOrFind(client: HarborClient, place: { scope: "p"; projectId: number }, wanted: LabelContent) {
  try {
    return await createLabel(client, place, wanted);
  } catch (error) {
    const isThere = error instanceof HarborApiError && error.code === "HARBOR_CONFLICT";
    const live = isThere ? await findLabel(client, { ...place, name: wanted.name }) : undefined;
    if (live === undefined) throw error;
    return live.id;
  }
}

function unlessGone(error: unknown): void {
  if (!isMissing(error)) throw error;
}
