import type { EngineEvent, OpMap, StepEventMetadata } from "@pulumi/pulumi/automation";
import { sameJson } from "../../components/provider/wire";
import { describe } from "./describe";

/** What a run does, counted in resources; a replacement counts as an update. */
export interface ChangeCounts {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
  readonly same: number;
}

/** One resource that is (or would be) changed. */
export interface Change {
  readonly operation: "create" | "update" | "replace" | "delete";
  /** E.g. `SignedImage net-monitor`. */
  readonly resource: string;
  /** Why, in words; empty for what is new or goes. */
  readonly reason: string;
  /** What it is declared to be, in words; only of what is new, and only where there is something to tell. */
  readonly details?: string;
}

export function countChanges(operations: OpMap | undefined): ChangeCounts {
  const count = (...names: (keyof OpMap)[]) => names.reduce((sum, name) => sum + (operations?.[name] ?? 0), 0);
  return {
    create: count("create"),
    update: count("update", "replace"),
    delete: count("delete"),
    same: count("same"),
  };
}

/** The change of a resource of ours that an event announces; undefined for all other events. */
export function announcedChange(event: EngineEvent): Change | undefined {
  const metadata = event.resourcePreEvent?.metadata;
  return metadata && changeOf(metadata);
}

/** The change of a resource of ours that an event says is done. */
export function doneChange(event: EngineEvent): Change | undefined {
  const metadata = event.resOutputsEvent?.metadata;
  return metadata && changeOf(metadata);
}

const OPERATIONS: Readonly<Record<string, Change["operation"]>> = {
  create: "create",
  update: "update",
  "create-replacement": "replace",
  delete: "delete",
};

/** Dynamic resources, and the image that Docker builds. */
const OURS = /^pulumi-nodejs:dynamic\/|^docker:/;

function changeOf(metadata: StepEventMetadata): Change | undefined {
  const operation = OPERATIONS[metadata.op];
  if (operation === undefined || !OURS.test(metadata.type)) return undefined;
  const kind = metadata.type.split(":").at(-1) ?? "";
  const resource = `${kind} ${metadata.urn.split("::").at(-1)}`;
  const details = operation === "create" ? describe(kind, metadata.new?.inputs) : "";
  return { operation, resource, reason: operation === "delete" ? "" : reasonOf(metadata), ...(details && { details }) };
}

/** An observed drift says it in words; else the names of the inputs that differ. */
function reasonOf({ old, new: next }: StepEventMetadata): string {
  if (old == null || next == null) return "";
  if (typeof old.outputs?.drift === "string" && old.outputs.drift !== "") return old.outputs.drift;
  const names = Object.keys({ ...old.inputs, ...next.inputs }).filter(
    (name) => name !== "__provider" && !sameJson(old.inputs?.[name], next.inputs?.[name]),
  );
  return names.length === 0 ? "" : `changed: ${names.join(", ")}`;
}
