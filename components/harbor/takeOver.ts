import { BreakwaterError } from "../errors";
import { PropertyError } from "../provider/definition";
import { HarborApiError } from "./api/error";
import { HarborError } from "./error";

/**
 * What is there already, under a name that is declared, may be taken over when that is declared and nothing differs; then
 * nothing is written. Throws HarborError OBJECT_EXISTS and OBJECT_DIFFERS.
 */
export function requireTakeOver(
  what: string,
  adopt: boolean | undefined,
  differences: readonly string[],
  way?: string,
): void {
  if (adopt !== true) throw alreadyThere(what, way);
  if (differences.length > 0) throw new HarborError("OBJECT_DIFFERS", differing(what, differences));
}

const TAKE_OVER = "Declare `adopt: true` to take it over, choose another name, or remove it in Harbor";

/** A run that was cut off made it, perhaps; but its journal is not in this folder, and nobody can tell. */
export function alreadyThere(what: string, way = TAKE_OVER): HarborError {
  return new HarborError(
    "OBJECT_EXISTS",
    `${what} exists already, and nothing in this folder shows that this stack made it (a run that was cut off in another ` +
      `folder or on another machine may have); nothing was changed. ${way}`,
  );
}

/** Harbor's word that somebody else was faster, as the error that a look would have given. */
export function orAlreadyThere(what: string, error: unknown, way?: string): unknown {
  return error instanceof HarborApiError && error.code === "HARBOR_CONFLICT" ? alreadyThere(what, way) : error;
}

/**
 * Says in a preview already what keeps an object from being taken over. `differencesOf` looks at the live object and may
 * fail: whether Harbor can be reached is a matter of the `up`.
 */
export async function previewTakeOver(what: string, differencesOf: () => Promise<readonly string[]>): Promise<void> {
  let differences: readonly string[];
  try {
    differences = await differencesOf();
  } catch (error) {
    if (error instanceof BreakwaterError) return;
    throw error;
  }
  if (differences.length > 0) throw new PropertyError("adopt", differing(what, differences));
}

function differing(what: string, differences: readonly string[]): string {
  return (
    `${what} can't be taken over as it is: ${differences.join("; ")}. Nothing was changed: make the declaration or the live ` +
    "object agree with the other, then run again"
  );
}
