import { type Ports, realPorts } from "../image/ports";
import type { TrustDeclaration } from "../notary/trust/declaration";
import { PropertyError, type ResourceDefinition } from "../provider/definition";
import { isUnknown, sameJson } from "../provider/wire";
import { type Project, findProject } from "./api/projects";
import type { HarborClient } from "./api/client";
import type { HarborConnection } from "./connection";
import { HarborError } from "./error";
import { openHarbor } from "./open";
import { judgeProject, type Shadowed, type ShadowImage } from "./shadowImages";
import { applyChanges, changesOf, ensureLabels, findLabels, removeLabels, type ShadowLabels } from "./shadowLabels";

/** How many images a drift names. */
const NAMED = 5;
const PREFIX = /^[\w.-]{1,64}$/;

export interface ShadowCheckInputs extends Shadowed {
  readonly harbor: HarborConnection;
  /** What the labels' names begin with. */
  readonly labelPrefix?: string;
}

export interface ShadowCheckOutputs {
  /** Of the last look, in the order of their references. */
  readonly images: readonly ShadowImage[];
  readonly labels: ShadowLabels;
}

/** Harbor's "Signed" beside what the declared trust says, for every image of a project. No image fails it. */
export function shadowCheckWith(ports: Ports): ResourceDefinition<ShadowCheckInputs, ShadowCheckOutputs> {
  // The trust by which the program of this run labels, by labels. A declaration that got another name is made anew before the old
  // one is deleted, and that must not take the labels of both.
  const declaredHere = new Map<string, TrustDeclaration>();
  return {
    compared: ["harbor", "project", "trust", "registry", "labelPrefix"],
    replaceOn: ["project", "labelPrefix"],
    observeInDiff: true,

    async check(news, olds) {
      const { labelPrefix } = news;
      if (labelPrefix !== undefined && !isUnknown(labelPrefix) && !PREFIX.test(labelPrefix)) {
        throw new PropertyError("labelPrefix", "a word of at most 64 letters, digits, `_`, `.` and `-`");
      }
      noteDeclared(declaredHere, news, olds);
      return news;
    },

    async create(inputs) {
      return { id: `${inputs.registry.host}/${inputs.project}`, outputs: await settle(inputs, ports) };
    },

    async observe(state) {
      const client = openHarbor(state.harbor);
      const { id } = await requireProject(client, state.project);
      const judged = await judgeProject(client, state, ports);
      const images = judged.map(({ image }) => image);
      const wrong = changesOf(judged, await findLabels(client, { projectId: id, prefix: state.labelPrefix }));
      return { drift: driftOf(state.images, images, wrong), outputs: { images } };
    },

    // Under another address it is the same Harbor, or one whose labels stay: the old address may answer no more.
    async update(_state, inputs) {
      return await settle(inputs, ports);
    },

    async delete(state) {
      if (declaredHere.has(labelsOf(state))) return;
      const client = openHarbor(state.harbor);
      const project = await findProject(client, state.project);
      if (project === undefined) return;
      await removeLabels(client, { projectId: project.id, prefix: state.labelPrefix }, state.labels);
    },
  };
}

export const shadowCheck = shadowCheckWith(realPorts);

/**
 * Throws PropertyError where the program puts the same labels by two trusts: each would put them anew. The engine may check one
 * declaration twice; `olds` is what it was before.
 */
function noteDeclared(
  declared: Map<string, TrustDeclaration>,
  news: ShadowCheckInputs,
  olds: Partial<ShadowCheckInputs>,
): void {
  if (isUnknown(news)) return;
  const other = declared.get(labelsOf(news));
  if (other !== undefined && ![news.trust, olds.trust].some((own) => sameJson(own, other))) {
    throw new PropertyError(
      "labelPrefix",
      `another ShadowCheck labels the images of project ${news.project} by another trust: give each its own labelPrefix`,
    );
  }
  declared.set(labelsOf(news), news.trust);
}

function labelsOf({ harbor, project, labelPrefix = "" }: ShadowCheckInputs): string {
  return JSON.stringify([harbor.url, project, labelPrefix]);
}

async function settle(inputs: ShadowCheckInputs, ports: Ports): Promise<ShadowCheckOutputs> {
  const client = openHarbor(inputs.harbor);
  const { id } = await requireProject(client, inputs.project);
  const judged = await judgeProject(client, inputs, ports);
  const labels = await ensureLabels(client, { projectId: id, prefix: inputs.labelPrefix });
  await applyChanges(client, inputs.project, changesOf(judged, labels));
  return { images: judged.map(({ image }) => image), labels };
}

async function requireProject(client: HarborClient, project: string): Promise<Project> {
  const live = await findProject(client, project);
  if (live !== undefined) return live;
  throw new HarborError(
    "OBJECT_MISSING",
    `project ${project} of ${client.host} is gone: declare it as a HarborProject, or take its shadow check out`,
  );
}

/** What became of the images since the last look, and which labels say something else; the reasons are in the outputs. */
function driftOf(
  before: readonly ShadowImage[],
  now: readonly ShadowImage[],
  wrong: readonly { readonly reference: string }[],
): string {
  const known = new Map(before.map((image) => [image.reference, image]));
  const changed = now.filter((image) => !sameJson(wordless(known.get(image.reference)), wordless(image)));
  const words = changed.map((image) => {
    const old = known.get(image.reference);
    if (old === undefined) return `${nameOf(image)} is new, and ${standing(image)}`;
    return old.trusted === image.trusted
      ? `${nameOf(image)} has changed`
      : `${nameOf(image)} is now ${standing(image)}`;
  });
  const references = new Set(now.map(({ reference }) => reference));
  const gone = before.filter(({ reference }) => !references.has(reference)).map((image) => `${nameOf(image)} is gone`);
  const told = new Set(changed.map(({ reference }) => reference));
  const mislabelled = wrong
    .filter(({ reference }) => !told.has(reference))
    .map(({ reference }) => `${reference} has not the label that it should have`);
  const all = [...words, ...gone, ...mislabelled];
  const rest = all.length > NAMED ? [`and ${all.length - NAMED} more`] : [];
  return [...all.slice(0, NAMED), ...rest].join("; ");
}

function standing({ trusted, why }: ShadowImage): string {
  return trusted ? "trusted" : `not trusted: ${why}`;
}

function nameOf({ reference, tags: [tag] }: ShadowImage): string {
  return tag === undefined ? reference : `${reference} (${tag})`;
}

/** The reasons may name a time; they are no change. */
function wordless(image: ShadowImage | undefined): object {
  const { why: _, ...rest } = image ?? {};
  return rest;
}
