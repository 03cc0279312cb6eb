import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../errors";
import { HarborApiError } from "../api/error";
import { readHealth } from "../api/health";
import { type Address, anonymousClient } from "./address";
import { HarborInstallationError } from "./error";

const DEFAULT_SECONDS = 600;
const POLL_MS = 1_000;
/** nginx itself waits for long for a core that is gone. */
const ANSWER_MS = 10_000;
const REMINDER_MS = 15_000;
/** Harbor's health lags behind, so one good answer may be about a past that is over. */
const IN_A_ROW = 3;

/**
 * Waits until every component says that it is healthy; an answer with status 200 alone does not. Throws `HARBOR_NOT_HEALTHY`
 * after the time that `healthTimeoutSeconds` gives.
 */
export async function waitForHealth(
  address: Address & { readonly healthTimeoutSeconds?: number },
  progress: (line: string) => void,
): Promise<void> {
  const seconds = address.healthTimeoutSeconds ?? DEFAULT_SECONDS;
  const started = Date.now();
  let [shown, shownAt, good] = ["", 0, 0];
  while (good < IN_A_ROW) {
    const trouble = await troubleOf(address);
    good = trouble === "" ? good + 1 : 0;
    const now = Date.now();
    if (trouble !== "" && (trouble !== shown || now - shownAt > REMINDER_MS)) {
      progress(`waiting for ${trouble} (${Math.round((now - started) / 1000)} s)`);
      [shown, shownAt] = [trouble, now];
    }
    if (trouble !== "" && now - started > seconds * 1000) {
      throw new HarborInstallationError(
        "HARBOR_NOT_HEALTHY",
        `Harbor did not become healthy within ${seconds} s: ${trouble}. Its components' logs are in /var/log/harbor; \`docker ps -a\` ` +
          "shows which stopped. Mend what they name and run `up` again; on a slow machine, `healthTimeoutSeconds` gives more time",
      );
    }
    await sleep(POLL_MS);
  }
  progress("every component is healthy");
}

/** What is not healthy, in words; empty when everything is. */
export async function troubleOf(address: Address): Promise<string> {
  try {
    const health = readHealth(await anonymousClient(address));
    const late = sleep(ANSWER_MS, undefined, { ref: false });
    const answer = await Promise.race([health, late]);
    health.catch(() => undefined); // of one that came too late nobody hears
    if (answer === undefined) return "an answer";
    const { status, components } = answer;
    const bad = components.filter((component) => component.status !== "healthy").map(({ name }) => name);
    if (bad.length > 0) return bad.join(", ");
    return status === "healthy" && components.length > 0 ? "" : `all of it, which is ${JSON.stringify(status)}`;
  } catch (error) {
    // A certificate that this program itself put there and does not trust will not be trusted in ten minutes either.
    if (!(error instanceof HarborApiError) || error.code === "HARBOR_TLS_UNTRUSTED") throw error;
    if (error.code === "HARBOR_UNREACHABLE") return "an answer";
    return error.code === "HARBOR_UNHEALTHY" ? "core, which does not answer" : messageOf(error).slice(0, 300);
  }
}
