import { PropertyError, type ResourceDefinition } from "../provider/definition";
import { isUnknown, sameJson } from "../provider/wire";
import type { HarborClient } from "./api/client";
import { findProject, type Project, updateMetadata } from "./api/projects";
import type { HarborConnection } from "./connection";
import { HarborError } from "./error";
import { openHarbor } from "./open";
import { isOn } from "./projectMetadata";

/** Harbor's key of the check that a signature of this kind exists. */
const KEYS = { notation: "enable_content_trust", cosign: "enable_content_trust_cosign" } as const;

export type SignatureKind = keyof typeof KEYS;

const kinds = Object.keys(KEYS) as SignatureKind[];

export interface ContentTrustInputs {
  readonly harbor: HarborConnection;
  readonly project: string;
  /** All of these kinds must exist for an image to be pulled. */
  readonly require: readonly SignatureKind[];
}

/**
 * What the program of this run requires, by gate: only what is declared is checked. A declaration that got another name or parent
 * is made anew before the old one is deleted, and that must not open the gate of both.
 */
const declaredHere = new Map<string, readonly SignatureKind[]>();

/**
 * The gate of a project: Harbor gives away no image without a signature, whoever made it. Changing what is required switches
 * on first and off afterwards, so that the gate is never open in between. Nor does its deletion open it while there are images
 * behind it: to give them away unsigned is a person's decision.
 */
export const harborContentTrust: ResourceDefinition<ContentTrustInputs, Record<never, never>> = {
  compared: ["harbor", "project", "require"],
  replaceOn: ["project"],
  observeInDiff: true,

  async check(news, olds) {
    if (!Array.isArray(news.require)) {
      noteDeclared({ ...news, require: [] }, olds);
      return news; // not known yet
    }
    const required = kinds.filter((kind) => news.require.includes(kind));
    if (required.length === 0 || news.require.some((kind) => !kinds.includes(kind))) {
      throw new PropertyError(
        "require",
        `name what must exist: ${kinds.join(", ")}, or both. A project without a gate has no HarborContentTrust`,
      );
    }
    const inputs = { ...news, require: required };
    noteDeclared(inputs, olds);
    return inputs;
  },

  async create(inputs) {
    await close(inputs);
    return { id: `gate of ${nameOf(inputs)}`, outputs: {} };
  },

  async observe(state) {
    const live = await findProject(openHarbor(state.harbor), state.project);
    return { drift: live === undefined ? `project ${state.project} is gone` : differences(state, live).join("; ") };
  },

  async update(_state, inputs) {
    await close(inputs);
    return {};
  },

  async delete(state) {
    if (declaredHere.has(nameOf(state))) return;
    const client = openHarbor(state.harbor);
    const live = await findProject(client, state.project);
    if (live === undefined) return;
    const on = state.require.filter((kind) => isOn(live.metadata[KEYS[kind]]));
    if (on.length === 0) return;
    if (live.repoCount > 0) return console.log(staysClosed(state, on));
    await updateMetadata(client, live.name, valuesOf(on, "false"));
    console.log(
      `The gate of ${nameOf(state)}, which is empty, is open: no signature by ${on.join(" and ")} is required.`,
    );
  },
};

/**
 * Throws PropertyError where the program declares one gate twice, in two ways: each would change it back. The engine may check one
 * declaration twice; `olds` is what it was before.
 */
function noteDeclared(news: ContentTrustInputs, olds: Partial<ContentTrustInputs>): void {
  if (isUnknown(news.harbor) || isUnknown(news.project)) return;
  const gate = nameOf(news);
  const other = declaredHere.get(gate);
  if (other !== undefined && ![news.require, olds.require].some((own) => sameJson(own, other))) {
    throw new PropertyError(
      "require",
      `another HarborContentTrust requires ${other.join(" and ")} of ${gate}: a project has one gate, declare it once`,
    );
  }
  declaredHere.set(gate, news.require);
}

function staysClosed(inputs: ContentTrustInputs, on: readonly SignatureKind[]): string {
  return (
    `The gate of ${nameOf(inputs)} stays closed, since the project holds images: without a signature by ` +
    `${on.join(" and ")} none can be pulled. To open it all the same, switch that off by hand: in Harbor, the project's ` +
    `Configuration, Deployment security (metadata ${on.map((kind) => KEYS[kind]).join(", ")}).`
  );
}

/** Requires what is declared, then no more than that. Reads back, since Harbor keeps a value that switches nothing on. */
async function close(inputs: ContentTrustInputs): Promise<void> {
  const client = openHarbor(inputs.harbor);
  const before = await requireProject(client, inputs);
  const missing = inputs.require.filter((kind) => !isOn(before.metadata[KEYS[kind]]));
  const closed = missing.length === 0 ? before : await updateMetadata(client, before.name, valuesOf(missing, "true"));
  assertClosed(inputs, closed);
  const undeclared = undeclaredOf(inputs, closed);
  if (undeclared.length === 0) return;
  assertClosed(inputs, await updateMetadata(client, closed.name, valuesOf(undeclared, "false")));
}

function assertClosed(inputs: ContentTrustInputs, live: Project): void {
  const open = inputs.require.filter((kind) => !isOn(live.metadata[KEYS[kind]]));
  if (open.length === 0) return;
  throw new HarborError(
    "GATE_NOT_CLOSED",
    `${nameOf(inputs)}: Harbor accepted that a signature by ${open.join(" and ")} is required, and does not require it. ` +
      "Somebody else may change the project at the same time: run again",
  );
}

async function requireProject(client: HarborClient, inputs: ContentTrustInputs): Promise<Project> {
  const live = await findProject(client, inputs.project);
  if (live !== undefined) return live;
  throw new HarborError(
    "OBJECT_MISSING",
    `${nameOf(inputs)} is gone: declare it as a HarborProject, or correct its name`,
  );
}

function differences(inputs: ContentTrustInputs, live: Project): string[] {
  const open = inputs.require.filter((kind) => !isOn(live.metadata[KEYS[kind]]));
  return [
    ...open.map((kind) => `the gate is open: no signature by ${kind} is required (${shown(live, kind)})`),
    ...undeclaredOf(inputs, live).map((kind) => `a signature by ${kind} is required, too, which is not declared`),
  ];
}

/** `yes` looks as if it were on. */
function shown({ metadata }: Project, kind: SignatureKind): string {
  const value = metadata[KEYS[kind]];
  return `${KEYS[kind]} is ${value === undefined ? "not set" : JSON.stringify(value.slice(0, 40))}`;
}

function undeclaredOf(inputs: ContentTrustInputs, live: Project): SignatureKind[] {
  return kinds.filter((kind) => !inputs.require.includes(kind) && isOn(live.metadata[KEYS[kind]]));
}

function valuesOf(of: readonly SignatureKind[], value: "true" | "false"): Record<string, string> {
  return Object.fromEntries(of.map((kind) => [KEYS[kind], value]));
}

function nameOf({ harbor, project }: ContentTrustInputs): string {
  return `project ${new URL(harbor.url).host}/${project}`;
}
