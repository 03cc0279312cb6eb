import type { ChallengeAnswer } from "./challengeAnswer";
import { type ChallengePlace, withChallengeListener } from "./challengeListener";
import { isNginxRunning, type NginxPlace, withNginxAnswers } from "./http01Nginx";

/**
 * http-01 (RFC 8555 § 8.3): the ACME server fetches the answer from port 80 of the host. While the container of `nginx` runs,
 * that answers; otherwise a listener of our own does, for as long as it takes.
 */
export interface Http01 extends ChallengePlace {
  readonly type: "http-01";
  readonly nginx?: NginxPlace;
}

export async function withHttpAnswers<T>(
  challenge: Http01,
  answers: readonly ChallengeAnswer[],
  work: () => Promise<T>,
): Promise<T> {
  const { nginx } = challenge;
  return nginx !== undefined && (await isNginxRunning(nginx))
    ? await withNginxAnswers(nginx, challenge, answers, work)
    : await withChallengeListener(challenge, answers, work);
}
