import type { ValidationType } from "../../notary/trust/document";
import type { ForecastEvent, InventoryFacts, SideName, UnknownImage, Validity } from "../report/report";
import type { Problem } from "../state/state";

/** What a forecast says; plain JSON. */
export interface Forecast {
  readonly version: 1;
  /** The state of trust that judges. */
  readonly trust: SideName;
  /** From when to when, ISO 8601. */
  readonly at: string;
  readonly until: string;
  /** When the forecast was made. */
  readonly made: string;
  /** Not everything could be asked: see `unknown` and `problems`. */
  readonly partial: boolean;
  readonly problems: readonly Problem[];
  /** What each of the inventories came to. */
  readonly inventories: readonly InventoryFacts[];
  /** What fails in between, soonest first. */
  readonly events: readonly ForecastEvent[];
  /** What fails at the beginning already. */
  readonly failing: readonly FailingImage[];
  /** Of the images; one that several stacks govern counts for each of them. An image fails when a stack refuses it, whoever may renew a CRL. */
  readonly counts: ForecastCounts;
  readonly unknown: readonly UnknownImage[];
  /** The TLS certificates of registries, and the signatures that expire until then. */
  readonly validity: readonly Validity[];
}

export interface ForecastCounts {
  /** Verified until the end. */
  readonly lasting: number;
  /** Verified at the beginning, refused later. */
  readonly refused: number;
  readonly failing: number;
  /** Let through unseen, at any time. */
  readonly skipped: number;
}

export interface FailingImage {
  /** `host/repository@digest`; of a registry whose TLS certificate has expired its host. */
  readonly reference: string;
  readonly tags: readonly string[];
  /** Null where no stack's trust says anything of it. */
  readonly stack: string | null;
  readonly validation: ValidationType | null;
  readonly code: string;
  readonly why: string;
  /** Something that was good once has ended: an unsigned image has not. */
  readonly ended: boolean;
}

/** Which of the things to come make a forecast fail: those that nobody replaces by himself, or any. */
export type FailOn = "ends" | "any";

/**
 * What a forecast comes to, as an exit code: 0 nothing fails until then, 1 something does or has ended already, 2 it can't be
 * told. What its issuer replaces in time as a rule (a CRL, a TLS certificate) alarms nobody before it is over, unless asked to:
 * weekly CRLs would do so each day. Of an inventory without any image nothing can be told.
 */
export function outcomeOf({ events, failing, partial, counts }: Forecast, failOn: FailOn = "ends"): 0 | 1 | 2 {
  const alarms = events.some(({ unlessRenewed }) => failOn === "any" || !unlessRenewed);
  if (alarms || failing.some(({ ended }) => ended)) return 1;
  const images = Object.values(counts).reduce((sum: number, count: number) => sum + count, 0);
  return partial || images === 0 ? 2 : 0;
}
