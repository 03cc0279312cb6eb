import type { Verdict } from "./evaluate";
import type { Answer } from "./oracle";

/** Verdict, and validation, action and result of every outcome: what must be the same. */
export function summaryOf({ kind, outcomes }: Verdict): string {
  return [kind, ...outcomes.map(({ validation, action, result }) => `${validation} ${action} ${result}`)].join("; ");
}

export function summaryOfAnswer({ kind, results = [] }: Answer): string {
  return [
    kind,
    ...results.map(({ validation, action, error }) => `${validation} ${action} ${error ? "failed" : "passed"}`),
  ].join("; ");
}
