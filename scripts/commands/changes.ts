import type { EngineEvent, OpMap, StepEventMetadata } from "@pulumi/pulumi/automation";
import { printable } from "../../components/notary/quoted";
import { describe, describeChange, describeDeletion, secretsOf } from "./describe";
import type { Owned } from "./owned";

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
  /** Why, in words: all `reasons`; empty for what is new or goes. */
  readonly reason: string;
  /** What was observed to differ, and what of the declaration is another. */
  readonly reasons: readonly string[];
  /** What a new one is declared to be, and what becomes of one that goes, in words; absent where there is nothing to tell. */
  readonly details?: string;
  /** True for one that is deleted for the engine alone: what it stands for stays as it is. */
  readonly isKept?: true;
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
export function doneChange(event: EngineEvent, owned?: Owned): Change | undefined {
  const metadata = event.resOutputsEvent?.metadata;
  return metadata && changeOf(metadata, owned);
}

const OPERATIONS: Readonly<Record<string, Change["operation"]>> = {
  create: "create",
  update: "update",
  "create-replacement": "replace",
  delete: "delete",
};

/** Dynamic resources, and the image that Docker builds. */
const OURS = /^pulumi-nodejs:dynamic\/|^docker:/;

function changeOf(metadata: StepEventMetadata, owned?: Owned): Change | undefined {
  const operation = OPERATIONS[metadata.op];
  if (operation === undefined || !OURS.test(metadata.type)) return undefined;
  const kind = metadata.type.split(":").at(-1) ?? "";
  const resource = printable(`${kind} ${metadata.urn.split("::").at(-1)}`);
  if (operation === "delete") {
    const { words, isKept } = describeDeletion(kind, metadata.old?.inputs ?? {}, owned?.get(metadata.urn));
    return { operation, resource, reason: "", reasons: [], ...withDetails(words), ...(isKept && { isKept }) };
  }
  const reasons = reasonsOf(kind, metadata);
  const details = operation === "create" ? describe(kind, metadata.new?.inputs) : "";
  return { operation, resource, reason: reasons.join("; "), reasons, ...withDetails(details) };
}

function withDetails(details: string): { details?: string } {
  return details === "" ? {} : { details };
}

/** An observed drift in its own words, and what of the declaration is another. */
function reasonsOf(kind: string, { old, new: next }: StepEventMetadata): string[] {
  if (old == null || next == null) return [];
  const drift: unknown = old.outputs?.drift;
  const [before, now] = [old.inputs ?? {}, next.inputs ?? {}];
  const reasons = describeChange(kind, before, now);
  if (typeof drift === "string" && drift !== "") return [printable(drift), ...reasons];
  const secrets = secretsOf(before, now).join(" or ");
  if (secrets === "") return reasons;
  // An update that nothing else explains is a secret's.
  return reasons.length === 0 ? [`another ${secrets}, which is a secret`] : [...reasons, `perhaps another ${secrets}`];
}
