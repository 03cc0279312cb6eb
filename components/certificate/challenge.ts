import { type ChallengeAnswer, requirePlain } from "./challengeAnswer";
import { type Dns01, withDnsRecords } from "./dns01";
import { clearDnsRecords, hasDnsRecords } from "./dns01Records";
import { type Http01, withHttpAnswers } from "./http01";
import { clearNginxAnswers, hasNginxAnswers } from "./http01Nginx";

/** How the ACME server is shown that the names are ours (RFC 8555 § 8). */
export type Challenge = Http01 | Dns01;

/**
 * Shows all answers while `work` runs, and takes them away again whatever it does. `directory` is the absolute folder of the
 * order's journal.
 */
export async function withAnswers<T>(
  challenge: Challenge,
  answers: readonly ChallengeAnswer[],
  directory: string,
  work: () => Promise<T>,
): Promise<T> {
  if (answers.length === 0) return await work();
  requirePlain(answers);
  return challenge.type === "dns-01"
    ? await withDnsRecords(challenge, answers, directory, work)
    : await withHttpAnswers(challenge, answers, work);
}

/** Takes away what a run that was killed has left: a location in nginx, records in DNS. */
export async function clearLeftOvers(challenge: Challenge, directory: string): Promise<void> {
  if (challenge.type === "dns-01") await clearDnsRecords(challenge.hook, directory);
  else if (challenge.nginx !== undefined) await clearNginxAnswers(challenge.nginx);
}

/** What a run that was killed has left, in words; empty when nothing. */
export async function driftOfChallenge(challenge: Challenge, directory: string): Promise<string> {
  if (challenge.type === "dns-01") {
    return hasDnsRecords(directory) ? "a TXT record that answered an ACME challenge is left in DNS" : "";
  }
  const left = challenge.nginx !== undefined && (await hasNginxAnswers(challenge.nginx));
  return left ? "an answer to an ACME challenge is left in nginx" : "";
}
