import { setTimeout as sleep } from "node:timers/promises";
import { jittered } from "../../oci/retry";
import { HarborApiError } from "./error";

const MAX_TRIES = 3;
const PAUSE_MS = 500;

/**
 * Carries out a write whose answer may be lost: when it is not known whether Harbor did it, `readBack` looks, and only what was
 * not done is sent again. `readBack` gives undefined for "not done"; what it throws hides nothing: the write's own error counts.
 */
export async function settle<Result>(
  write: () => Promise<Result>,
  readBack: () => Promise<Result | undefined>,
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof HarborApiError)) throw error;
      // A write that was thought lost may arrive after the look: its repetition is then one too many.
      const late = tries > 1 && (error.code === "HARBOR_CONFLICT" || error.code === "HARBOR_NOT_FOUND");
      if (!error.outcomeUnknown && !late) throw error;
      await sleep(jittered(PAUSE_MS * tries));
      const done = await readBack().catch(() => Promise.reject(error));
      if (done !== undefined) return done;
      if (late || tries === MAX_TRIES) throw error;
    }
  }
}
