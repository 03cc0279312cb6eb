import { PropertyError, type ResourceDefinition } from "../provider/definition";
import { isUnknown } from "../provider/wire";
import type { HarborClient } from "./api/client";
import { createLabel, deleteLabel, findLabel, type Label, type LabelScope, updateLabel } from "./api/labels";
import { findProject } from "./api/projects";
import type { HarborConnection } from "./connection";
import { journalOf } from "./creationJournal";
import { HarborError } from "./error";
import { openHarbor } from "./open";
import { orAlreadyThere, previewTakeOver, requireTakeOver } from "./takeOver";

export interface LabelInputs {
  readonly harbor: HarborConnection;
  /** Absent: a label for all projects. */
  readonly project?: string;
  readonly labelName: string;
  /** `#RRGGBB` */
  readonly color: string;
  readonly description: string;
  /** A permission: an equal label that is there already is taken over. */
  readonly adopt?: boolean;
  /** `check` looks at what is to be taken over: Harbor is there in a preview already. */
  readonly lookAhead?: boolean;
}

export interface LabelOutputs {
  readonly labelId: number;
}

/** A label of Harbor's, for the artifacts of one project or of all. */
export const harborLabel: ResourceDefinition<LabelInputs, LabelOutputs> = {
  compared: ["harbor", "project", "labelName", "color", "description"],
  replaceOn: ["project", "labelName"],

  async check(news, olds) {
    if (!isUnknown(news.color) && !/^#[0-9a-fA-F]{6}$/.test(news.color)) {
      throw new PropertyError("color", "a colour is # and six hexadecimal digits, such as #00AB9A");
    }
    if (news.lookAhead && olds.labelName === undefined && !isUnknown(news)) {
      await previewTakeOver(nameOf(news), async () => {
        const { live } = await look(openHarbor(news.harbor), news);
        return live === undefined ? [] : differences(news, live);
      });
    }
    return news;
  },

  async create(inputs) {
    return { id: nameOf(inputs), outputs: await makeOrTakeOver(inputs) };
  },

  async observe(state) {
    await journal(state).saved(state.labelId);
    const { live } = await look(openHarbor(state.harbor), state);
    if (live === undefined) return { drift: `label ${state.labelName} is gone` };
    const remade = live.id === state.labelId ? [] : ["somebody else has deleted it and made it anew"];
    return { drift: [...remade, ...differences(state, live)].join("; ") };
  },

  async update(state, inputs) {
    const client = openHarbor(inputs.harbor);
    const { live, place } = await look(client, inputs);
    const isOther = live?.id !== state.labelId && inputs.harbor.url !== state.harbor.url;
    if (live === undefined || isOther) return await makeOrTakeOver(inputs);
    await settle(client, place, live, inputs);
    return { labelId: live.id };
  },

  async delete(state) {
    const client = openHarbor(state.harbor);
    const place = await placeOf(client, state);
    const live = place && (await findLabel(client, { ...place, name: state.labelName }));
    // In a restored database an id may be another's: what has not both is not this stack's.
    if (live?.id === state.labelId) await deleteLabel(client, live.id);
    await journal(state).forget();
  },
};

async function makeOrTakeOver(inputs: LabelInputs): Promise<LabelOutputs> {
  const client = openHarbor(inputs.harbor);
  const { live, place } = await look(client, inputs);
  const { labelName: name, color, description } = inputs;
  if (live === undefined) {
    try {
      const make = async () => ({ id: await createLabel(client, place, { name, color, description }) });
      return { labelId: (await journal(inputs).around({}, make)).id };
    } catch (error) {
      throw orAlreadyThere(nameOf(inputs), error);
    }
  }
  const begun = await journal(inputs).begun();
  if (begun !== undefined && (begun.id ?? live.id) === live.id) {
    await journal(inputs).write({ id: live.id });
    await settle(client, place, live, inputs);
  } else {
    requireTakeOver(nameOf(inputs), inputs.adopt, differences(inputs, live));
  }
  return { labelId: live.id };
}

async function settle(client: HarborClient, place: LabelScope, live: Label, inputs: LabelInputs): Promise<void> {
  if (differences(inputs, live).length === 0) return;
  const { color, description } = inputs;
  await updateLabel(client, place, { ...live, color, description });
}

async function look(
  client: HarborClient,
  inputs: LabelInputs,
): Promise<{ live: Label | undefined; place: LabelScope }> {
  const place = await placeOf(client, inputs);
  if (place === undefined) {
    throw new HarborError(
      "OBJECT_MISSING",
      `project ${inputs.project} of ${nameOf(inputs)} is gone: declare it as a HarborProject, or correct its name`,
    );
  }
  return { live: await findLabel(client, { ...place, name: inputs.labelName }), place };
}

async function placeOf(client: HarborClient, { project }: LabelInputs): Promise<LabelScope | undefined> {
  if (project === undefined) return { scope: "g" };
  const live = await findProject(client, project);
  return live && { scope: "p", projectId: live.id };
}

function differences({ color, description }: LabelInputs, live: Label): string[] {
  return [
    ...(live.color.toLowerCase() === color.toLowerCase()
      ? []
      : [`its colour is ${JSON.stringify(live.color)}, not ${color}`]),
    ...(live.description === description ? [] : ["its description is another one"]),
  ];
}

function journal({ harbor, project = "", labelName }: LabelInputs) {
  return journalOf(harbor.url, "label", project, labelName);
}

function nameOf({ harbor, project, labelName }: LabelInputs): string {
  const { host } = new URL(harbor.url);
  return `label ${JSON.stringify(labelName)} of ${project === undefined ? host : `${host}/${project}`}`;
}
