import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { HttpResponse } from "../../oci/http";
import { inTurn } from "../../oci/turns";
import { HarborApiError } from "./error";

/** Harbor locks a user for 1.5 s after a wrong password, and refuses the right one as well meanwhile. */
export const LOCK_PAUSE_MS = 2_000;
/** A wrong password is answered only when the lock is over; a locked user at once. */
const WRONG_ANSWER_MS = 1_400;

export interface Login {
  readonly origin: string;
  readonly username: string;
  readonly password: string;
}

interface Refusal {
  readonly password: string;
  readonly until: number;
  readonly error: HarborApiError;
}

const refusals = new Map<string, Refusal>();

/**
 * Asks Harbor whether it knows this login, by `ask`: any answer but 401 says yes. For one user of one Harbor this process asks
 * one question at a time, and none within 2 s of a refusal: those who wait with the same password share it. An answer of 401
 * that comes too fast for a wrong password is one to a user whom somebody else locked: the question is asked once more.
 * Throws HarborApiError HARBOR_UNAUTHORIZED, and what `ask` throws.
 */
export function checkLogin(login: Login, pauseMs: number, ask: () => Promise<HttpResponse>): Promise<void> {
  const user = JSON.stringify([login.origin, login.username]);
  const password = createHash("sha256").update(login.password).digest("base64");
  return inTurn(`harbor login ${user}`, async () => {
    const refusal = refusals.get(user);
    const left = (refusal?.until ?? 0) - performance.now();
    if (refusal !== undefined && left > 0 && refusal.password === password) throw refusal.error;
    await sleep(Math.max(left, pauseMs));
    let response = await ask();
    if (response.status === 401 && response.elapsedMs < WRONG_ANSWER_MS) {
      await sleep(LOCK_PAUSE_MS);
      response = await ask();
    }
    if (response.status !== 401) {
      refusals.delete(user);
      return;
    }
    const error = unauthorized(login);
    refusals.set(user, { password, until: performance.now() + LOCK_PAUSE_MS, error });
    throw error;
  });
}

function unauthorized({ origin, username }: Login): HarborApiError {
  return new HarborApiError(
    "HARBOR_UNAUTHORIZED",
    `${new URL(origin).host} does not accept the password of ${JSON.stringify(username)}: set the right one in the stack's ` +
      "config, then run again. (Harbor locks a user for 1.5 s after a wrong password, also for others who know the right one.)",
    { status: 401 },
  );
}
